"""Context curves: the score where everything farther away than a radius is foreign."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from seaice.figures.series import DASHES, colour

_HEIGHT_PX = 320
_TICKS_KM = [1, 2, 5, 10, 20, 50, 100, 200, 500]
"""Plotly would write the 20 as a 2."""


@dataclass(frozen=True)
class RadiusCurve:
    """A score against a radius.

    Attributes:
        label: Which network, and what was replaced.
        r_km: Radii, rising.
        scores: Score at each radius; NaN where not defined.
        low: Lower ends of their intervals; NaN without one.
        high: Upper ends.
        used_km: Radius at which 95 % of the gain is reached; NaN or infinite if there is none.
    """

    label: str
    r_km: Sequence[float]
    scores: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    used_km: float


def context_figure(curves: Sequence[RadiusCurve], title: str, dark: bool) -> go.Figure:
    """Draw context curves on a logarithmic axis; a dotted line stands at the context used.

    Args:
        curves: The curves.
        title: Title of the axis of scores.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    for number, curve in enumerate(curves):
        ink = colour(number, dark)
        figure.add_scatter(
            x=list(curve.r_km),
            y=list(curve.scores),
            name=html.escape(curve.label),
            mode="lines+markers",
            line={"color": ink, "dash": DASHES[number % len(DASHES)]},
            error_y={
                "symmetric": False,
                "array": [h - s for h, s in zip(curve.high, curve.scores, strict=True)],
                "arrayminus": [s - low for low, s in zip(curve.low, curve.scores, strict=True)],
                "thickness": 1,
                "width": 3,
            },
            hovertemplate="%{x:.0f} km: %{y:.1f}",
        )
        if math.isfinite(curve.used_km):
            figure.add_vline(x=curve.used_km, line={"color": ink, "width": 1, "dash": "dot"})
    figure.update_xaxes(title="Kept radius, km", type="log", tickvals=_TICKS_KM, showgrid=False)
    figure.update_yaxes(title=html.escape(title))
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
