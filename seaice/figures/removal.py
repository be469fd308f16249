"""What becomes of an output as the cells that a map points at are removed, or put back."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from seaice.figures.shares import network_colour

_HEIGHT_PX = 280


@dataclass(frozen=True)
class RemovalCurve:
    """The output of one network.

    Attributes:
        label: Which network.
        shares: (steps,) shares of the cells, 0 to 1.
        deletion: (steps,) the output without so many of the strongest cells.
        random: (steps,) the same in random order.
        insertion: (steps,) the output with so many of the strongest cells alone.
    """

    label: str
    shares: np.ndarray
    deletion: np.ndarray
    random: np.ndarray
    insertion: np.ndarray


def removal_figure(curves: Sequence[RemovalCurve], unit: str, dark: bool) -> go.Figure:
    """Draw the curves: solid for deletion, dashed for insertion, dotted at random.

    Args:
        curves: The curves.
        unit: Unit of the output.
        dark: Whether the page is dark.
    """
    figure = go.Figure()
    for number, curve in enumerate(curves):
        ink, label = network_colour(number, dark), html.escape(curve.label)
        for name, values, dash in (
            ("strongest removed", curve.deletion, "solid"),
            ("strongest alone", curve.insertion, "dash"),
            ("removed at random", curve.random, "dot"),
        ):
            figure.add_scatter(
                x=100 * curve.shares,
                y=values,
                name=f"{label}, {name}",
                mode="lines",
                line={"color": ink, "dash": dash, "width": 1 if dash == "dot" else 2},
                hovertemplate=f"{name}<br>%{{x:.0f}} %: %{{y:.2f}}",
            )
    figure.update_xaxes(title="Cells of the field, %", showgrid=False)
    figure.update_yaxes(title=html.escape(unit))
    return figure.update_layout(
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
