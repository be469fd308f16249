"""What runs have measured, read from their files and cached while the files stay the same."""

import math
from dataclasses import dataclass

import numpy as np
import streamlit as st

from seaice.training.runs.listing import Run, best_scores
from seaice.training.runs.metrics import Metrics, read_metrics

# A large file of a live run is read again when it has grown by this share, not on every refresh.
_LARGE_BYTES, _GROWTH = 2_000_000, 0.005
_MAX_METRICS, _MAX_SUMMARIES = 16, 2000
_MAX_INT = 2**63


@dataclass(frozen=True)
class RunSummary:
    """A run's measurements in short.

    Attributes:
        scores: Scores of the best validation by task, times 100; None if there is none.
        seconds: Time spent on steps and validations; None before the first one.
    """

    scores: dict[str, float | None]
    seconds: float | None


def _identity(run: Run) -> tuple[object, ...]:
    """Identity of a run's measurements, as precisely as they need to be read."""
    path = run.folder.metrics_file
    try:
        status = path.stat()
    except OSError:
        return (str(path),)
    if run.status.live and status.st_size > _LARGE_BYTES:
        return str(path), status.st_ino, int(math.log(status.st_size) / _GROWTH)
    return str(path), status.st_ino, status.st_mtime_ns, status.st_size


@st.cache_resource(max_entries=_MAX_METRICS, show_spinner=False, hash_funcs={Run: _identity})
def run_metrics(run: Run) -> Metrics:
    """What a run has measured. Do not change it: all sessions share it."""
    return read_metrics(run.folder)


@st.cache_resource(
    max_entries=_MAX_SUMMARIES,
    show_spinner="Reading what the runs have measured ...",
    hash_funcs={Run: _identity},
)
def run_summary(run: Run) -> RunSummary:
    """A run's measurements in short."""
    metrics = run_metrics(run)
    entries = [*metrics.steps, *metrics.validations]
    seconds = [number(entry.get("seconds")) for entry in entries]
    return RunSummary(best_scores(run), float(np.nansum(seconds)) if entries else None)


def number(value: object) -> float:
    """A measurement as a float; NaN for anything that is not a number."""
    # A whole number from a file can be larger than any float.
    if isinstance(value, float) or (type(value) is int and abs(value) < _MAX_INT):
        return float(value)
    return math.nan
