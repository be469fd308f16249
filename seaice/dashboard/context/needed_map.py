"""The map of needed context, from the predictions of all networks of a channel set."""

from collections.abc import Sequence
from pathlib import Path

import cmocean
import numpy as np
import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.ai4arctic.charts import FILL, ChartName
from seaice.core.errors import MissingChannelsError
from seaice.core.folders import data_folder
from seaice.dashboard import cached
from seaice.dashboard.context.at_hand import elsewhere_text, files_at_hand
from seaice.dashboard.context.needed_networks import (
    FieldNetwork,
    networks_of_sets,
    one_seed,
    whose_text,
)
from seaice.dashboard.context.scene_scores import scene_scores
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.link import Link
from seaice.dashboard.map_figures import draw_maps, map_figures
from seaice.dashboard.navigation import switch_to
from seaice.dashboard.permalink import hand_over
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.sidebar.checkpoint_picker import link_hash
from seaice.dashboard.sidebar.pickers import pick_scene
from seaice.dashboard.text import plain
from seaice.experiment.needed import (
    NeededContext,
    is_right,
    needed_context,
    strongest_disagreement,
)
from seaice.experiment.tally import Source
from seaice.figures.extent import at_cells
from seaice.figures.maps import Panel, Row
from seaice.figures.palettes import Palette
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_PALE, _PURPLE, _BLACK = (226, 230, 233), (142, 68, 173), (20, 24, 28)
_WIDTH_PX = 760
_CRISP_PX = 600


def needed_map(scope: Scope, chart: ChartName) -> None:
    """Draw the scene's map, its shares, and the way to the strongest disagreement.

    Args:
        scope: The sweep in view, of whose networks the map tells.
        chart: The task.

    Raises:
        NoScenesError, SceneError, CheckpointError: A folder or a file cannot be read.
    """
    of_sets = networks_of_sets(scope)
    found = files_at_hand([each for own in of_sets.values() for each in own])
    networks = {name: one_seed(own, found) for name, own in of_sets.items()}
    drawable = [name for name in of_sets if len(networks[name]) > 1]
    if not of_sets:
        st.info("It takes networks with two receptive fields. Train another one above.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        catalogue = cached.catalogue(Path(st.session_state.get("data_folder", data_folder())))
        scene = pick_scene(catalogue)
        sets, first = list(of_sets), (drawable or list(of_sets))[-1]
        picked = st.selectbox(
            "Networks on", sets, index=sets.index(first), key="context_needed_set", width=240
        )
    chosen = picked if picked in of_sets else first
    cached.ready(scene)
    if chart not in scene.charts:
        st.info(f"This scene has no ice chart of {chart}, so nobody knows what is right.")
        return
    if chosen not in drawable:
        lacking = [each for each in of_sets[chosen] if each not in found]
        alone = f"No two receptive fields of {chosen} have a network of the same seed."
        st.info(plain(elsewhere_text(scope.sweep, lacking) if lacking else alone))
        return
    try:
        scene.require(channel_set(chosen), chosen)
    except MissingChannelsError as error:
        st.error(plain(str(error)))
        return
    _draw(scene, chart, networks[chosen], scope, of_sets[chosen])


def _draw(
    scene: Scene,
    chart: ChartName,
    networks: Sequence[FieldNetwork],
    scope: Scope,
    own: Sequence[Source],
) -> None:
    view = SceneView(scene)
    reference = view.chart(chart)
    right = []
    for number, each in enumerate(networks, 1):
        label = each.file.info.rates_label
        with st.spinner(f"Predicting with rates {label} ({number} of {len(networks)}) ..."):
            prediction = cached.prediction(scene, each.file)
        right.append(is_right(chart, reference, prediction.on(view.grid, chart, view.window)))
    reference = np.where(view.valid, reference, np.uint8(FILL))
    needed = needed_context(reference, right, [f"{each.field_km:.0f} km" for each in networks])
    _figure(view, chart, needed, narrow=scope.narrow)
    st.caption(plain(whose_text(scope, networks, own)))
    scene_scores(scene, chart, [(each.file, each.field_km) for each in networks])
    box = strongest_disagreement(reference, right[0], right[-1])
    if box is None:
        st.caption("The smallest and the largest field are right at the same pixels.")
    elif st.button("Show the strongest disagreement", icon=":material/compare:"):
        _open_in_compare(view, chart, [networks[0], networks[-1]], box)


def _figure(view: SceneView, chart: ChartName, needed: NeededContext, *, narrow: bool) -> None:
    labels = tuple(
        f"{label}: {share:.1%}".replace("%", " %")
        for label, share in zip(needed.labels, needed.shares, strict=True)
    )
    palette = Palette(_colours(len(labels)), labels, name="Smallest field that is right")
    image = view.image(needed.classes, palette, needed.classes != FILL, at_least_px=_CRISP_PX)
    names = np.array([*needed.labels, "unlabelled"], dtype=object)
    hover = names[np.minimum(at_cells(needed.classes), len(needed.labels))]
    panel = Panel(f"Needed for {chart}", [image], hover)
    row = Row([panel], palette, unlabelled=True, land=True)
    # One map as wide as the page would be higher than the window.
    with st.container(width=_WIDTH_PX):
        draw_maps(
            view,
            map_figures([row], view.located_extent, narrow=narrow, wide_px=_WIDTH_PX),
            "context_needed_map",
            alt=f"Smallest receptive field that gets {chart} right, scene {view.scene.id}",
            config=figure_config(view.scene, "needed", zooms=True),
        )
    st.caption(f"Shares of the labelled pixels. {'; '.join(labels)}.")


def _colours(count: int) -> np.ndarray:
    """Pale, purple, a scale for the larger fields, black; (count, 3) uint8."""
    middle = cmocean.cm.haline(np.linspace(0.25, 0.95, count - 3))[:, :3] * 255
    colours: np.ndarray = np.array([_PALE, _PURPLE, *middle.round(), _BLACK]).astype(np.uint8)
    return colours


def _open_in_compare(
    view: SceneView, chart: ChartName, networks: list[FieldNetwork], box: tuple[slice, slice]
) -> None:
    km = view.grid.spacing_m / 1000
    lines, samples = ((side.start * km, side.stop * km) for side in box)
    link = Link(
        scene=view.scene.id,
        rates=tuple(each.rates for each in networks),
        channels=networks[0].source.cell.channel_set,
        checkpoints=tuple(link_hash(each.file) for each in networks),
        task=chart,
        region=Region(lines, samples),
    )
    hand_over(link)
    switch_to("compare")
