"""Context curves: the score where everything farther away than a radius is foreign."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from seaice.figures.chart_top import add_top
from seaice.figures.series import DASHES, apart, colour

_HEIGHT_PX = 350
TICKS_KM = [1, 2, 5, 10, 20, 50, 100, 200, 500]
"""Plotly would write the 20 as a 2."""
_DOTTED = {"width": 1, "dash": "dot"}
_LOWEST, _STEP = 0.07, 0.08
"""Heights of the radii of the gradient, as shares of the figure's: their names stand apart in the
lower right corner, which curves leave empty."""


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
        gradient_km: Radius that holds 90 % of the input gradient; NaN if it is not known.
    """

    label: str
    r_km: Sequence[float]
    scores: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    used_km: float
    gradient_km: float = math.nan


def context_figure(curves: Sequence[RadiusCurve], title: str, dark: bool) -> go.Figure:
    """Draw context curves on a logarithmic axis; a dotted line stands at the context used.

    A short one with a name stands at the radius of the gradient.

    Args:
        curves: The curves.
        title: What the scores are of.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    for number, curve in enumerate(curves):
        ink, shift = colour(number, dark), apart(number, len(curves))
        figure.add_scatter(
            x=[km * shift for km in curve.r_km],
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
            customdata=list(curve.r_km),
            hovertemplate="%{customdata:.0f} km: %{y:.1f}",
        )
        if math.isfinite(curve.used_km):
            figure.add_vline(x=curve.used_km, line={**_DOTTED, "color": ink})
    known = ((curve.gradient_km, colour(number, dark)) for number, curve in enumerate(curves))
    # The largest one lowest, so that no line crosses the name of another.
    for place, (km, ink) in enumerate(
        sorted((each for each in known if each[0] > 0), reverse=True)
    ):
        _add_gradient(figure, km, _LOWEST + place * _STEP, ink)
    figure.update_xaxes(title="Kept radius, km", type="log", tickvals=TICKS_KM, showgrid=False)
    figure.update_yaxes(showgrid=True)
    return add_top(figure, title, _HEIGHT_PX)


def _add_gradient(figure: go.Figure, km: float, height: float, ink: str) -> None:
    """Draw the radius of a gradient up to a height, with its name there."""
    reach = {"x0": km, "x1": km, "y0": 0, "y1": height, "yref": "y domain"}
    figure.add_shape(type="line", **reach, line={**_DOTTED, "color": ink})
    figure.add_annotation(
        x=math.log10(km),
        y=height,
        yref="y domain",
        text="90 % of the gradient",
        xanchor="left",
        yanchor="middle",
        showarrow=False,
        font={"size": 10, "color": ink},
    )
