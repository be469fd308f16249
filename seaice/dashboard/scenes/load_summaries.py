"""Load the summaries of the folder's scenes, with a word on what is still missing."""

from collections.abc import Sequence

import streamlit as st

from seaice.dashboard.scenes.summaries import SceneSummary, scene_summaries
from seaice.dashboard.sidebar.selection import Selection
from seaice.dashboard.text import plain
from seaice.scenes.scene import Scene

# How long the first view of a folder may take.
_FIRST_VIEW_S = 1.5
_LOADED = "_summaries_loaded"


def load_summaries(selection: Selection) -> dict[str, SceneSummary]:
    """Summaries of the folder's scenes by id, the selected scene first.

    The first view of a folder reads as many as a short wait allows. A button reads the rest.
    """
    scenes = selection.catalogue.scenes
    ordered = sorted(scenes, key=lambda scene: scene.id != selection.scene.id)
    folder = selection.catalogue.folder, len(scenes)
    # A folder takes its time once. Later reruns show what is known, so that nothing lags.
    is_new = st.session_state.get(_LOADED) != folder
    with st.spinner("Loading thumbnails ..."):
        summaries = scene_summaries(ordered, _FIRST_VIEW_S if is_new else 0)
    st.session_state[_LOADED] = folder
    if len(summaries) < len(scenes):
        summaries = _offer_the_rest(ordered, summaries)
    problems = [summary.problem for summary in summaries.values() if summary.problem]
    if problems:
        st.warning("\n\n".join(plain(each) for each in problems), icon=":material/warning:")
    return summaries


def _offer_the_rest(
    scenes: Sequence[Scene], summaries: dict[str, SceneSummary]
) -> dict[str, SceneSummary]:
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{len(summaries)} of {len(scenes)} thumbnails loaded", width="content")
        pressed = st.button(
            "Load the remaining thumbnails",
            key="load_remaining",
            icon=":material/photo_library:",
        )
    if not pressed:
        return summaries
    bar = place.progress(len(summaries) / len(scenes))

    def show_progress(count: int) -> None:
        bar.progress(count / len(scenes), f"{count} of {len(scenes)} thumbnails loaded")

    summaries = scene_summaries(scenes, on_progress=show_progress)
    place.empty()
    return summaries
