"""Which branch of each network decided?"""

from collections.abc import Mapping, Sequence

import cmocean
import numpy as np
import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.dashboard.explain.branch_table import (
    MIDDLE,
    POOLING,
    aligned,
    branch_places,
    draw_class_tables,
    share_text,
)
from seaice.dashboard.explain.grid_pickers import within_picker
from seaice.dashboard.explain.place_picker import place_fields
from seaice.dashboard.explain.questions import WithinName, class_key
from seaice.dashboard.explain.results import branches, scenes_with
from seaice.dashboard.explain.save import facts_of, save_buttons
from seaice.dashboard.explain.squares import mark_explained, near, place_region
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.map_figures import draw_maps, map_figures
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.dashboard.words import number_text
from seaice.explain.branch_means import SCENES
from seaice.explain.branch_words import branch_verdict
from seaice.explain.branches import BranchShares
from seaice.explain.map_files import branch_layer
from seaice.explain.tables import branch_rows
from seaice.figures.extent import at_cells
from seaice.figures.maps import Panel, Row
from seaice.figures.palettes import Palette
from seaice.figures.shares import bar_figure
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.reach import km_text
from seaice.scenes.region import SQUARE_KM
from seaice.scenes.scene import Scene

_CRISP_PX = 600
_FEW = 2
"""Networks whose table leaves room for the maps."""
_GREY, _PURPLE, _PALE = (150, 158, 165), (142, 68, 173), (232, 235, 238)
_NONE = "none"
_HELP = (
    "Each branch is taken out in turn: its output is replaced by its mean over scenes. What the "
    "class then loses of its log-odds (for SIC: the mean change, percentage points) is what the "
    "branch told the network about the place: if the class loses, the branch speaks for it, if it "
    "gains, against it. A gradient would hold for small changes alone."
)
_SHARES = (
    "What the branches say of a class, in percent of all that they say for or against it. Below 0: "
    "against it. Each is taken out alone, so shares do not tell what all of them do together."
)


def branch_section(
    view: SceneView,
    chart: ChartName,
    files: Sequence[CheckpointFile],
    scenes: Sequence[Scene],
    *,
    narrow: bool,
) -> None:
    """Draw what each network's branches carry, and the map of the branch that leads.

    Args:
        view: The scene.
        chart: The task.
        files: The networks.
        scenes: Scenes of the folder; over the first of them, the means of branches are taken.
        narrow: Whether the window is narrow.
    """
    within = within_picker()
    if within != "Scene":
        place_fields(view.scene)
    others = scenes_with(scenes, files)[:SCENES]
    try:
        results = _results(view.scene, chart, files, others, within)
    except ConfigError as error:
        st.info(f"The branches are not known: {plain(str(error))}")
        return
    labels = [file.info.rates_label for file in files]
    target = _class(chart, results)
    for label, result in zip(labels, results, strict=True):
        st.markdown(f"**{plain(label)}**: {plain(branch_verdict(result, target))}")
    # A class that no network gives a cell has no bars: the sentences above say so.
    if any(result.cells[target] for result in results):
        left, right = (st.container(), st.container()) if narrow else st.columns(2)
        with left:
            _bars(view.scene, labels, results, target)
        with right:
            st.table(_table(labels, results, target))
    with st.expander("Shares of all classes", expanded=len(files) <= _FEW, icon=":material/table:"):
        draw_class_tables(labels, results, narrow=narrow)
        st.caption(_SHARES)
    st.markdown("**The branch that decides most, place by place, and how far it reaches**")
    # In a view as large as the field, the cell of a pixel would lie beneath its cross.
    _maps(near(view, within, SQUARE_KM), labels, results, within, narrow=narrow)
    place = f"the first {len(others)} scenes of the folder" if len(others) > 1 else "the scene"
    st.caption(f"In the place of a branch stands its mean over {place}.")
    over = [each.id for each in others] or [view.scene.id]
    pairs = list(zip(files, results, strict=True))
    _save(view.scene, chart, pairs, {"means_over": over, "explained": within})


def _save(
    scene: Scene,
    chart: ChartName,
    pairs: Sequence[tuple[CheckpointFile, BranchShares]],
    settings: Mapping[str, object],
) -> None:
    save_buttons(
        scene,
        chart,
        "branches",
        lambda: [{**row, **facts_of(file)} for file, each in pairs for row in branch_rows(each)],
        lambda: [
            branch_layer(scene, each, f"leading_branch_{number}", facts_of(file))
            for number, (file, each) in enumerate(pairs, 1)
        ],
        settings,
    )


