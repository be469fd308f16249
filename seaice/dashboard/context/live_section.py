"""A sweep that fills: how far it is, and new scores as soon as there are some."""

import streamlit as st

from seaice.dashboard.context.matrix_section import REFRESH_S
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.context.sweeps import FileKey, version_of
from seaice.dashboard.sweep_progress import sweep_progress_bar
from seaice.experiment.sweep.folder import read_sweep
from seaice.experiment.sweep.progress import standings, sweep_progress


def live_section(scope: Scope) -> None:
    """Draw the bar of a sweep that is not finished; nothing for others."""
    if scope.training is None:
        return
    live = scope.training.folder.alive()
    if live or not sweep_progress(standings(scope.training)).done:
        seen = live, version_of(scope.sweep)
        st.fragment(_bar, run_every=REFRESH_S if live else None)(scope, seen)


def _bar(scope: Scope, seen: tuple[bool, tuple[FileKey, ...]]) -> None:
    """Draw the bar; draw the page anew when there are other scores.

    Args:
        scope: What is shown.
        seen: Whether it was worked on, and which results there were, when the page was drawn.
    """
    assert scope.training is not None
    folder = scope.training.folder
    if (folder.alive(), version_of(scope.sweep)) != seen:
        st.rerun()
    sweep = read_sweep(folder)
    sweep_progress_bar(sweep, standings(sweep))
