"""Several runs side by side: the settings in which they differ, and their curves."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from seaice.dashboard.text import plain
from seaice.dashboard.training.curves import TASKS, overlaid_curves
from seaice.dashboard.training.words import reach_of, run_labels, setting_text
from seaice.training.config import TrainingConfig
from seaice.training.runs.listing import Run
from seaice.training.settings import settings_of


def comparison(runs: Sequence[Run]) -> None:
    """Draw two or more runs side by side."""
    st.subheader(f"{len(runs)} runs compared")
    readable = [run for run in runs if run.config]
    if len(readable) < len(runs):
        st.warning("The table leaves out runs whose settings cannot be read.")
    table = differences(readable)
    if table.empty:
        st.caption("These runs have the same settings.")
    else:
        with st.container(key="run_differences"):
            st.table(table)
    task = st.segmented_control(
        "Task",
        TASKS,
        required=True,
        default=TASKS[0],
        key="compared_task",
        format_func=lambda name: "All tasks" if name == "combined" else name,
    )
    overlaid_curves(runs, task)


def differences(runs: Sequence[Run]) -> pd.DataFrame:
    """Settings whose values differ: a row per setting, a column per run, as Markdown.

    Runs whose settings cannot be read have empty cells.
    """
    table = _settings(runs, [plain(label) for label in run_labels(runs)])
    return table[table.nunique(axis="columns") > 1]


def settings_table(run: Run) -> pd.DataFrame:
    """All settings of a run, as Markdown."""
    return _settings([run], ["Value"])


def _settings(runs: Sequence[Run], columns: list[str]) -> pd.DataFrame:
    rows = {
        plain(field.words.label): [plain(setting_text(run.config, name)) for run in runs]
        for name, field in settings_of(TrainingConfig).items()
    }
    rows["Reach of the rates"] = [reach_of(run.config) for run in runs]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Setting")
