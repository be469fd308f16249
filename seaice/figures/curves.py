"""Curves of runs: losses and scores against the step.

Curves differ in colours that are safe for colour-blind people, and in dashes and symbols.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from scipy.signal import lfilter

from seaice.figures.series import DASHES, SYMBOLS, colour

MOST_POINTS = 2000
"""Points of a drawn line; no screen shows more."""

_HEIGHT_PX = 340
# Losses are smoothed over this fraction of a run, but over at least so many steps.
_SMOOTHED_SHARE, _LEAST_SPAN = 0.05, 5
# A first validation can score far below 0, and would squeeze the others into one line.
_LOWEST_SCORE = -20.0
_MOST_MARKERS = 80

_LOSS_TICKS = [digit * 10.0**power for power in range(-5, 6) for digit in (1, 2, 5)]
_LOSS_TICK_TEXTS = [f"{value:g}" for value in _LOSS_TICKS]


@dataclass(frozen=True)
class Curve:
    """A quantity against the step.

    Attributes:
        label: Its name; untrusted text, shown as it is.
        steps: (points,) integers, increasing.
        values: (points,) float; NaN where there is no value.
    """

    label: str
    steps: np.ndarray
    values: np.ndarray


def loss_figure(curves: Sequence[Curve], dark: bool, last_step: int | None = None) -> go.Figure:
    """Losses on a logarithmic axis: smoothed lines over the faint losses of single steps.

    Args:
        curves: The losses; their order sets the colours.
        dark: Whether the page is dark.
        last_step: End of the axis, so that it stays fixed while a run goes on; None for the end
            of the curves.
    """
    figure = go.Figure()
    for number, curve in enumerate(curves):
        _add_raw(figure, curve, colour(number, dark))
    for number, curve in enumerate(curves):
        _add_smoothed(figure, curve, number, dark)
    figure.update_yaxes(title="Loss", type="log", tickvals=_LOSS_TICKS, ticktext=_LOSS_TICK_TEXTS)
    return _laid_out(figure, last_step)


def score_figure(curves: Sequence[Curve], dark: bool, last_step: int | None = None) -> go.Figure:
    """Scores of validations, times 100, against the step.

    Args:
        curves: The scores; their order sets the colours.
        dark: Whether the page is dark.
        last_step: See `loss_figure`.
    """
    figure = go.Figure()
    for number, curve in enumerate(curves):
        chosen = evenly(len(curve.steps), MOST_POINTS)
        figure.add_scatter(
            x=curve.steps[chosen],
            y=curve.values[chosen],
            name=_text(curve.label),
            mode="lines+markers" if len(chosen) <= _MOST_MARKERS else "lines",
            line=_line(number, dark),
            marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 7},
            hovertemplate="%{y:.1f}",
        )
    low, high = _score_range(curves)
    hidden = any((each.values < low).any() for each in curves)
    # With the minus sign of the axis.
    title = f"Score (lower than \N{MINUS SIGN}{-low:.0f} not shown)" if hidden else "Score"
    figure.update_yaxes(title=title, range=[low, high])
    return _laid_out(figure, last_step)


def smoothed(values: np.ndarray) -> np.ndarray:
    """Exponential moving average; gaps stay gaps and have no weight.

    Args:
        values: (points,) float.

    Returns:
        (points,) float64.
    """
    known = np.isfinite(values)
    keep = 1 - 2 / (1 + max(_LEAST_SPAN, _SMOOTHED_SHARE * len(values)))
    # Normalised by the weights so far, because there is nothing before the first step.
    weights = 1 - keep ** np.arange(1, known.sum() + 1)
    smooth = np.full(len(values), np.nan)
    smooth[known] = lfilter([1 - keep], [1, -keep], values[known]) / weights
    return smooth


def evenly(points: int, most: int) -> np.ndarray:
    """Indices of at most so many points, including the first and the last."""
    if points <= most:
        return np.arange(points)
    return np.linspace(0, points - 1, most).round().astype(int)


def extremes(values: np.ndarray, most: int) -> np.ndarray:
    """Indices of at most so many points that keep every peak: the extremes of short stretches.

    Args:
        values: (points,) float.
        most: Largest number of indices, even.
    """
    if len(values) <= most:
        return np.arange(len(values))
    bounds = np.linspace(0, len(values), most // 2 + 1).round().astype(int)
    low = np.where(np.isnan(values), np.inf, values)
    high = np.where(np.isnan(values), -np.inf, values)
    ends = [(a + low[a:b].argmin(), a + high[a:b].argmax()) for a, b in pairwise(bounds)]
    return np.unique(np.array(ends))


def _add_raw(figure: go.Figure, curve: Curve, colour: str) -> None:
    chosen = extremes(curve.values, MOST_POINTS)
    figure.add_scatter(
        x=curve.steps[chosen],
        y=_positive(curve.values[chosen]),
        mode="lines",
        line={"color": colour, "width": 1},
        opacity=0.22,
        legendgroup=_text(curve.label),
        showlegend=False,
        hoverinfo="skip",
    )


def _add_smoothed(figure: go.Figure, curve: Curve, number: int, dark: bool) -> None:
    chosen = evenly(len(curve.steps), MOST_POINTS)
    figure.add_scatter(
        x=curve.steps[chosen],
        y=_positive(smoothed(curve.values)[chosen]),
        name=_text(curve.label),
        legendgroup=_text(curve.label),
        # A single point does not make a line.
        mode="lines" if len(chosen) > 1 else "markers",
        line=_line(number, dark),
        marker={"color": colour(number, dark)},
        hovertemplate="%{y:.3f}",
    )


def _positive(values: np.ndarray) -> np.ndarray:
    """Values that fit on a logarithmic axis, float32; NaN for the others."""
    sound = np.isfinite(values) & (np.nan_to_num(values) > 0)
    return np.where(sound, values, np.nan).astype(np.float32)


def _line(number: int, dark: bool) -> dict[str, object]:
    return {
        "color": colour(number, dark),
        "width": 2.4 if number == 0 else 2,
        "dash": DASHES[number % len(DASHES)],
    }


def _score_range(curves: Sequence[Curve]) -> tuple[float, float]:
    """Range of the score axis: all scores except those far below 0."""
    values = np.concatenate([curve.values for curve in curves] or [np.empty(0)])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 100.0
    low, high = max(float(values.min()), _LOWEST_SCORE), max(float(values.max()), _LOWEST_SCORE)
    margin = 0.06 * max(high - low, 5.0)
    return (low if low == _LOWEST_SCORE else low - margin), high + margin


def _laid_out(figure: go.Figure, last_step: int | None) -> go.Figure:
    shown = [0, last_step] if last_step else None
    figure.update_xaxes(title="Step", range=shown, rangemode="tozero")
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="x unified",
        showlegend=True,
        # Keep zoom and hidden curves while the curves grow.
        uirevision="curves",
    )


def _text(label: str) -> str:
    return html.escape(label, quote=False)
