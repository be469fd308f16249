"""The channels of the selected scene, or of a region of it, as maps with bars of their values."""

import streamlit as st

from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.region_picker import chosen_region, closer_look, region_bar
from seaice.dashboard.components.figure import SentFigure, figure
from seaice.dashboard.orientation import turn_picker
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.scenes.channel_tables import channel_set_table, channel_table
from seaice.dashboard.scenes.channels import (
    RADAR,
    RADIOMETER,
    WEATHER,
    channel_view,
    groups,
    panels,
    spreads,
)
from seaice.dashboard.words import delays_text
from seaice.figures.channels import channel_maps
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_WIDE_PX, _NARROW_PX = 980, 440


def channel_section(scene: Scene, *, narrow: bool) -> None:
    """Draw the maps of a group of channels, and all channels as tables.

    The page must have called `load_plotly`.

    Args:
        scene: The scene.
        narrow: Whether the window is narrow.
    """
    group = _group_switch(scene)
    if group == RADIOMETER and scene.delays:
        st.text(f"AMSR2 relative to Sentinel-1: {delays_text(scene.delays)}")
    if group:
        north_up = turn_picker() != "As acquired"
        close_up = region_bar(scene)
        region = chosen_region(scene)
        view = channel_view(scene, region if close_up else None, north_up=north_up)
        _maps(view, group, None if close_up else region, narrow=narrow)
    with st.expander("Channels and channel sets as tables", icon=":material/table:"):
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


def _maps(view: SceneView, group: str, outlined: Region | None, *, narrow: bool) -> None:
    part = f", region {view.region} km" if view.region else ""
    with st.container(key="channel_maps_box"):
        figure(
            _figure(view, group, outlined, narrow=narrow),
            key="channel_maps",
            alt=f"Maps and histograms of {group}, scene {view.scene.id}{part}",
            ground=f"{view.ground}, {group}",
            closer=closer_look(view),
        )
    st.caption(
        f"Pixel spacing {view.grid.spacing_m:g} m, {view.orientation_words}. "
        "Colours span the 1st to 99th percentile of "
        f"the valid pixels{'; wind scales are symmetric about 0' if group == WEATHER else ''}. "
        "Brown: land. Blank: no data. Hatched: unlabelled."
    )


@cached(max_entries=12, spinner="Drawing the channels ...")
def _figure(view: SceneView, group: str, outlined: Region | None, *, narrow: bool) -> SentFigure:
    columns = 2 if narrow else 3 if group == RADAR else 4
    width_px = _NARROW_PX if narrow else _WIDE_PX
    spans = (outlined.lines_km, outlined.samples_km) if outlined else None
    return SentFigure.of(
        channel_maps(panels(view, group), view.located_extent, columns, width_px, spans)
    )
