"""Training: all runs, their progress and curves, and how several of them compare."""

from collections.abc import Mapping

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.core.folders import runs_folder
from seaice.dashboard import permalink
from seaice.dashboard.compact import compact
from seaice.dashboard.sidebar.selection import Selection, sidebar
from seaice.dashboard.text import plain
from seaice.dashboard.training.actions import ask_before_deleting, run_actions
from seaice.dashboard.training.beside import linear_beside, score_button
from seaice.dashboard.training.comparison import comparison, settings_table
from seaice.dashboard.training.curves import run_curves
from seaice.dashboard.training.measurements import run_summary
from seaice.dashboard.training.settings_section import settings_section
from seaice.dashboard.training.sweeps import live_sweeps, sweeps_section
from seaice.dashboard.training.table import runs_table
from seaice.dashboard.training.words import facts_text, progress_sentence
from seaice.results.scoring import ScoreSums
from seaice.training.beside import linear_sentence
from seaice.training.runs.listing import Run, inspect_runs

_REFRESH_S = 2
_LOG_LINES = 20


def page() -> None:
    """Draw the page."""
    compact()
    st.title("Training")
    selection = _sidebar()
    ask_before_deleting()
    runs = inspect_runs(runs_folder())
    settings_section(unfolded=not runs)
    live = _live(runs)
    # Refreshes itself while a run is live, and not otherwise.
    st.fragment(_runs, run_every=_REFRESH_S if live else None)(live)
    if selection is not None:
        permalink.write(selection.link())


def _sidebar() -> Selection | None:
    """The shared sidebar; None and an error message without a scene, as runs do not need one."""
    try:
        return sidebar()
    except SeaIceError as error:
        st.error(plain(str(error)))
        return None


def _live(runs: list[Run]) -> frozenset[str]:
    sweeps = live_sweeps(runs_folder())
    return frozenset(run.name for run in runs if run.status.live) | sweeps


def _runs(live: frozenset[str]) -> None:
    """Draw everything that is read from the runs' files.

    Args:
        live: Names of the runs and sweeps that were live when the page was drawn.
    """
    runs = inspect_runs(runs_folder())
    if _live(runs) != live:
        # The sidebar may have one more checkpoint to offer.
        st.rerun()
    sweeps_section(runs_folder())
    if not runs:
        _explain_how_to_start()
        return
    table = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        everything = st.toggle("All columns", key="runs_all_columns")
        linear = score_button(runs, linear_beside(runs))
    with table:
        selected = runs_table(runs, linear.sums, everything=everything)
    if len(selected) > 1:
        comparison(selected)
    else:
        _run_details(selected[0], linear.sums)


def _explain_how_to_start() -> None:
    st.info("No runs yet. Press **Train** in the sidebar or above, or start a run from a terminal:")
    st.code(
        "seaice train --rates 6-12-18 --channels sar+amsr2-18-36 --data DATA_FOLDER",
        language="bash",
    )


def _run_details(run: Run, linear: Mapping[str, ScoreSums]) -> None:
    """Draw one run: its progress, buttons, curves, settings and log."""
    st.subheader("Run")
    # As text: a folder's name may hold markup.
    st.text(run.name)
    status = run.status
    if status.state in ("failed", "interrupted") and status.message:
        st.error(plain(status.message), icon=":material/error:")
    st.progress(max(0.0, status.share), text=plain(progress_sentence(run)))
    if facts := facts_text(run):
        st.caption(plain(facts))
    if beside := linear_sentence(run_summary(run).scores.get("combined"), linear.get(run.name)):
        st.caption(plain(beside))
    run_actions(run)
    run_curves(run)
    with st.expander("Settings", icon=":material/tune:", key="run_settings"):
        if run.config:
            st.table(settings_table(run))
        else:
            st.caption("The settings of this run cannot be read.")
    st.markdown("**Log**")
    log = run.folder.log_tail(_LOG_LINES)
    if log:
        st.code(log, language=None, wrap_lines=True)
    else:
        st.caption("No log output yet.")


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
permalink.remember()
