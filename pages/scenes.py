"""Scenes: what the data folder holds, where it lies, and the channels of the chosen scene."""

from collections.abc import Sequence

import streamlit as st

from seaice.data.scene import Scene
from seaice.errors import SeaIceError
from seaice.figures.channels import channel_maps
from seaice.figures.locator import Footprint, locator_map
from seaice.ui.channels import (
    RADAR,
    RADIOMETER,
    WEATHER,
    delays_text,
    groups,
    layers,
    panels,
    spreads,
)
from seaice.ui.glances import Glance, glances
from seaice.ui.scene_filter import clear_filter, neighbours, pick_filter
from seaice.ui.selection import Selection, scene_label, sidebar
from seaice.ui.tables import channel_set_table, channel_table, scene_columns, scene_table
from seaice.ui.text import plain
from seaice.ui.viewport import is_narrow

# How long a first look at a folder may take.
_READ_S = 3.0
# A table no higher than the map beside it.
_ROW_PX, _HEAD_PX, _MOST_PX = 62, 40, 440
_FIGURE = {"displaylogo": False}


def page() -> None:
    """Draw the page."""
    st.title("Scenes")
    selection = sidebar()
    scene = selection.scene
    head = st.container(horizontal=True, vertical_alignment="center", key="head")
    scenes = selection.catalogue.scenes
    with st.expander("Filter", icon=":material/filter_alt:", key="filter_expander"):
        wanted = pick_filter(scenes)
    seen = _glances(selection)
    passing = [
        each for each in scenes if wanted.passes(each, seen.get(each.id, Glance()).share_water)
    ]
    head.caption(_count_text(passing, selection), width="content")
    narrow = is_narrow()
    if passing:
        _overview(passing, scene, seen, narrow)
    else:
        st.info("No scene passes the filter.", icon=":material/filter_alt:")
    if len(passing) < len(scenes):
        # At the head it would be missed where there is nothing else.
        (head if passing else st).button(
            "Clear filters", icon=":material/filter_alt_off:", on_click=clear_filter, args=(scenes,)
        )
    _steps(selection, passing)
    _describe(scene)
    _channels(scene, narrow)


def _count_text(passing: Sequence[Scene], selection: Selection) -> str:
    count = len(selection.catalogue.scenes)
    usable = f"{count} usable scene{'s' if count != 1 else ''}"
    if len(passing) == count:
        return usable
    chosen = "" if selection.scene in passing or not passing else "; the chosen one does not"
    return f"{len(passing)} of {usable} pass the filter{chosen}"


def _glances(selection: Selection) -> dict[str, Glance]:
    """Glances at the folder's scenes, the chosen one's first; a button reads what is left."""
    scenes = selection.catalogue.scenes
    ordered = sorted(scenes, key=lambda scene: scene.id != selection.scene.id)
    folder = selection.catalogue.folder, len(scenes)
    # A folder takes its time once: on later runs only what is there, so that nothing lags.
    first = st.session_state.get("glanced") != folder
    with st.spinner("Looking at the scenes ..."):
        found = glances(ordered, _READ_S if first else 0)
    st.session_state["glanced"] = folder
    if len(found) < len(scenes):
        found = _read_the_others(ordered, found)
    problems = [glance.problem for glance in found.values() if glance.problem]
    if problems:
        st.warning("\n\n".join(plain(each) for each in problems), icon=":material/warning:")
    return found


def _read_the_others(scenes: Sequence[Scene], found: dict[str, Glance]) -> dict[str, Glance]:
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Thumbnails of {len(found)} of {len(scenes)} scenes read", width="content")
        wanted = st.button("Read the others", key="read_others", icon=":material/photo_library:")
    if not wanted:
        return found
    bar = place.progress(len(found) / len(scenes))

    def tell(count: int) -> None:
        bar.progress(count / len(scenes), f"Reading thumbnails: {count} of {len(scenes)} scenes")

    found = glances(scenes, None, tell)
    place.empty()
    return found


def _choose(scene_id: str) -> None:
    st.session_state["scene"] = scene_id


def _overview(
    passing: Sequence[Scene], scene: Scene, seen: dict[str, Glance], narrow: bool
) -> None:
    """The table, and where its scenes lie."""
    ids = [each.id for each in passing]
    if narrow:
        _table(passing, ids, scene, seen)
        _locator(passing, scene, seen)
        return
    left, right = st.columns([3, 1])
    with left:
        _table(passing, ids, scene, seen)
    with right:
        _locator(passing, scene, seen)


def _table(passing: Sequence[Scene], ids: list[str], scene: Scene, seen: dict[str, Glance]) -> None:
    rows = [ids.index(scene.id)] if scene.id in ids else []

    def choose_row() -> None:
        picked = st.session_state["scene_table"]["selection"]
        # Where the row is as it was set, a cell was clicked.
        ticked = picked["rows"] if picked["rows"] != rows else []
        for row in ticked or [cell[0] for cell in picked["cells"]]:
            _choose(ids[row])

    st.session_state["scene_table"] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        scene_table(passing, seen),
        hide_index=True,
        key="scene_table",
        on_select=choose_row,
        # Something is always chosen, be it a scene that the filter keeps from the table.
        selection_mode=["single-row-required" if rows else "single-row", "single-cell"],
        column_config=scene_columns(),
        row_height=_ROW_PX,
        height=min(len(ids) * _ROW_PX + _HEAD_PX, _MOST_PX),
        placeholder="",
        alt="Scenes of the folder",
    )


def _locator(passing: Sequence[Scene], scene: Scene, seen: dict[str, Glance]) -> None:
    """Footprints; a click on the middle of one chooses its scene."""
    outlines = {
        each.id: (each, glance.outline_m)
        for each in passing
        if (glance := seen.get(each.id)) and glance.outline_m is not None
    }
    ids = list(outlines)

    def choose_point() -> None:
        for point in st.session_state["locator"]["selection"]["points"]:
            if "customdata" in point:
                _choose(ids[int(point["customdata"])])

    st.plotly_chart(
        locator_map(
            [
                Footprint(f"{scene_label(each)}\n{each.id}", outline_m)
                for each, outline_m in outlines.values()
            ],
            ids.index(scene.id) if scene.id in ids else None,
            st.context.theme.type == "dark",
        ),
        key="locator",
        on_select=choose_point,
        selection_mode="points",
        config=_FIGURE,
        alt=f"Map of the Arctic with the footprints of {len(ids)} scenes",
    )


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
        on_click=_choose,
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
                config=_FIGURE,
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
