"""The sweeps of the page Training: how far each is, and which seeds it has."""

from pathlib import Path

import streamlit as st

from seaice.dashboard.sweep_progress import sweep_progress_bar
from seaice.dashboard.text import plain
from seaice.experiment.sweep.folder import Sweep, list_sweeps
from seaice.experiment.sweep.progress import standings, sweep_matrix


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
    sweep_progress_bar(sweep, stand)
    name = sweep.folder.name
    with st.expander(
        "Finished seeds by atrous rates and channel set",
        icon=":material/grid_on:",
        key=f"sweep_{name}",
    ):
        st.table(sweep_matrix(stand, sweep.plan.cell_m))
        st.caption("From a terminal:")
        st.code(f"seaice sweep {name}", language="bash")
