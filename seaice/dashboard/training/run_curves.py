"""What runs have measured, read from their files, and its curves."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from seaice.ai4arctic.charts import CHARTS
from seaice.dashboard.training.run_words import run_labels
from seaice.figures.curves import Curve, loss_figure, score_figure
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import Run, best_scores
from seaice.training.runs.metrics import Metrics, read_metrics

SCORES = ("combined", *CHARTS)
_LOSSES = {"total": "loss", **{name: f"loss_{name}" for name in CHARTS}}

# Larger files of live runs are read again when they have grown by so much, not at every look.
_LARGE_BYTES, _GROWN = 2_000_000, 0.005
_METRICS, _FACTS = 16, 2000
_HUGE = 2**63
_HELD = "_curves_held"
_CONFIG = {"displaylogo": False}


@dataclass(frozen=True)
class Facts:
    """A run's measurements in short.

    Attributes:
        scores: Scores of the best validation by task, times 100; None where there is none.
        seconds: Time that its steps and validations took; None before the first one.
    """

    scores: dict[str, float | None]
    seconds: float | None


def facts_of(run: Run) -> Facts:
    """A run's measurements in short."""
    return _facts(_key(run), run)


def metrics_of(run: Run) -> Metrics:
    """What a run has measured; not to be changed."""
    return _metrics(_key(run), run.folder)


def _key(run: Run) -> tuple[object, ...]:
    """Identity of a run's measurements as far as they are to be looked at."""
    path = run.folder.metrics_file
    try:
        status = path.stat()
    except OSError:
        return (str(path),)
    if run.status.live and status.st_size > _LARGE_BYTES:
        return str(path), status.st_ino, int(math.log(status.st_size) / _GROWN)
    return str(path), status.st_ino, status.st_mtime_ns, status.st_size


@st.cache_resource(max_entries=_METRICS, show_spinner=False)
def _metrics(key: tuple[object, ...], _folder: RunFolder) -> Metrics:
    return read_metrics(_folder)


@st.cache_resource(max_entries=_FACTS, show_spinner="Reading what the runs have measured ...")
def _facts(key: tuple[object, ...], _run: Run) -> Facts:
    metrics = _metrics(key, _run.folder)
    entries = [*metrics.steps, *metrics.validations]
    seconds = float(np.nansum(_numbers(entries, "seconds"))) if entries else None
    return Facts(best_scores(_run), seconds)


def curve(label: str, entries: Sequence[dict[str, Any]], name: str) -> Curve:
    """One measurement of a run against the step.

    Args:
        label: What it is called.
        entries: Steps or validations of `Metrics`.
        name: Its name in them.
    """
    steps = np.array([each["step"] for each in entries], int)
    return Curve(label, steps, _numbers(entries, name))


def _numbers(entries: Sequence[dict[str, Any]], name: str) -> np.ndarray:
    """Values of a measurement, (entries,) float64; NaN for what is no number."""
    return np.array([_number(each.get(name)) for each in entries], float)


def _number(value: object) -> float:
    # A whole number can be larger than any float.
    sound = isinstance(value, float) or (type(value) is int and abs(value) < _HUGE)
    return float(value) if sound else np.nan  # type: ignore[arg-type] - it is a number


def run_curves(run: Run) -> None:
    """Losses and scores of a run, all tasks."""
    metrics = metrics_of(run)
    losses = [curve(label, metrics.steps, name) for label, name in _LOSSES.items()]
    scores = [curve(name, metrics.validations, name) for name in SCORES]
    # An axis that stands still while curves grow along it.
    last_step = run.status.steps if run.status.live else None
    _draw([run], losses, scores, last_step)


def overlaid_curves(runs: Sequence[Run], task: str) -> None:
    """Losses and scores of several runs.

    Args:
        runs: The runs.
        task: "combined" for the total loss and the combined score, else a chart.
    """
    labels = run_labels(runs)
    loss = _LOSSES["total" if task == "combined" else task]
    measured = list(zip(labels, map(metrics_of, runs), strict=True))
    losses = [curve(label, metrics.steps, loss) for label, metrics in measured]
    scores = [curve(label, metrics.validations, task) for label, metrics in measured]
    _draw(runs, losses, scores, None)


def _draw(
    runs: Sequence[Run], losses: Sequence[Curve], scores: Sequence[Curve], last_step: int | None
) -> None:
    held = _held_step(runs, losses)
    what = ", ".join(run.name for run in runs)
    left, right = st.columns(2)
    with left:
        st.markdown("**Losses**", help=_LOSSES_HELP)
        _figure("Losses", loss_figure, _until(losses, held), last_step, what)
    with right:
        st.markdown("**Scores of the validation**", help=_SCORES_HELP)
        _figure("Scores", score_figure, _until(scores, held), last_step, what)


def _figure(
    name: str,
    build: Callable[[Sequence[Curve], bool, int | None], go.Figure],
    curves: Sequence[Curve],
    last_step: int | None,
    what: str,
) -> None:
    if not any(len(each.steps) for each in curves):
        st.caption("Nothing is measured yet.")
        return
    st.plotly_chart(
        build(curves, st.context.theme.type == "dark", last_step),
        key=f"curves_{name.lower()}",
        config=_CONFIG,
        alt=f"{name} against the step: {what}",
    )


def _held_step(runs: Sequence[Run], losses: Sequence[Curve]) -> int | None:
    """The step that the curves end at while the person wants them to stand still."""
    if not any(run.status.live for run in runs):
        return None
    going = st.toggle(
        "Keep the curves up to date",
        value=True,
        key="curves_going",
        help="Off: they stand still, so that they can be zoomed into.",
    )
    names = [run.name for run in runs]
    held = st.session_state.get(_HELD)
    if going:
        held = None
    elif held is None or held[0] != names:
        held = names, max((int(each.steps[-1]) for each in losses if len(each.steps)), default=0)
    st.session_state[_HELD] = held
    return held[1] if held else None


def _until(curves: Sequence[Curve], step: int | None) -> list[Curve]:
    if step is None:
        return list(curves)
    ends = [int(np.searchsorted(each.steps, step, side="right")) for each in curves]
    return [
        Curve(each.label, each.steps[:end], each.values[:end])
        for each, end in zip(curves, ends, strict=True)
    ]


_LOSSES_HELP = (
    "Of the training patches, on a logarithmic axis: a smoothed line over the losses of the single "
    "steps; lower is better. SIC: squared error on the class index. SOD and FLOE: cross-entropy. "
    "Total: their weighted sum, which the training makes small."
)
_SCORES_HELP = (
    "Of whole scenes that are not trained on, times 100; higher is better. SIC: R2. SOD and FLOE: "
    "weighted F1. Combined: (2 SIC + 2 SOD + FLOE) / 5. The checkpoint is of the step with the "
    "best combined score."
)
