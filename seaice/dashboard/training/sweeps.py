"""The sweeps of the page Training: how far each is, and which seeds it has."""

from pathlib import Path

import streamlit as st

from seaice.core.durations import time_left_text
from seaice.dashboard.text import plain
from seaice.experiment.sweep.folder import Sweep, list_sweeps
from seaice.experiment.sweep.progress import (
    SweepProgress,
    standings,
    sweep_matrix,
    sweep_progress,
)


def live_sweeps(runs: Path) -> frozenset[str]:
    """Names of the sweeps that a process of this machine works on."""
    return frozenset(each.folder.name for each in list_sweeps(runs)[0] if each.folder.alive())


def sweeps_section(runs: Path) -> None:
    """Draw the sweeps of a folder of runs; nothing where there are none."""
    sweeps, problems = list_sweeps(runs)
    for problem in problems:
        st.warning(plain(problem))
    for sweep in sweeps:
        _sweep(sweep)


def _sweep(sweep: Sweep) -> None:
    stand = standings(sweep)
    progress, live = sweep_progress(stand), sweep.folder.alive()
    name = sweep.folder.name
    with st.expander(
        f"Sweep {plain(name)}: {_words(progress, live)}",
        icon=":material/grid_on:",
        key=f"sweep_{name}",
    ):
        st.progress(progress.share)
        st.caption("Finished seeds by atrous rates and channel set")
        st.table(sweep_matrix(stand))
        for cell, why in progress.failed:
            st.error(plain(f"{cell} failed. {why}"))
        if not (progress.done or live):
            st.caption("Nothing works on it. Go on with:")
            st.code(f"seaice sweep {name}", language="bash")


def _words(progress: SweepProgress, live: bool) -> str:
    counted = f"{progress.finished} of {progress.cells} cells"
    left = time_left_text(progress.seconds_left) if live and not progress.done else ""
    return ", ".join(filter(None, (counted, left)))
