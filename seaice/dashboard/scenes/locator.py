"""The map of where the folder's scenes lie."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from seaice.core.text import counted
from seaice.dashboard.scenes.summaries import SceneSummary
from seaice.dashboard.sidebar.labels import scene_label
from seaice.dashboard.sidebar.pickers import select_scene
from seaice.figures.locator import Footprint, locator_map
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
        config={"displaylogo": False, "scrollZoom": True},
        alt=f"Map of the Arctic with the footprints of {len(ids)} scenes",
    )
    known = [(scene, summaries[scene.id]) for scene in scenes if scene.id in summaries]
    beyond = sum(
        scene.has_positions and each.outline_m is None and not each.problem for scene, each in known
    )
    if beyond:
        st.caption(
            f"{counted(beyond, 'scene')} not on this map: in the south, or with "
            "positions that place nothing."
        )
