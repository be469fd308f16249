"""What is selected and what computes it, in words."""

import streamlit as st

from seaice.ai4arctic.channels import AMSR2, channel_set
from seaice.core.device import best_device
from seaice.dashboard.sidebar.labels import channel_set_label, scene_label
from seaice.dashboard.sidebar.selection import Selection
from seaice.dashboard.text import plain
from seaice.dashboard.words import delays_text

_FACTS_HELP = (
    "Pixels: lines x samples of the scene's own grid, and their spacing. AMSR2: how long after (+) "
    "or before (-) the radar image the radiometer passed. The ice drifts in between. Computing: on "
    "an NVIDIA GPU if there is one, otherwise on the CPU, where everything works but takes longer."
)


def scene_heading(selection: Selection) -> None:
    """Draw the scene's label, to stand beside a page's title."""
    scene = selection.scene
    # As text: a file's name or attribute may hold markup.
    st.text(scene_label(scene))


def describe_selection(selection: Selection) -> None:
    """Draw a line of facts: pixels, channels, what computes."""
    scene = selection.scene
    facts = [
        f"scene {plain(scene.id)}",
        f"channel set {channel_set_label(selection.channel_set)}",
        f"{scene.grid.lines} x {scene.grid.samples} pixels of {scene.grid.spacing_m:g} m",
        f"computing on {best_device().label}",
    ]
    if scene.delays and set(channel_set(selection.channel_set)) & set(AMSR2):
        facts.append(f"AMSR2 {plain(delays_text(scene.delays))} relative to Sentinel-1")
    if scene.raw is not None:
        facts.append("prepared from a raw file")
    if scene.simulated:
        facts.insert(0, "Simulated scene: its charts and scores say nothing about real ice")
    if not scene.charts:
        facts.append("no reference chart, so no scores")
    st.caption(" · ".join(facts), help=_FACTS_HELP)


def scene_notice(selection: Selection) -> None:
    """Draw the notice of the scene's file, if there is one."""
    if notice := selection.scene.notice:
        st.warning(plain(notice), icon=":material/warning:")
