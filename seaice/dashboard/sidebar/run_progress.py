"""Runs in the sidebar of every page: the live ones, and how the last one ended.

Everything is read from the runs' files on each refresh. A session only remembers what it has seen.
"""

import os
import re
from pathlib import Path

import streamlit as st

from seaice.core.errors import RunError, SeaIceError
from seaice.core.folders import models_folder, runs_folder
from seaice.core.text import counted
from seaice.dashboard.navigation import link_to
from seaice.dashboard.text import plain
from seaice.dashboard.training.words import reach_of
from seaice.training.runs.folder import RunFolder, find_run, list_runs
from seaice.training.runs.listing import Run, inspect_run
from seaice.training.runs.status import LIVE, read_status
from seaice.training.start import cancel

# A run that was started from a terminal appears after _IDLE_S at the latest.
_LIVE_S, _IDLE_S = 2, 10
_MAX_RUNS, _MAX_MESSAGE = 3, 400
_SEEN, _ENDED, _PROBLEMS = "_runs_seen", "_run_ended", "_run_problems"
_TIMESTAMP = re.compile(r"^\d{8}T\d{6}_")


def run_progress() -> None:
    """Draw the live runs and how the last one ended. They keep themselves up to date."""
    _watch()


@st.fragment(run_every=_IDLE_S)
def _watch() -> None:
    if _live_runs():
        _follow()
    _draw_last_ended()


@st.fragment(run_every=_LIVE_S)
def _follow() -> None:
    runs = _live_runs()
    # Running ones first, then the others in the order of the queue.
    runs.sort(key=lambda run: (run.status.state == "waiting", run.ahead or 0, run.name))
    for run in runs[:_MAX_RUNS]:
        _draw_live(run)
    if not runs:
        return
    more = len(runs) - _MAX_RUNS
    _link_to_training(f"{more} more on Training" if more > 0 else "Curves and log on Training")


def _link_to_training(label: str) -> None:
    link_to("training", label, ":material/monitoring:")


def _live_runs() -> list[Run]:
    """The live runs. If one has started or ended since the last refresh, the page is rerun."""
    folders = list_runs(runs_folder())
    states = {folder.name: read_status(folder).state for folder in folders}
    before = st.session_state.get(_SEEN)
    st.session_state[_SEEN] = states
    ended = [
        name
        for name, state in states.items()
        # A run that started and ended between two refreshes counts as well.
        if state not in LIVE and before is not None and before.get(name, LIVE[0]) in LIVE
    ]
    started = before is not None and any(
        state in LIVE and before.get(name) not in LIVE for name, state in states.items()
    )
    if ended:
        st.session_state[_ENDED] = ended[0]
    if ended or started:
        # The pickers may offer its checkpoint now, and the page Training follows new runs.
        st.rerun()
    return [inspect_run(folder) for folder in folders if states[folder.name] in LIVE]


def _draw_live(run: Run) -> None:
    """Draw a run's name, its progress and a button that cancels it."""
    with st.container(border=True, key=f"run_{run.name}", gap="small"):
        reach = f" · {reach_of(run.config)}" if run.config else ""
        st.markdown(f"**{plain(_short_name(run.name))}**{reach}")
        if run.status.state == "waiting":
            st.caption(plain(progress_text(run)))
        else:
            st.progress(max(0.0, run.status.share), text=plain(progress_text(run)))
        stopping = os.path.exists(run.folder.stop_file)
        st.button(
            "Stopping ..." if stopping else "Cancel",
            key=f"cancel_{run.name}",
            icon=":material/stop_circle:",
            disabled=stopping,
            help="Stops after the current step and saves the run's state. You can resume it on "
            "Training.",
            on_click=_cancel,
            args=(run.folder,),
        )
        if problem := st.session_state.get(_PROBLEMS, {}).get(run.name):
            st.error(plain(problem))


def _cancel(folder: RunFolder) -> None:
    problem = ""
    try:
        cancel(folder)
    except SeaIceError as error:
        problem = str(error)
    # Kept for the next drawing: what a callback draws would vanish.
    st.session_state[_PROBLEMS] = {folder.name: problem}


def progress_text(run: Run) -> str:
    """The progress of a live run in one line; untrusted text."""
    status = run.status
    if status.state == "waiting":
        if not run.ahead:
            return "starting"
        return f"waiting for {counted(run.ahead, 'other run')}"
    if not status.step:
        return status.message or "starting"
    parts = [f"step {status.step}/{status.steps}"]
    # What goes on between two steps says how long itself takes.
    if doing := status.message[:_MAX_MESSAGE] or status.time_left:
        parts.append(doing)
    if status.score is not None:
        parts.append(f"score {status.score:.1f}")
    return " · ".join(parts)


def _draw_last_ended() -> None:
    """Draw how the last run ended that this session has seen live."""
    name = st.session_state.get(_ENDED)
    if name is None:
        return
    try:
        run = inspect_run(find_run(runs_folder(), name))
    except RunError:
        # Deleted since, perhaps in another tab.
        return
    if run.status.live:
        return
    with st.container(key="run_ended", gap="small"):
        text = ended_text(run)
        if run.status.state == "finished":
            st.success(text, icon=":material/check_circle:")
        elif run.status.state == "cancelled":
            st.info(text, icon=":material/stop_circle:")
        else:
            st.error(text, icon=":material/error:")
        if run.can_resume:
            _link_to_training("Resume it on Training")
        st.button("Dismiss", key="dismiss_run", type="tertiary", on_click=_dismiss)


def _dismiss() -> None:
    st.session_state.pop(_ENDED, None)


def ended_text(run: Run) -> str:
    """How a run has ended, as Markdown."""
    status, name = run.status, f"**{plain(_short_name(run.name))}**"
    if status.state == "finished":
        path = Path(status.checkpoint.replace("\0", ""))
        if path.parent.resolve() == models_folder().resolve():
            return f"Finished. Checkpoint **{plain(path.stem)}** is now available."
        return f"{name} finished. Its checkpoint is {plain(str(path))}."
    message = plain(status.message[:_MAX_MESSAGE])
    # The message of a cancelled run says that it was cancelled.
    verb = {"cancelled": "", "interrupted": " was interrupted"}.get(status.state, " failed")
    return f"{name}{verb}: {message}"


def _short_name(name: str) -> str:
    """The name of a run without the time of its start."""
    return _TIMESTAMP.sub("", name)
