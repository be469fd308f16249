"""The table of runs: its columns, its rows, and which runs are selected."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from seaice.baselines.beside import against_linear
from seaice.dashboard.training.curves import TASKS
from seaice.dashboard.training.measurements import run_summary
from seaice.dashboard.training.words import (
    checkpoint_name,
    reach_of,
    setting_text,
    started_at,
    state_text,
)
from seaice.results.scoring import ScoreSums
from seaice.training.runs.listing import Run

_KEY = "runs_table"
# Runs that you selected, and runs that stay selected because they ended while you watched them.
_SELECTED, _KEPT = "selected_runs", "_runs_kept"
# Names in the table, and which of the selected runs were live, on the previous run of the page.
_LISTED, _WATCHED = "_runs_listed", "_runs_watched"
_ROW_PX, _HEAD_PX, _MAX_PX = 35, 40, 390
_LESS = ("Time (min)", "Data folder", "Simulated", "Checkpoint", "Run")
"""Columns that a window of 1440 pixels has no room for; shown if you ask for them."""


def runs_table(
    runs: Sequence[Run], linear: Mapping[str, ScoreSums], *, everything: bool
) -> list[Run]:
    """Draw the table and return the selected runs, at least one.

    Clicking a cell, or moving to it by keyboard, selects its run alone. Ticks select several.

    Args:
        runs: The runs, at least one.
        linear: What is known of the linear model over their validation scenes, by name of the run.
        everything: Whether to show the columns that may not fit.
    """
    _keep_what_ended(runs)
    names = [run.name for run in runs]
    rows = [names.index(run.name) for run in selected_runs(runs)]
    cells = _selected_cells(names, rows)

    def select() -> None:
        picked = st.session_state[_KEY]["selection"]
        if picked["rows"] != rows:
            select_runs([names[row] for row in picked["rows"]])
        elif picked["cells"] != cells and picked["cells"]:
            select_runs([names[picked["cells"][0][0]]])

    st.session_state[_WATCHED] = {names[row]: runs[row].status.live for row in rows}
    st.session_state[_KEY] = {"selection": {"rows": rows, "columns": [], "cells": cells}}
    st.dataframe(
        table_of(runs, linear),
        hide_index=True,
        key=_KEY,
        on_select=select,
        selection_mode=["multi-row", "single-cell"],
        column_config=_columns(),
        column_order=[name for name in _columns() if everything or name not in _LESS],
        row_height=_ROW_PX,
        height=min(len(names) * _ROW_PX + _HEAD_PX, _MAX_PX),
        placeholder="",
        alt="Runs, the newest first",
    )
    return [runs[row] for row in rows]


def select_runs(names: Sequence[str]) -> None:
    """Select runs; none leaves the choice to `selected_runs`."""
    st.session_state[_SELECTED] = list(names)


def selected_runs(runs: Sequence[Run]) -> list[Run]:
    """The selected runs in the order of the table; empty only if there are no runs.

    If you have selected none, this is the running one, or the next one in the queue, or the newest.
    """
    for key in (_SELECTED, _KEPT):
        wanted = st.session_state.get(key, ())
        if selected := [run for run in runs if run.name in wanted]:
            return selected
    # The oldest of the waiting ones is the next.
    live = [run for run in reversed(runs) if run.status.live]
    running = [run for run in live if run.status.state == "running"]
    return [*running, *live, *runs][:1]


def _keep_what_ended(runs: Sequence[Run]) -> None:
    """Keep showing a run that has ended, until another one starts."""
    if st.session_state.get(_LISTED) != [run.name for run in runs]:
        st.session_state[_KEPT] = []
    watched: dict[str, bool] = st.session_state.get(_WATCHED, {})
    if any(watched.get(run.name) and not run.status.live for run in runs):
        st.session_state[_KEPT] = list(watched)


def _selected_cells(names: Sequence[str], rows: Sequence[int]) -> list[Any]:
    """The cell that selected the row, so that the keyboard continues from there; else none."""
    before, now = st.session_state.get(_LISTED), list(names)
    st.session_state[_LISTED] = now
    cells = st.session_state.get(_KEY, {}).get("selection", {}).get("cells", ())
    # Rows move when a run comes or goes.
    kept = before == now and len(cells) == 1 and [cells[0][0]] == rows
    return list(cells) if kept else []


def table_of(runs: Sequence[Run], linear: Mapping[str, ScoreSums] | None = None) -> pd.DataFrame:
    """One row per run; cells are blank if something is unknown. See `runs_table`."""
    columns, linear = _columns(), linear or {}
    rows = [_row(run, linear.get(run.name)) for run in runs]
    table = pd.DataFrame(rows, columns=list(columns))
    # Without this, a column that has no number yet would become text.
    numbers = [name for name in columns if columns[name]["type_config"]["type"] == "number"]
    return table.astype(dict.fromkeys(numbers, float))


def _row(run: Run, linear: ScoreSums | None) -> dict[str, Any]:
    summary, status = run_summary(run), run.status
    line = linear.scores().combined.value if linear else None
    return {
        "State": state_text(run),
        "Progress": 100 * max(0.0, status.share),
        "Rates": setting_text(run.config, "rates"),
        "Reach": reach_of(run.config),
        "Channel set": setting_text(run.config, "channel_set"),
        **{_score_column(task): summary.scores.get(task) for task in TASKS},
        "Linear": line,
        "Against it": against_linear(summary.scores.get("combined"), line, "below"),
        "Started (UTC)": started_at(run),
        "Time (min)": None if summary.seconds is None else summary.seconds / 60,
        "Data folder": setting_text(run.config, "data"),
        # Unknown until the run has read its scenes.
        "Simulated": ("yes" if status.simulated else "no") if status.scenes else "",
        "Checkpoint": checkpoint_name(run),
        "Run": run.name,
    }


def _score_column(task: str) -> str:
    return "Combined" if task == "combined" else task


def _columns() -> dict[str, Any]:
    """How Streamlit shows each column, and the help at its header."""
    columns = st.column_config
    text, number = columns.TextColumn, columns.NumberColumn
    return {
        "State": text(
            help="Waiting, running, finished, cancelled, failed or interrupted. You can resume the "
            "last three."
        ),
        "Progress": columns.ProgressColumn(
            min_value=0, max_value=100, format="%.0f %%", width=88, help="Share of steps done."
        ),
        "Rates": text(help="Atrous rates, in feature cells."),
        "Reach": text(help="How far the smallest and the largest rate reach to each side."),
        "Channel set": text(help="The network's input."),
        "Combined": number(
            format="%.1f",
            help="(2 SIC + 2 SOD + FLOE) / 5 of the best validation so far, times 100. Higher is "
            "better.",
        ),
        "SIC": number(format="%.1f", help="R2 of that validation, times 100. Higher is better."),
        "SOD": number(format="%.1f", help="Weighted F1, times 100. Higher is better."),
        "FLOE": number(format="%.1f", help="Weighted F1, times 100. Higher is better."),
        "Linear": number(
            format="%.1f",
            width=54,
            help="Combined score of the per-pixel linear model of the same channels on the same "
            "scenes. Blank until you let it be scored, and for channels without such a model.",
        ),
        # Wide enough from the start: the column does not widen when the model has been scored.
        "Against it": text(
            width=86,
            help="Combined score of the run minus that of the per-pixel linear model, and whether "
            "the run is below it.",
        ),
        "Started (UTC)": columns.DatetimeColumn(
            format="YYYY-MM-DD HH:mm", help="When the run was first started."
        ),
        "Time (min)": number(
            format="%.1f",
            help="Training time: steps and validations, without waiting and reading scenes.",
        ),
        "Data folder": text(help="Folder with the training scenes."),
        "Simulated": text(
            help="Whether all scenes are simulated. If so, the scores say nothing about real ice."
        ),
        "Checkpoint": text(help="The finished checkpoint."),
        "Run": text(help="Name of the run's folder."),
    }
