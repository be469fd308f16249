"""Reliability diagrams: how often a network is right against how sure it is."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from seaice.figures.series import SYMBOLS, colour
from seaice.figures.shares import network_colour

_HEIGHT_PX = 320
_SMALLEST_PX, _LARGEST_PX = 5, 14


@dataclass(frozen=True)
class ReliabilityCurve:
    """The bins of a network that hold pixels.

    Attributes:
        label: Which network.
        confidence: (bins,) mean confidence, 0 to 1.
        accuracy: (bins,) share of right pixels, 0 to 1.
        pixels: (bins,) pixels.
    """

    label: str
    confidence: np.ndarray
    accuracy: np.ndarray
    pixels: np.ndarray


def reliability_figure(curves: Sequence[ReliabilityCurve], dark: bool) -> go.Figure:
    """Draw networks against the diagonal, on which they would be right as often as they are sure.

    Args:
        curves: The networks.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    grey = {"color": colour(0, dark), "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line=grey, hoverinfo="skip", name="as sure as right"
    )
    for number, curve in enumerate(curves):
        ink = network_colour(number, dark)
        share = curve.pixels / max(int(curve.pixels.sum()), 1)
        figure.add_scatter(
            x=100 * curve.confidence,
            y=100 * curve.accuracy,
            name=html.escape(curve.label),
            mode="lines+markers",
            line={"color": ink, "width": 2},
            marker={
                "symbol": SYMBOLS[number % len(SYMBOLS)],
                # Areas stand for pixels.
                "size": _SMALLEST_PX + (_LARGEST_PX - _SMALLEST_PX) * np.sqrt(share),
            },
            customdata=100 * share,
            hovertemplate="sure by %{x:.0f} %: right on %{y:.0f} %, %{customdata:.1f} % of the "
            "pixels",
        )
    figure.update_xaxes(title="Sure by, %", range=[0, 101], showgrid=False)
    figure.update_yaxes(title="Right, %", range=[0, 103])
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
