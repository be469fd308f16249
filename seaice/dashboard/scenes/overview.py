"""The scenes of a folder at a glance: a table, and a map of where they lie."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from seaice.dashboard.scenes.glances import Glance, glances
from seaice.dashboard.scenes.tables import scene_columns, scene_table
from seaice.dashboard.sidebar.selection import Selection, scene_label
from seaice.dashboard.text import plain
from seaice.figures.locator import Footprint, locator_map
from seaice.scenes.scene import Scene

# How long a first look at a folder may take.
_READ_S = 1.5
# A table no higher than the map beside it.
_ROW_PX, _HEAD_PX, _MOST_PX = 62, 40, 440


def look(selection: Selection) -> dict[str, Glance]:
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


def choose_scene(scene_id: str) -> None:
    """Choose a scene for every page. In callbacks only: the sidebar's picker shows it."""
    st.session_state["scene"] = scene_id


def overview(
    passing: Sequence[Scene], scene: Scene, seen: dict[str, Glance], *, narrow: bool
) -> None:
    """The table, and where its scenes lie."""
    ids = [each.id for each in passing]
    if narrow:
        _table(passing, ids, scene, seen)
        _locator(passing, scene, seen)
        return
    left, right = st.columns([5, 2])
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
            choose_scene(ids[row])

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
                choose_scene(ids[int(point["customdata"])])

    st.plotly_chart(
        locator_map(
            [
                Footprint(f"{scene_label(each)}\n{each.id}", np.array(outline_m))
                for each, outline_m in outlines.values()
            ],
            ids.index(scene.id) if scene.id in ids else None,
            st.context.theme.type == "dark",
        ),
        key="locator",
        on_select=choose_point,
        selection_mode="points",
        config={"displaylogo": False, "scrollZoom": True},
        alt=f"Map of the Arctic with the footprints of {len(ids)} scenes",
    )
