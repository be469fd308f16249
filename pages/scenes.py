"""Scenes: what the data folder holds, where it lies, and the channels of the chosen scene."""

from collections.abc import Sequence

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.dashboard import permalink
from seaice.dashboard.components.viewport import is_narrow
from seaice.dashboard.scenes.channels import (
    RADAR,
    RADIOMETER,
    WEATHER,
    groups,
    layers,
    panels,
    spreads,
)
from seaice.dashboard.scenes.glances import Glance
from seaice.dashboard.scenes.overview import choose_scene, look, overview
from seaice.dashboard.scenes.scene_filter import clear_filter, neighbours, pick_filter
from seaice.dashboard.scenes.tables import channel_set_table, channel_table
from seaice.dashboard.sidebar.selection import Selection, scene_label, sidebar
from seaice.dashboard.text import plain
from seaice.dashboard.words import delays_text
from seaice.figures.channels import channel_maps
from seaice.scenes.scene import Scene


def page() -> None:
    """Draw the page."""
    st.title("Scenes")
    selection = sidebar()
    scene = selection.scene
    head = st.container(horizontal=True, vertical_alignment="center", key="head")
    scenes = selection.catalogue.scenes
    with st.expander("Filter", icon=":material/filter_alt:", key="filter_expander"):
        wanted = pick_filter(scenes)
    seen = look(selection)
    passing = [
        each for each in scenes if wanted.passes(each, seen.get(each.id, Glance()).share_water)
    ]
    head.caption(_count_text(passing, selection), width="content")
    narrow = is_narrow()
    if passing:
        overview(passing, scene, seen, narrow=narrow)
    else:
        st.info("No scene passes the filter.", icon=":material/filter_alt:")
    if len(passing) < len(scenes):
        # At the head it would be missed where there is nothing else.
        (head if passing else st).button(
            "Clear filters", icon=":material/filter_alt_off:", on_click=clear_filter, args=(scenes,)
        )
    _steps(selection, passing)
    permalink.write(
        permalink.Link(scene=scene.id, rates=selection.rates, channels=selection.channel_set)
    )
    _describe(scene)
    _channels(scene, narrow)


def _count_text(passing: Sequence[Scene], selection: Selection) -> str:
    count = len(selection.catalogue.scenes)
    usable = f"{count} usable scene{'s' if count != 1 else ''}"
    if len(passing) == count:
        return usable
    chosen = "" if selection.scene in passing or not passing else "; the chosen one does not"
    return f"{len(passing)} of {usable} pass the filter{chosen}"


def _steps(selection: Selection, passing: Sequence[Scene]) -> None:
    """From scene to scene, and on to Compare."""
    before, after = neighbours(
        [scene.id for scene in selection.catalogue.scenes],
        {scene.id for scene in passing},
        selection.scene.id,
    )
    with st.container(horizontal=True, key="steps"):
        _step("Previous", before, "P", ":material/arrow_back:")
        _step("Next", after, "N", ":material/arrow_forward:")
        if st.button("Open in Compare", icon=":material/compare:", type="primary"):
            st.switch_page("pages/compare.py")


def _step(label: str, scene_id: str | None, key: str, icon: str) -> None:
    st.button(
        label,
        key=f"step_{label.lower()}",
        icon=icon,
        disabled=scene_id is None,
        on_click=choose_scene,
        args=(scene_id,),
        shortcut=key,
        help=f"{label} scene that passes the filter, in the order of the names (key {key})",
    )


def _describe(scene: Scene) -> None:
    st.subheader("Channels of the chosen scene")
    # As text: a file's name or attribute may hold markup.
    st.text(scene_label(scene))
    if scene.simulated:
        st.caption("Simulated scene: it says nothing about real ice")
    if scene.notice:
        st.warning(plain(scene.notice), icon=":material/warning:")


def _channels(scene: Scene, narrow: bool) -> None:
    group = _group_switch(scene)
    if group == RADIOMETER and scene.delays:
        st.text(f"AMSR2 against Sentinel-1: {delays_text(scene.delays)}")
    if group:
        columns = 2 if narrow else 3 if group == RADAR else 4
        shown = layers(scene)
        with st.container(key="channel_maps_box"):
            st.plotly_chart(
                channel_maps(panels(scene, group), shown.extent, columns, 440 if narrow else 980),
                key="channel_maps",
                config={"displaylogo": False},
                alt=f"Maps and histograms of {group}, scene {scene.id}",
            )
        st.caption(
            f"Pixels of {shown.grid.spacing_m:g} m. Colours from the 1st to the 99th percentile of "
            f"the valid pixels{', winds even about 0' if group == WEATHER else ''}. Brown: land. "
            "Empty: no data. Hatched: not labelled."
        )
    with st.expander("The channels and channel sets as tables", icon=":material/table:"):
        with st.container(key="channels"):
            st.table(channel_table(scene, spreads(scene)))
        with st.container(key="channel_sets"):
            st.table(channel_set_table(scene))


def _group_switch(scene: Scene) -> str | None:
    options = groups(scene)
    if st.session_state.get("channel_group") not in options:
        st.session_state["channel_group"] = next(iter(options), None)
    return st.segmented_control(
        "Group",
        options,
        required=True,
        key="channel_group",
        persist_state="session",
        label_visibility="collapsed",
    )


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
permalink.remember()
