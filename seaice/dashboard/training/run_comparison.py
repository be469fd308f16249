"""Several runs beside each other: where their configurations differ, and their curves."""

import json
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from seaice.dashboard.text import plain
from seaice.dashboard.training.run_curves import SCORES, overlaid_curves
from seaice.dashboard.training.run_words import rates_of, run_labels
from seaice.training.config import TrainingConfig
from seaice.training.runs.listing import Run
from seaice.training.settings import settings_of

_LONGEST = 200


def comparison(runs: Sequence[Run]) -> None:
    """Draw two or more runs beside each other."""
    st.subheader(f"{len(runs)} runs compared")
    readable = [run for run in runs if run.config]
    if len(readable) < len(runs):
        st.warning("A run whose configuration cannot be read is left out of the table.")
    found = differences(readable)
    if found.empty:
        st.caption("Their configurations are the same.")
    else:
        with st.container(key="run_differences"):
            st.table(found)
    task = st.segmented_control(
        "Task",
        SCORES,
        required=True,
        default=SCORES[0],
        key="compared_task",
        format_func=lambda name: "All tasks" if name == "combined" else name,
    )
    overlaid_curves(runs, task)


def differences(runs: Sequence[Run]) -> pd.DataFrame:
    """Settings whose values differ between runs: a row each, a column each run; as Markdown.

    What an older configuration does not have yet has its default.
    """
    found = _settings(runs, [plain(label) for label in run_labels(runs)])
    return found[found.nunique(axis="columns") > 1]


def settings_table(run: Run) -> pd.DataFrame:
    """All settings of a run; as Markdown."""
    return _settings([run], ["Value"])


def _settings(runs: Sequence[Run], columns: list[str]) -> pd.DataFrame:
    rows = {
        plain(field.words.label): [plain(_text(run.config, name)) for run in runs]
        for name, field in settings_of(TrainingConfig).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Setting")


def _text(config: TrainingConfig | None, name: str) -> str:
    if name == "rates":
        return rates_of(config)
    value = getattr(config, name, "")
    return (value if isinstance(value, str) else json.dumps(value))[:_LONGEST]
