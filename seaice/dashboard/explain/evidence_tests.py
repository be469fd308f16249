"""What the tests say of the maps that Evidence shows, a line for each."""

from collections.abc import Sequence

import streamlit as st

from seaice.core.errors import ConfigError
from seaice.dashboard.explain.evidence_column import EvidenceColumn
from seaice.dashboard.explain.questions import WithinName
from seaice.dashboard.explain.results import trial
from seaice.dashboard.explain.squares import place_region
from seaice.dashboard.text import plain
from seaice.explain.gradcam import CamConfig
from seaice.explain.targets import target_names
from seaice.explain.verdicts import summary, verdicts
from seaice.scenes.scene import Scene


def evidence_tests(
    scene: Scene,
    labels: Sequence[str],
    rows: Sequence[Sequence[EvidenceColumn]],
    within: WithinName,
) -> None:
    """Draw the switch, and if it is on, the lines: a test takes longer than its map.

    Args:
        scene: The scene.
        labels: What the columns of the grid are called.
        rows: The networks with their maps, by row of the grid.
        within: Whose outputs they explain; the whole scene's are not tested.
    """
    if within == "Scene":
        return
    if not st.toggle(
        "Test these maps",
        key="evidence_tests",
        help="Puts each map to the six tests of *Is it true?*, some seconds each.",
    ):
        return
    for row in rows:
        for label, result in zip(labels, row, strict=True):
            assert result.heatmap is not None, "every map of the grid was computed"
            config = result.heatmap.config
            name = target_names(config.chart)[config.target].lower()
            what = f"**{plain(label)}**, {plain(name)} at {plain(config.layer)}"
            st.markdown(f"{what}: {plain(_said(scene, label, result, config, within))}")


def _said(
    scene: Scene, label: str, result: EvidenceColumn, config: CamConfig, within: WithinName
) -> str:
    """Which tests a map fails, and why."""
    region = place_region(scene, within, result.file.info.spacing_m)
    assert region is not None, "no map of a whole scene is tested"
    try:
        with st.spinner(f"Testing the map of {label} at {config.layer} ..."):
            said = verdicts(trial(scene, result.file, config, region))
    except ConfigError as error:
        return str(error)
    reasons = [each.text for each in said if each.outcome == "failed"]
    return " ".join([f"{summary(said)}.", *reasons])
