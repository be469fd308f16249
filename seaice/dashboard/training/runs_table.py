"""The table of runs, and which of them are looked at."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from seaice.dashboard.training.run_curves import SCORES, facts_of
from seaice.dashboard.training.run_words import (
    begun_at,
    checkpoint_of,
    rates_of,
    state_text,
    text_of,
)
from seaice.training.runs.listing import Run

_CHOSEN, _KEPT, _KEY = "chosen_runs", "_runs_kept", "runs_table"
_LISTED, _SHOWN = "_runs_listed", "_runs_shown"
_ROW_PX, _HEAD_PX, _MOST_PX = 35, 40, 390
_PERCENT = 100


def choose_runs(names: Sequence[str]) -> None:
    """Choose the runs that are looked at; none: whichever is of most interest."""
    st.session_state[_CHOSEN] = list(names)


def chosen_runs(runs: Sequence[Run]) -> list[Run]:
    """Those of the runs that are looked at, in the order of the table; empty where there are none.

    Without a choice it is the run at work, else the first that waits, else the newest.
    """
    for key in (_CHOSEN, _KEPT):
        wanted = st.session_state.get(key, ())
        if found := [run for run in runs if run.name in wanted]:
            return found
    # The oldest of those that wait is the next.
    live = [run for run in reversed(runs) if run.status.live]
    at_work = [run for run in live if run.status.state == "running"]
    return [*at_work, *live, *runs][:1]


def runs_table(runs: Sequence[Run]) -> list[Run]:
    """Draw the table; the runs that are looked at.

    A click on a cell, or moving to it by keyboard, chooses its run alone; ticks choose several.
    """
    _stay_with_what_ended(runs)
    names = [run.name for run in runs]
    rows = [names.index(run.name) for run in chosen_runs(runs)]
    cells = _cells(names, rows)

    def choose() -> None:
        picked = st.session_state[_KEY]["selection"]
        if picked["rows"] != rows:
            choose_runs([names[row] for row in picked["rows"]])
        elif picked["cells"] != cells and picked["cells"]:
            choose_runs([names[picked["cells"][0][0]]])

    st.session_state[_SHOWN] = {names[row]: runs[row].status.live for row in rows}
    st.session_state[_KEY] = {"selection": {"rows": rows, "columns": [], "cells": cells}}
    st.dataframe(
        table_of(runs),
        hide_index=True,
        key=_KEY,
        on_select=choose,
        selection_mode=["multi-row", "single-cell"],
        column_config=_columns(),
        row_height=_ROW_PX,
        height=min(len(names) * _ROW_PX + _HEAD_PX, _MOST_PX),
        placeholder="",
        alt="Runs, the newest first",
    )
    return [runs[row] for row in rows]


def _stay_with_what_ended(runs: Sequence[Run]) -> None:
    """Keep what is looked at where it has ended since, until another run begins."""
    if st.session_state.get(_LISTED) != [run.name for run in runs]:
        st.session_state[_KEPT] = []
    shown: dict[str, bool] = st.session_state.get(_SHOWN, {})
    if any(shown.get(run.name) and not run.status.live for run in runs):
        st.session_state[_KEPT] = list(shown)


def _cells(names: Sequence[str], rows: Sequence[int]) -> list[Any]:
    """The cell that has chosen the row, so that the keyboard goes on from there; else none."""
    before, now = st.session_state.get(_LISTED), list(names)
    st.session_state[_LISTED] = now
    cells = st.session_state.get(_KEY, {}).get("selection", {}).get("cells", ())
    # Rows move when a run comes or goes.
    kept = before == now and len(cells) == 1 and [cells[0][0]] == rows
    return list(cells) if kept else []


def table_of(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run; blank where something is not known."""
    table = pd.DataFrame([_row(run) for run in runs], columns=list(_columns()))
    # A column without any number would be one of texts.
    return table.astype(dict.fromkeys([*map(_score_name, SCORES), "Computed (min)"], float))


def _row(run: Run) -> dict[str, Any]:
    facts, status = facts_of(run), run.status
    scores = {_score_name(name): facts.scores.get(name) for name in SCORES}
    return {
        "State": state_text(run),
        "Progress": _PERCENT * max(0.0, status.share),
        "Rates": rates_of(run.config),
        "Channel set": text_of(run.config, "channel_set"),
        **scores,
        "Begun (UTC)": begun_at(run),
        "Computed (min)": None if facts.seconds is None else facts.seconds / 60,
        "Data": text_of(run.config, "data"),
        # Not known before its scenes are read.
        "Simulated": ("yes" if status.simulated else "no") if status.scenes else "",
        "Checkpoint": checkpoint_of(run),
        "Run": run.name,
    }


def _score_name(name: str) -> str:
    return "Combined" if name == "combined" else name


def _columns() -> dict[str, Any]:
    """How each column is shown, and what its head says to the pointer."""
    columns = st.column_config
    text, number = columns.TextColumn, columns.NumberColumn
    return {
        "State": text(
            help="waiting, running, finished; cancelled, failed or interrupted ones can be resumed."
        ),
        "Progress": columns.ProgressColumn(
            min_value=0,
            max_value=_PERCENT,
            format="%.0f %%",
            width=110,
            help="Steps done.",
        ),
        "Rates": text(help="Atrous rates."),
        "Channel set": text(help="What the network looks at."),
        "Combined": number(
            format="%.1f",
            help="(2 SIC + 2 SOD + FLOE) / 5 of the best validation so far, times 100; higher is "
            "better.",
        ),
        "SIC": number(format="%.1f", help="R2 of that validation, times 100; higher is better."),
        "SOD": number(format="%.1f", help="Weighted F1, times 100; higher is better."),
        "FLOE": number(format="%.1f", help="Weighted F1, times 100; higher is better."),
        "Begun (UTC)": columns.DatetimeColumn(
            format="YYYY-MM-DD HH:mm", help="When it was first started."
        ),
        "Computed (min)": number(
            format="%.1f",
            help="Time of its steps and validations; waiting and reading the scenes not counted.",
        ),
        "Data": text(help="Folder with its scenes."),
        "Simulated": text(
            help="Whether all scenes are simulated: what is found then says nothing about real ice."
        ),
        "Checkpoint": text(help="What it has made, once finished."),
        "Run": text(help="Its folder's name."),
    }
