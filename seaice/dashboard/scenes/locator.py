"""The map of where the folder's scenes lie."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from seaice.core.text import counted
from seaice.dashboard.scenes.summaries import SceneSummary
from seaice.dashboard.sidebar.labels import scene_label
from seaice.dashboard.sidebar.pickers import select_scene
from seaice.figures.locator import Footprint, locator_map
from seaice.figures.offline import OFFLINE
from seaice.scenes.scene import Scene


def draw_locator(
    scenes: Sequence[Scene], selected: Scene, summaries: Mapping[str, SceneSummary]
) -> None:
    """Draw the footprints of scenes; a click on the middle of one selects its scene."""
    outlines = {
        scene.id: (scene, summary.outline_m)
        for scene in scenes
        if (summary := summaries.get(scene.id)) and summary.outline_m is not None
    }
    ids = list(outlines)

    def select_point() -> None:
        for point in st.session_state["locator"]["selection"]["points"]:
            if "customdata" in point:
                select_scene(ids[int(point["customdata"])])

    st.plotly_chart(
        locator_map(
            [
                Footprint(f"{scene_label(scene)}\n{scene.id}", np.array(outline_m))
                for scene, outline_m in outlines.values()
            ],
            ids.index(selected.id) if selected.id in ids else None,
            st.context.theme.type == "dark",
        ),
        key="locator",
        on_select=select_point,
        selection_mode="points",
        config={**OFFLINE, "scrollZoom": True},
        alt=f"Map of the Arctic with the footprints of {len(ids)} scenes",
    )
    _caption_missing([(each, summaries[each.id]) for each in scenes if each.id in summaries])


def _caption_missing(known: Sequence[tuple[Scene, SceneSummary]]) -> None:
    """Say which scenes the map lacks, and why."""
    unprepared = sum(summary.unprepared for _, summary in known)
    beyond = sum(
        scene.has_positions and summary.share_valid is not None and summary.outline_m is None
        for scene, summary in known
    )
    if unprepared:
        st.caption(
            f"{counted(unprepared, 'raw scene')} not on this map yet, and without pictures: "
            "open one to convert it."
        )
    if beyond:
        st.caption(
            f"{counted(beyond, 'scene')} not on this map: in the south, or with "
            "positions that place nothing."
        )
