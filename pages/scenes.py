"""Scenes: what is in the data folder, where it lies, and the channels of the selected scene."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.dashboard import permalink
from seaice.dashboard.compact import compact
from seaice.dashboard.compare.display import CLOSE_UP
from seaice.dashboard.compare.region_picker import chosen_region
from seaice.dashboard.components.plotly_script import load_plotly
from seaice.dashboard.components.viewport import is_narrow
from seaice.dashboard.navigation import switch_to
from seaice.dashboard.scenes.channel_section import channel_section
from seaice.dashboard.scenes.filter import neighbours
from seaice.dashboard.scenes.filter_pickers import clear_filter, pick_filter
from seaice.dashboard.scenes.load_summaries import load_summaries
from seaice.dashboard.scenes.locator import draw_locator
from seaice.dashboard.scenes.score_section import Scored, score_section
from seaice.dashboard.scenes.summaries import SceneSummary
from seaice.dashboard.scenes.table import draw_scene_table
from seaice.dashboard.sidebar.labels import scene_label
from seaice.dashboard.sidebar.pickers import select_scene
from seaice.dashboard.sidebar.selection import Selection, sidebar
from seaice.dashboard.text import plain
from seaice.scenes.scene import Scene


def page() -> None:
    """Draw the page."""
    compact()
    load_plotly()
    st.title("Scenes")
    selection = sidebar()
    scene = selection.scene
    head = st.container(horizontal=True, vertical_alignment="center", key="head")
    scenes = selection.catalogue.scenes
    with st.expander("Filter", icon=":material/filter_alt:", key="filter_expander"):
        scene_filter = pick_filter(scenes)
    summaries = load_summaries(selection)
    passing = [
        each
        for each in scenes
        if scene_filter.passes(each, summaries.get(each.id, SceneSummary()).share_water)
    ]
    head.caption(_count_text(passing, selection), width="content")
    narrow = is_narrow()
    with st.expander("Scores", icon=":material/scoreboard:", key="score_expander"):
        scored = score_section(selection, passing)
    if passing:
        _table_and_map(passing, scene, summaries, scored, narrow=narrow)
    else:
        st.info("No scene passes the filter.", icon=":material/filter_alt:")
    if len(passing) < len(scenes):
        # Below the message if nothing passes: at the head you would miss it.
        (head if passing else st).button(
            "Clear filters", icon=":material/filter_alt_off:", on_click=clear_filter, args=(scenes,)
        )
    _steps(selection, passing)
    region = chosen_region(scene)
    # Also without a region: so the address of a whole scene leads back to it.
    shows = st.session_state.get("region_place", CLOSE_UP)
    permalink.write(replace(selection.link(), region=region, shows=shows))
    _describe(scene)
    channel_section(scene, narrow=narrow)


def _count_text(passing: Sequence[Scene], selection: Selection) -> str:
    count = len(selection.catalogue.scenes)
    usable = f"{count} usable scene{'s' if count != 1 else ''}"
    if len(passing) == count:
        return usable
    text = f"{len(passing)} of {usable} pass the filter"
    if not passing or selection.scene in passing:
        return text
    return f"{text}. The selected scene does not."


def _table_and_map(
    passing: Sequence[Scene],
    selected: Scene,
    summaries: Mapping[str, SceneSummary],
    scored: Scored,
    *,
    narrow: bool,
) -> None:
    """Draw the scenes as a table and as footprints on a map, side by side if there is room."""
    if narrow:
        draw_scene_table(passing, selected, summaries, scored)
        draw_locator(passing, selected, summaries)
        return
    left, right = st.columns([11, 6])
    with left:
        draw_scene_table(passing, selected, summaries, scored)
    with right:
        draw_locator(passing, selected, summaries)


def _steps(selection: Selection, passing: Sequence[Scene]) -> None:
    """Draw the buttons that lead to the next scenes and to Compare."""
    before, after = neighbours(
        [scene.id for scene in selection.catalogue.scenes],
        {scene.id for scene in passing},
        selection.scene.id,
    )
    with st.container(horizontal=True, key="steps"):
        _step("Previous", before, "P", ":material/arrow_back:")
        _step("Next", after, "N", ":material/arrow_forward:")
        if st.button("Open in Compare", icon=":material/compare:", type="primary"):
            switch_to("compare")


def _step(label: str, scene_id: str | None, key: str, icon: str) -> None:
    st.button(
        label,
        key=f"step_{label.lower()}",
        icon=icon,
        disabled=scene_id is None,
        on_click=select_scene,
        args=(scene_id,),
        shortcut=key,
        help=f"{label} scene that passes the filter, by name (key {key})",
    )


def _describe(scene: Scene) -> None:
    st.subheader("Channels of the selected scene")
    # As text: a file's name or attribute may hold markup.
    st.text(scene_label(scene))
    if scene.simulated:
        st.caption("Simulated scene: it says nothing about real ice")
    if scene.notice:
        st.warning(plain(scene.notice), icon=":material/warning:")


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
permalink.remember()
