"""What you can do with a run: cancel, resume or delete it, or open its checkpoint in Compare."""

import os
from pathlib import Path

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.core.folders import models_folder, runs_folder
from seaice.dashboard.act import act
from seaice.dashboard.navigation import switch_to
from seaice.dashboard.sidebar.checkpoint_picker import checkpoint_key
from seaice.dashboard.text import plain
from seaice.dashboard.training.words import checkpoint_name, is_stopping
from seaice.network.rates import rates_name
from seaice.training.runs.folder import find_run
from seaice.training.runs.listing import Run, delete_run, inspect_run
from seaice.training.start import cancel, resume

_DELETING = "_run_to_delete"


def run_actions(run: Run) -> None:
    """Draw the buttons that the state of the run allows."""
    with st.container(horizontal=True, key="run_actions"):
        if run.can_cancel:
            _cancel_button(run)
            return
        if run.can_resume and st.button(
            "Resume",
            key=_key("resume", run),
            icon=":material/play_arrow:",
            type="primary",
            help="Continues from the last saved state, with the same settings.",
        ):
            act(lambda: resume(find_run(runs_folder(), run.name), models_folder()))
        _open_button(run)
        if st.button("Delete ...", key=_key("delete", run), icon=":material/delete:"):
            # The page draws the dialog, because this fragment may be redrawn at any moment.
            st.session_state[_DELETING] = run.name
            st.rerun()


def _key(action: str, run: Run) -> str:
    """Key for this run only, so that a click never acts on a run that has replaced it."""
    return f"training_{action}__{run.name}"


def ask_before_deleting() -> None:
    """Draw the dialog that asks before deleting a run, until you answer it."""
    name = st.session_state.get(_DELETING)
    if name is not None:
        _ask(name)


def _close() -> None:
    st.session_state.pop(_DELETING, None)


def _cancel_button(run: Run) -> None:
    stopping = is_stopping(run)
    if st.button(
        "Stopping ..." if stopping else "Cancel",
        key=_key("cancel", run),
        icon=":material/stop_circle:",
        disabled=stopping,
        help="Stops after the current step and saves the run's state, so that you can resume it.",
    ):
        act(lambda: cancel(find_run(runs_folder(), run.name)))


def _open_button(run: Run) -> None:
    """Draw the button that opens the checkpoint in Compare, if the sidebar offers it."""
    config = run.config
    if config is None or not _is_offered(run):
        return
    channels, rates = config.channel_set, rates_name(config.rates)

    def select() -> None:
        st.session_state["channel_set"] = channels
        st.session_state["rates"] = [rates]
        st.session_state[checkpoint_key(channels, rates)] = checkpoint_name(run)

    if st.button(
        "Open in Compare",
        key=_key("open", run),
        icon=":material/compare:",
        type="primary",
        on_click=select,
        help="Selects this run's channel set, rates and checkpoint.",
    ):
        switch_to("compare")


def _is_offered(run: Run) -> bool:
    """Whether the sidebar's pickers offer a run's checkpoint."""
    file = Path(run.status.checkpoint)
    try:
        return (
            bool(checkpoint_name(run))
            and os.path.isfile(file)
            and file.parent.samefile(models_folder())
        )
    except (OSError, ValueError):
        # The run's files are untrusted.
        return False


@st.dialog("Delete this run?", on_dismiss=_close)
def _ask(name: str) -> None:
    st.text(name)
    try:
        run = inspect_run(find_run(runs_folder(), name))
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    st.write("This permanently deletes its curves, its log and its saved state.")
    if name := checkpoint_name(run):
        st.write(f"Its finished checkpoint {plain(name)} is kept.")
    else:
        st.write("It has no finished checkpoint, so its training progress is lost.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep", key="run_keep", type="primary", on_click=_close):
            st.rerun()
        if st.button("Delete", key="run_delete_now", icon=":material/delete:"):
            act(lambda: _delete(run))


def _delete(run: Run) -> None:
    delete_run(run.folder)
    _close()
