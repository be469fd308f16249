"""Bars by network, and shares that grow with the distance."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from seaice.figures.series import DASHES, colour

_HEIGHT_PX = 260

Values = Sequence[float] | np.ndarray
"""Numbers, one for each group of bars."""


@dataclass(frozen=True)
class HeldCurve:
    """The share of something that lies within a distance.

    Attributes:
        label: Of what.
        km: (distances,) distances.
        share: (distances,) share up to each, 0 to 1.
        radius_km: Distance to mark; NaN for none.
    """

    label: str
    km: np.ndarray
    share: np.ndarray
    radius_km: float


def network_colour(number: int, dark: bool) -> str:
    """Colour of a network, as CSS; the page's ink is left to the scene's own."""
    return colour(number + 1, dark)


def held_figure(curves: Sequence[HeldCurve], share: float, dark: bool) -> go.Figure:
    """Draw shares against the distance; a dotted line stands where a curve reaches a share.

    Args:
        curves: The curves.
        share: The share that their radii hold.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    farthest = 1.0
    for number, curve in enumerate(curves):
        ink = network_colour(number, dark)
        figure.add_scatter(
            x=curve.km,
            y=100 * curve.share,
            name=html.escape(curve.label),
            mode="lines",
            line={"color": ink, "width": 2, "dash": DASHES[number % len(DASHES)]},
            hovertemplate="%{x:.1f} km: %{y:.0f} %",
        )
        if np.isfinite(curve.radius_km):
            figure.add_vline(x=curve.radius_km, line={"color": ink, "width": 1, "dash": "dot"})
        reached = np.flatnonzero(curve.share >= 0.995)
        farthest = max(farthest, float(curve.km[reached[0]]) if reached.size else farthest)
    grey = {"color": colour(0, dark), "width": 0.8, "dash": "dot"}
    figure.add_hline(y=100 * share, line=grey)
    figure.update_xaxes(title="Distance from the pixel, km", range=[0, farthest], showgrid=False)
    figure.update_yaxes(title="% of the gradient", range=[0, 102])
    return _laid_out(figure)


def bar_figure(
    names: Sequence[str],
    series: Sequence[tuple[str, Values]],
    title: str,
    dark: bool,
    *,
    spread: Sequence[tuple[Values, Values]] | None = None,
    top: float | None = None,
) -> go.Figure:
    """Draw bars side by side: a group for each name, a bar in it for each network.

    Args:
        names: Names of the groups.
        series: For each network its label, and a value for each group; NaN for none.
        title: Title of the axis of values.
        dark: Whether the page is dark.
        spread: For each network the lower and upper ends of its intervals.
        top: Upper end of the axis; that of the values if None.
    """
    figure = go.Figure()
    for number, (label, values) in enumerate(series):
        bars = {}
        if spread is not None:
            low, high = spread[number]
            bars["error_y"] = {
                "symmetric": False,
                "array": [h - v for h, v in zip(high, values, strict=True)],
                "arrayminus": [v - w for v, w in zip(values, low, strict=True)],
                "thickness": 1.2,
                "width": 3,
            }
        figure.add_bar(
            x=[html.escape(name) for name in names],
            y=list(values),
            name=html.escape(label),
            marker={"color": network_colour(number, dark), "line": {"width": 0}},
            hovertemplate=f"{html.escape(label)}<br>%{{x}}: %{{y:.1f}}<extra></extra>",
            **bars,
        )
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(title=html.escape(title), range=[0, top] if top else None)
    return _laid_out(figure)


def _laid_out(figure: go.Figure) -> go.Figure:
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
        bargap=0.25,
    )
