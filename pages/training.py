"""Training: the runs of the folder, how they stand, what they have measured, what differs."""

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.core.folders import runs_folder
from seaice.dashboard import permalink
from seaice.dashboard.sidebar.selection import Selection, sidebar
from seaice.dashboard.text import plain
from seaice.dashboard.training.run_actions import ask_before_deleting, run_actions
from seaice.dashboard.training.run_comparison import comparison, settings_table
from seaice.dashboard.training.run_curves import run_curves
from seaice.dashboard.training.run_words import facts_text, standing_text
from seaice.dashboard.training.runs_table import runs_table
from seaice.training.runs.listing import Run, inspect_runs

_LOOK_S = 2
_LOG_LINES = 20


def page() -> None:
    """Draw the page."""
    st.title("Training")
    selection = _sidebar()
    ask_before_deleting()
    live = _live(inspect_runs(runs_folder()))
    # Drawn again by itself while a run lives; nothing is asked for where none does.
    st.fragment(_runs, run_every=_LOOK_S if live else None)(live)
    if selection is not None:
        permalink.write(
            permalink.Link(
                scene=selection.scene.id, rates=selection.rates, channels=selection.channel_set
            )
        )


def _sidebar() -> Selection | None:
    """The shared pickers; runs can be looked at without a scene too."""
    try:
        return sidebar()
    except SeaIceError as error:
        st.error(plain(str(error)))
        return None


def _live(runs: list[Run]) -> frozenset[str]:
    return frozenset(run.name for run in runs if run.status.live)


def _runs(live: frozenset[str]) -> None:
    """All that follows from the runs' files.

    Args:
        live: Runs that lived when the page was drawn.
    """
    runs = inspect_runs(runs_folder())
    if not runs:
        _say_how_to_begin()
        return
    if _live(runs) != live:
        # The sidebar's pickers may offer one checkpoint more.
        st.rerun()
    shown = runs_table(runs)
    if len(shown) > 1:
        comparison(shown)
    else:
        _one(shown[0])


def _say_how_to_begin() -> None:
    st.info("There is no run yet. Press **Train** in the sidebar, or start one from a terminal:")
    st.code(
        "seaice train --rates 6-12-18 --channels sar+amsr2-18-36 --data DATA_FOLDER",
        language="bash",
    )


def _one(run: Run) -> None:
    """A run by itself."""
    st.subheader("Run")
    # As text: a folder's name may hold markup.
    st.text(run.name)
    status = run.status
    if status.state in ("failed", "interrupted") and status.message:
        st.error(plain(status.message), icon=":material/error:")
    st.progress(max(0.0, status.share), text=plain(standing_text(run)))
    if facts := facts_text(run):
        st.caption(plain(facts))
    run_actions(run)
    run_curves(run)
    with st.expander("Settings", icon=":material/tune:", key="run_settings"):
        if run.config:
            st.table(settings_table(run))
        else:
            st.caption("The run's configuration cannot be read.")
    st.markdown("**Log**")
    log = run.folder.log_tail(_LOG_LINES)
    if log:
        st.code(log, language=None, wrap_lines=True)
    else:
        st.caption("It has said nothing yet.")


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
permalink.remember()
