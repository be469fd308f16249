"""Runs as every page's sidebar shows them: those that live, and the last one that has ended.

All of it is read from the runs' files at each look; a session remembers only what it has seen.
"""

import re
from pathlib import Path

import streamlit as st

from seaice.core.errors import RunError, SeaIceError
from seaice.core.folders import models_folder, runs_folder
from seaice.dashboard.navigation import link_to
from seaice.dashboard.text import plain
from seaice.dashboard.words import duration_text
from seaice.training.runs.folder import RunFolder, find_run, list_runs
from seaice.training.runs.listing import Run, inspect_run
from seaice.training.runs.status import LIVE, read_status
from seaice.training.start import cancel

# A run that a terminal has started appears after _IDLE_S at the latest.
_LIVE_S, _IDLE_S = 2, 10
_MOST_SHOWN, _MOST_SAID = 3, 400
_LONGEST_S = 1e9
_SEEN, _ENDED, _PROBLEMS = "_runs_seen", "_run_ended", "_run_problems"
_STAMP = re.compile(r"^\d{8}T\d{6}_")


def run_progress() -> None:
    """Draw the runs that live, and the last one that has ended; they keep themselves up to date."""
    _watch()


@st.fragment(run_every=_IDLE_S)
def _watch() -> None:
    if _live_runs():
        _follow()
    _last_ended()


@st.fragment(run_every=_LIVE_S)
def _follow() -> None:
    runs = _live_runs()
    # Those at work first, the others as they wait.
    runs.sort(key=lambda run: (run.status.state == "waiting", run.ahead or 0, run.name))
    for run in runs[:_MOST_SHOWN]:
        _live(run)
    if not runs:
        return
    more = len(runs) - _MOST_SHOWN
    _link(f"{more} more on Training" if more > 0 else "Curves and log on Training")


def _link(label: str) -> None:
    link_to("training", label, ":material/monitoring:")


def _live_runs() -> list[Run]:
    """Runs that live now; where one has ended since the last look, the whole page starts anew."""
    folders = list_runs(runs_folder())
    states = {folder.name: read_status(folder).state for folder in folders}
    before = st.session_state.get(_SEEN)
    st.session_state[_SEEN] = states
    ended = [
        name
        for name, state in states.items()
        # One that has come and gone between two looks has ended too.
        if state not in LIVE and before is not None and before.get(name, LIVE[0]) in LIVE
    ]
    begun = before is not None and any(
        state in LIVE and before.get(name) not in LIVE for name, state in states.items()
    )
    if ended:
        st.session_state[_ENDED] = ended[0]
    if ended or begun:
        # Its checkpoint belongs into the pickers; or the page Training has to follow it.
        st.rerun()
    return [inspect_run(folder) for folder in folders if states[folder.name] in LIVE]


def _live(run: Run) -> None:
    """A bar, a line and a button."""
    with st.container(border=True, key=f"run_{run.name}", gap="small"):
        st.markdown(f"**{plain(_short(run.name))}**")
        if run.status.state == "waiting":
            st.caption(plain(progress_text(run)))
        else:
            st.progress(max(0.0, run.status.share), text=plain(progress_text(run)))
        stopping = run.folder.stop_file.exists()
        st.button(
            "Stopping ..." if stopping else "Cancel",
            key=f"cancel_{run.name}",
            icon=":material/stop_circle:",
            disabled=stopping,
            help="Stops after the step at hand and keeps its state: Training can resume it.",
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
    # What a callback draws would vanish.
    st.session_state[_PROBLEMS] = {folder.name: problem}


def progress_text(run: Run) -> str:
    """How a live run stands, in a line."""
    status = run.status
    if status.state == "waiting":
        if not run.ahead:
            return "starting"
        return f"waiting behind {run.ahead} other{'s' if run.ahead > 1 else ''}"
    if not status.step:
        return status.message or "starting"
    parts = [f"step {status.step}/{status.steps}"]
    # What a file says is foreign: no number needs to make sense.
    if status.seconds_left is not None and 0 <= status.seconds_left < _LONGEST_S:
        parts.append(f"{duration_text(status.seconds_left)} left")
    if status.score is not None:
        parts.append(f"score {status.score:.1f}")
    return " · ".join(parts)


def _last_ended() -> None:
    """How the last run ended that this session has seen alive."""
    name = st.session_state.get(_ENDED)
    if name is None:
        return
    try:
        run = inspect_run(find_run(runs_folder(), name))
    except RunError:
        # Deleted, in another tab say.
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
            _link("Resume it on Training")
        st.button("Dismiss", key="dismiss_run", type="tertiary", on_click=_dismiss)


def _dismiss() -> None:
    st.session_state.pop(_ENDED, None)


def ended_text(run: Run) -> str:
    """How a run has ended, as Markdown."""
    status, name = run.status, f"**{plain(_short(run.name))}**"
    if status.state == "finished":
        path = Path(status.checkpoint.replace("\0", ""))
        if path.parent.resolve() == models_folder().resolve():
            return f"Finished: checkpoint **{plain(path.stem)}** is in the pickers."
        return f"{name} is finished: its checkpoint is {plain(str(path))}."
    said = plain(status.message[:_MOST_SAID])
    # A cancelled run's own words say so.
    return f"{name}: {said}" if status.state == "cancelled" else f"{name} {status.state}: {said}"


def _short(name: str) -> str:
    """What a run trains, without the time of its start."""
    return _STAMP.sub("", name)
