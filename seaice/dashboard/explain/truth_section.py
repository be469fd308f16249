"""Can the maps of evidence be believed, around a pixel or in a region?"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import ConfigError
from seaice.dashboard import cached
from seaice.dashboard.explain.place_picker import chosen_place, place_fields
from seaice.dashboard.explain.radar_map import radar_figure, show_map
from seaice.dashboard.explain.results import trial
from seaice.dashboard.explain.save import facts_of, save_buttons
from seaice.dashboard.explain.tested import Tested, target_said, tested_picker
from seaice.dashboard.explain.truth_maps import truth_maps
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.dashboard.words import number_text
from seaice.explain.faithful import Trial
from seaice.explain.gradcam import CamConfig
from seaice.explain.map_files import trial_layers
from seaice.explain.tables import trial_rows
from seaice.explain.targets import target_names
from seaice.explain.verdicts import Verdict, summary, verdicts
from seaice.figures.map_marks import add_outline
from seaice.figures.overlays import add_cross, add_square
from seaice.figures.removal import RemovalCurve, removal_figure
from seaice.figures.shares import network_colour
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.receptive_field import receptive_field_px
from seaice.scenes.region import SQUARE_KM
from seaice.scenes.scene import Scene

_BADGES = {"passed": "green", "failed": "red", "says little": "gray", "not known": "gray"}
_MEANING = (
    "Deletion and insertion replace the cells of that layer by their mean, the strongest first, "
    "and watch the output; dotted lines do so in random order."
)


def truth_section(
    view: SceneView, chart: ChartName, files: Sequence[CheckpointFile], *, narrow: bool
) -> None:
    """Draw what the tests say of each network's map, in words first."""
    dark = st.context.theme.type == "dark"
    tested = tested_picker(view.scene)
    left, right = (st.container(), st.container()) if narrow else st.columns([5, 6])
    with left:
        _place(view, tested, dark=dark)
    found: list[tuple[str, Trial]] = []
    used: list[CheckpointFile] = []
    with right:
        for file in files:
            label = file.info.rates_label
            try:
                with st.spinner(f"Testing the map of rates {label} ..."):
                    found.append((label, _trial(view.scene, file, chart, tested)))
            except ConfigError as error:
                st.info(f"{plain(label)}: {plain(str(error))}")
                continue
            used.append(file)
            _verdicts(label, found[-1][1])
    st.caption(f"{_tested_text(tested)} {_MEANING}")
    if not found:
        return
    truth_maps(view, tested.region, found, _field_km(used), narrow=narrow)
    _curves(view.scene, chart, found, dark=dark)
    trials = [trial for _, trial in found]
    save_buttons(
        view.scene,
        chart,
        "tests",
        lambda: [
            {**row, **facts_of(file)}
            for file, trial in zip(used, trials, strict=True)
            for row in trial_rows(trial)
        ],
        lambda: [
            layer
            for number, (file, trial) in enumerate(zip(used, trials, strict=True), 1)
            for layer in trial_layers(view.scene, trial, f"_{number}", facts_of(file))
        ],
        {"region_km": str(tested.region)},
    )


def _tested_text(tested: Tested) -> str:
    maps = f"Tested are maps by {tested.method} at the layer {tested.layer}"
    if tested.around_pixel:
        # Evidence shows those of a pixel alone, of a square of its own or of the whole scene.
        return (
            f"{maps}, for what each network says in a square of {SQUARE_KM:g} km around the pixel."
        )
    return f"{maps}, as *Evidence* shows them, for what each network says in the region."


def _place(view: SceneView, tested: Tested, *, dark: bool) -> None:
    """Draw the square on the radar image, with the fields of its place, or the region."""
    figure = radar_figure(view)
    if not tested.around_pixel:
        region = tested.region
        add_outline(figure, view.located_extent, region.lines_km, region.samples_km)
        show_map(view, figure, "Radar image with the region whose evidence is tested")
        return
    place_fields(view.scene)
    place = chosen_place(view.scene)
    add_square(figure, view.located_extent, place, SQUARE_KM, network_colour(0, dark))
    add_cross(figure, view.located_extent, place)
    show_map(view, figure, "Radar image with the square whose evidence is tested")


def _field_km(files: Sequence[CheckpointFile]) -> float:
    return max(
        receptive_field_px(cached.network(file)) * file.info.spacing_m / 1000 for file in files
    )


def _curves(
    scene: Scene, chart: ChartName, found: Sequence[tuple[str, Trial]], *, dark: bool
) -> None:
    curves = [
        RemovalCurve(label, each.shares, each.deletion, each.deletion_random, each.insertion)
        for label, each in found
    ]
    unit = "SIC, classes of 10 %" if chart == "SIC" else "log-odds"
    st.plotly_chart(
        removal_figure(curves, unit, dark),
        key="removal_curves",
        config=figure_config(scene, "removal"),
        alt="The output without the strongest cells, and with them alone; said in words above",
    )


def _trial(scene: Scene, file: CheckpointFile, chart: ChartName, tested: Tested) -> Trial:
    """The test of the map for what the network says there."""
    target = target_said(scene, file, chart, tested)
    config = CamConfig(chart, target, tested.layer, tested.method)
    return trial(scene, file, config, tested.region)


def _verdicts(label: str, result: Trial) -> None:
    said = verdicts(result)
    failed = any(each.outcome == "failed" for each in said)
    name = target_names(result.config.chart)[result.config.target].lower()
    st.markdown(f"**{plain(label)}**: the map for {plain(name)} {plain(summary(said))}.")
    with st.expander("The tests", expanded=failed, icon=":material/fact_check:"):
        st.markdown("\n".join(f"- {_line(each)}" for each in said))
        st.table(_table(result))


def _line(verdict: Verdict) -> str:
    badge = f":{_BADGES[verdict.outcome]}-badge[{verdict.outcome}]"
    return f"{badge} **{verdict.test}**: {plain(verdict.text)}"


def _table(result: Trial) -> pd.DataFrame:
    """The curves in numbers; all cells are text."""
    rows = {
        "Strongest removed": result.deletion,
        "Removed at random": result.deletion_random,
        "Strongest alone": result.insertion,
    }
    columns = [f"{100 * share:.0f} %" for share in result.shares[::2]]
    texts = {
        name: [number_text(value, 2) for value in values[::2]] for name, values in rows.items()
    }
    frame = pd.DataFrame.from_dict(texts, orient="index", columns=columns)
    return frame.rename_axis("Share of the cells")
