"""Curves of losses and scores, of one run or of several together."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from seaice.ai4arctic.charts import CHARTS
from seaice.dashboard.training.measurements import number, run_metrics
from seaice.dashboard.training.words import run_labels
from seaice.figures.curves import Curve, loss_figure, score_figure
from seaice.figures.offline import OFFLINE
from seaice.training.runs.listing import Run

TASKS = ("combined", *CHARTS)
# Losses by label, as the metrics file names them.
_LOSSES: dict[str, str] = {"total": "loss"} | {name: f"loss_{name}" for name in CHARTS}
_FROZEN = "_curves_frozen"

_LOSSES_HELP = (
    "Losses on the training patches, on a logarithmic axis; lower is better. Each line smooths the "
    "losses of single steps. SIC: squared error on the class index. SOD and FLOE: cross-entropy. "
    "Total: their weighted sum, which training minimises."
)
_SCORES_HELP = (
    "Scores on whole scenes that are not used for training, times 100; higher is better. SIC: R2. "
    "SOD and FLOE: weighted F1. Combined: (2 SIC + 2 SOD + FLOE) / 5. The checkpoint is from the "
    "step with the best combined score."
)


def run_curves(run: Run) -> None:
    """Draw the losses and scores of a run, all tasks."""
    metrics = run_metrics(run)
    losses = [curve(label, metrics.steps, name) for label, name in _LOSSES.items()]
    scores = [curve(name, metrics.validations, name) for name in TASKS]
    # A fixed axis, along which the curves grow.
    last_step = run.status.steps if run.status.live else None
    _draw([run], losses, scores, last_step)


def overlaid_curves(runs: Sequence[Run], task: str) -> None:
    """Draw the losses and scores of several runs.

    Args:
        runs: The runs.
        task: "combined" for the total loss and the combined score, or a chart.
    """
    labels = run_labels(runs)
    loss = _LOSSES["total" if task == "combined" else task]
    measured = list(zip(labels, map(run_metrics, runs), strict=True))
    losses = [curve(label, metrics.steps, loss) for label, metrics in measured]
    scores = [curve(label, metrics.validations, task) for label, metrics in measured]
    _draw(runs, losses, scores, None)


def curve(label: str, entries: Sequence[dict[str, Any]], name: str) -> Curve:
    """One measurement of a run against the step.

    Args:
        label: Label of the curve.
        entries: Steps or validations of `Metrics`.
        name: Name of the measurement in them; NaN where an entry lacks it.
    """
    steps = np.array([entry["step"] for entry in entries], int)
    return Curve(label, steps, np.array([number(entry.get(name)) for entry in entries], float))


def _draw(
    runs: Sequence[Run], losses: Sequence[Curve], scores: Sequence[Curve], last_step: int | None
) -> None:
    frozen_at = _frozen_step(runs, losses)
    names = ", ".join(run.name for run in runs)
    left, right = st.columns(2)
    with left:
        st.markdown("**Training losses**", help=_LOSSES_HELP)
        _draw_figure("Losses", loss_figure, _until(losses, frozen_at), last_step, names)
    with right:
        st.markdown("**Validation scores**", help=_SCORES_HELP)
        _draw_figure("Scores", score_figure, _until(scores, frozen_at), last_step, names)


def _draw_figure(
    title: str,
    build: Callable[[Sequence[Curve], bool, int | None], go.Figure],
    curves: Sequence[Curve],
    last_step: int | None,
    names: str,
) -> None:
    if not any(len(each.steps) for each in curves):
        st.caption("No measurements yet.")
        return
    st.plotly_chart(
        build(curves, st.context.theme.type == "dark", last_step),
        key=f"curves_{title.lower()}",
        config=OFFLINE,
        alt=f"{title} against the step: {names}",
    )


def _frozen_step(runs: Sequence[Run], losses: Sequence[Curve]) -> int | None:
    """The step at which the curves end while they are frozen; None if they are not."""
    if not any(run.status.live for run in runs):
        return None
    live = st.toggle(
        "Update the curves",
        value=True,
        key="curves_live",
        help="Turn this off to freeze the curves, for example to zoom in.",
    )
    names = [run.name for run in runs]
    frozen: tuple[list[str], int] | None = st.session_state.get(_FROZEN)
    if live:
        frozen = None
    elif frozen is None or frozen[0] != names:
        frozen = names, max((int(each.steps[-1]) for each in losses if len(each.steps)), default=0)
    st.session_state[_FROZEN] = frozen
    return frozen[1] if frozen else None


def _until(curves: Sequence[Curve], step: int | None) -> list[Curve]:
    if step is None:
        return list(curves)
    ends = [int(np.searchsorted(each.steps, step, side="right")) for each in curves]
    return [
        Curve(each.label, each.steps[:end], each.values[:end])
        for each, end in zip(curves, ends, strict=True)
    ]
