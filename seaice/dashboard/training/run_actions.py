"""What can be done with a run: stop it, go on with it, delete it, look at its checkpoint."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.core.errors import ConfigError, SeaIceError
from seaice.core.folders import models_folder, runs_folder
from seaice.dashboard.navigation import switch_to
from seaice.dashboard.text import plain
from seaice.dashboard.training.run_words import checkpoint_of, is_stopping, rates_of, text_of
from seaice.network.rates import parse_rates
from seaice.training.runs.folder import find_run
from seaice.training.runs.listing import Run, delete_run, inspect_run
from seaice.training.start import cancel, resume

_DELETING = "_run_to_delete"


def run_actions(run: Run) -> None:
    """Draw the buttons that a run's state allows."""
    with st.container(horizontal=True, key="run_actions"):
        if run.can_cancel:
            _cancel_button(run)
            return
        if run.can_resume and st.button(
            "Resume",
            key=_key("resume", run),
            icon=":material/play_arrow:",
            type="primary",
            help="Goes on from the last saved state, with the same settings.",
        ):
            _act(lambda: resume(find_run(runs_folder(), run.name), models_folder()))
        _open_button(run)
        if st.button("Delete ...", key=_key("delete", run), icon=":material/delete:"):
            # The dialog is the page's: this part of it may be drawn again at any moment.
            st.session_state[_DELETING] = run.name
            st.rerun()


def _key(action: str, run: Run) -> str:
    """Of this run alone: a click never reaches another one that has taken its place meanwhile."""
    return f"training_{action}__{run.name}"


def ask_before_deleting() -> None:
    """Draw the question before a run is deleted, from the press of its button to the answer."""
    name = st.session_state.get(_DELETING)
    if name is not None:
        _ask(name)


def _answered() -> None:
    st.session_state.pop(_DELETING, None)


def _cancel_button(run: Run) -> None:
    stopping = is_stopping(run)
    if st.button(
        "Stopping ..." if stopping else "Cancel",
        key=_key("cancel", run),
        icon=":material/stop_circle:",
        disabled=stopping,
        help="It finishes the step at hand and saves its state: it can be resumed.",
    ):
        _act(lambda: cancel(find_run(runs_folder(), run.name)))


def _open_button(run: Run) -> None:
    """To what the finished checkpoint makes of a scene, where the sidebar offers it."""
    if not _is_offered(run):
        return
    rates, channels = rates_of(run.config), text_of(run.config, "channel_set")

    def choose() -> None:
        st.session_state["channel_set"] = channels
        st.session_state["rates"] = [rates]
        st.session_state[f"checkpoint_{channels}_{rates}"] = checkpoint_of(run)

    if st.button(
        "Open in Compare",
        key=_key("open", run),
        icon=":material/compare:",
        type="primary",
        on_click=choose,
    ):
        switch_to("compare")


def _is_offered(run: Run) -> bool:
    """Whether the pickers hold a run's checkpoint."""
    file = Path(run.status.checkpoint)
    try:
        parse_rates(rates_of(run.config))
        channel_set(text_of(run.config, "channel_set"))
        return bool(checkpoint_of(run)) and file.is_file() and file.parent.samefile(models_folder())
    except (ConfigError, OSError, ValueError):
        # The run's files can say anything.
        return False


def _act(do: Callable[[], None]) -> None:
    """Do it and show what has changed, or say why it cannot be done."""
    try:
        do()
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    st.rerun()


@st.dialog("Delete this run?", on_dismiss=_answered)
def _ask(name: str) -> None:
    st.text(name)
    try:
        run = inspect_run(find_run(runs_folder(), name))
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    st.write("Its curves, its log and its saved state are deleted from the disk for good.")
    if made := checkpoint_of(run):
        st.write(f"The finished checkpoint {plain(made)} stays.")
    else:
        st.write("There is no finished checkpoint: what it has learnt so far is lost.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it", key="run_keep", type="primary", on_click=_answered):
            st.rerun()
        if st.button("Delete", key="run_delete_now", icon=":material/delete:"):
            _act(lambda: _delete(run))


def _delete(run: Run) -> None:
    delete_run(run.folder)
    _answered()
