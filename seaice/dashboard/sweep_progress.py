"""How a sweep in `runs/` stands, and the buttons that pause it and let it go on; on two pages."""

import os

import streamlit as st

from seaice.core.durations import time_left_text
from seaice.core.folders import models_folder
from seaice.dashboard.act import act
from seaice.dashboard.text import plain
from seaice.experiment.sweep.folder import Sweep
from seaice.experiment.sweep.progress import Standing, sweep_progress
from seaice.experiment.sweep.start import pause_sweep, start_sweep


def sweep_progress_bar(sweep: Sweep, stand: list[Standing]) -> None:
    """Draw a bar with the time left, what failed, and the button that the state allows."""
    progress, live = sweep_progress(stand), sweep.folder.alive()
    name = sweep.folder.name
    with st.container(horizontal=True, vertical_alignment="center", key=f"sweep_bar_{name}"):
        st.progress(progress.share, text=plain(sweep_sentence(sweep, stand, live=live)))
        if live:
            _pause_button(sweep)
        elif not progress.done and st.button(
            "Go on",
            key=f"sweep_go_on_{name}",
            icon=":material/play_arrow:",
            help=f"Works on it as `seaice sweep {name}` does, also when you close the page.",
        ):
            act(lambda: start_sweep(sweep, models_folder()))
    for cell, why in progress.failed:
        st.error(plain(f"{cell} failed. {why}"))
    if not (progress.done or live) and (said := _last_words(sweep)):
        st.caption(plain(f"Stopped. Its log ends with: {said}"))


def sweep_sentence(sweep: Sweep, stand: list[Standing], *, live: bool) -> str:
    """How far a sweep is, in a few words."""
    progress = sweep_progress(stand)
    parts = [f"Sweep {sweep.folder.name}: {progress.finished} of {progress.cells} cells"]
    if live and progress.done:
        parts.append("scoring")
    elif live:
        parts += [time_left_text(progress.seconds_left), *progress.running]
    return " · ".join(filter(None, parts))


def _pause_button(sweep: Sweep) -> None:
    stopping = os.path.exists(sweep.folder.stop_file)
    if st.button(
        "Pausing ..." if stopping else "Pause",
        key=f"sweep_pause_{sweep.folder.name}",
        icon=":material/pause:",
        disabled=stopping,
        help="Its runs save their state after the current step, so that it can go on later.",
    ):
        act(lambda: pause_sweep(sweep.folder))


def _last_words(sweep: Sweep) -> str:
    lines = sweep.folder.log().splitlines()
    return lines[-1][:300] if lines else ""