def _results(
    scene: Scene,
    chart: ChartName,
    files: Sequence[CheckpointFile],
    others: tuple[Scene, ...],
    within: WithinName,
) -> list[BranchShares]:
    """What each network's branches carry for the outputs that are asked about.

    Raises:
        ConfigError: The scene is too large to be taken whole, or has no valid pixel there.
    """
    results = []
    for number, file in enumerate(files, 1):
        rates = file.info.rates_label
        region = place_region(scene, within, file.info.spacing_m)
        with st.spinner(f"Taking out branches of rates {rates} ({number} of {len(files)}) ..."):
            results.append(branches(scene, file, chart, others, region))
    return results


def _class(chart: ChartName, results: Sequence[BranchShares]) -> int:
    """The class to look at; at first the ice class that most cells are given."""
    if chart == "SIC":
        return 0
    cells = np.sum([result.cells for result in results], axis=0)
    names = CHART[chart].class_names
    common = max(np.flatnonzero(cells).tolist(), key=lambda index: (index > 0, cells[index]))
    key = class_key("Branches", chart)
    st.session_state.setdefault(key, common)
    chosen: int = st.selectbox(
        "Class",
        range(len(names)),
        format_func=lambda index: names[index],
        key=key,
        help=_HELP,
        width=280,
    )
    return chosen


def _bars(
    scene: Scene, labels: Sequence[str], results: Sequence[BranchShares], target: int
) -> None:
    places = branch_places(results)
    series = [
        (label, aligned(result.loss[target], len(places)))
        for label, result in zip(labels, results, strict=True)
    ]
    unit = "percentage points" if results[0].chart == "SIC" else "log-odds"
    st.plotly_chart(
        bar_figure(places, series, f"Lost without it, {unit}", st.context.theme.type == "dark"),
        key="branch_bars",
        config=figure_config(scene, "branches"),
        alt="What is lost without each branch, by network; the table holds the same numbers",
    )


def _table(labels: Sequence[str], results: Sequence[BranchShares], target: int) -> pd.DataFrame:
    rows = []
    for label, result in zip(labels, results, strict=True):
        for branch, loss, percent in zip(
            result.branches, result.loss[target], result.percents[target], strict=True
        ):
            rows.append([label, branch, number_text(loss, 2), share_text(percent)])
    columns = ["Rates", "Branch", "Lost without it", "Share"]
    return pd.DataFrame(rows, columns=columns).set_index("Rates")


def _maps(
    view: SceneView,
    labels: Sequence[str],
    results: Sequence[BranchShares],
    within: WithinName,
    *,
    narrow: bool,
) -> None:
    kinds = branch_kinds(results)
    palette = Palette(_colours(len(kinds)), kinds, name="Leading branch")
    panels: list[Panel | None] = []
    for label, result in zip(labels, results, strict=True):
        # By branch, and last the fill value: what of the legend, and how it is called.
        kind = np.array([kinds.index(each) for each in (*_kinds(result), _NONE)], np.uint8)
        names = np.array([*result.branches, _NONE])
        at = np.minimum(_on(view, result), len(result.branches))
        hover = np.where(at_cells(view.valid), names[at_cells(at)], "No data").astype(object)
        panels.append(Panel(label, [view.image(kind[at], palette, at_least_px=_CRISP_PX)], hover))
    row = Row(panels, palette, land=True)
    draw_maps(
        view,
        map_figures(
            [row],
            view.located_extent,
            narrow=narrow,
            finish=lambda figure: mark_explained(figure, view, within),
        ),
        "branch_maps",
        alt="Map of the branch whose absence costs the prediction most, by network",
        config=figure_config(view.scene, "branch_maps", zooms=True),
    )


def branch_kinds(results: Sequence[BranchShares]) -> tuple[str, ...]:
    """What the legend of all networks tells apart: branches with rates by their reach in km."""
    reaches = sorted({km for result in results for km in result.reach_km})
    return MIDDLE, *dict.fromkeys(map(_reach, reaches)), POOLING, _NONE


def _kinds(result: BranchShares) -> list[str]:
    """By branch: what the legend calls it."""
    return [MIDDLE, *map(_reach, result.reach_km), POOLING]


def _reach(km: float) -> str:
    return km_text(km) if km else "centre taps"


def _on(view: SceneView, result: BranchShares) -> np.ndarray:
    """The leading branch at the pixels of a view, (lines, samples) uint8."""
    step = view.grid.spacing_m / 1000 / result.cell_km
    cells = [
        np.minimum(((np.arange(side.start, side.stop) + 0.5) * step).astype(int), size - 1)
        for side, size in zip(view.window, result.leading.shape, strict=True)
    ]
    leading: np.ndarray = result.leading[np.ix_(*cells)]
    return leading


def _colours(count: int) -> np.ndarray:
    """Grey for the 1 x 1, a scale for the rates, purple for the pooling, pale for none."""
    rates = cmocean.cm.haline(np.linspace(0.25, 0.95, count - 3))[:, :3] * 255
    colours: np.ndarray = np.array([_GREY, *rates.round(), _PURPLE, _PALE]).astype(np.uint8)
    return colours
