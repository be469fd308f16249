"""What is written and outlined on finished maps: their origin, and parts of the ground."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from seaice.figures.extent import Extent, Span
from seaice.figures.maps import LINE_PX

# A dark line within a light one is visible on every map.
_OUTLINES = ({"color": "white", "width": 4}, {"color": "#16232e", "width": 1.5})


def add_source(figure: go.Figure, lines: Sequence[str]) -> go.Figure:
    """Write the origin of a figure below it, so that a saved picture shows it too.

    Args:
        figure: The figure, which grows by the lines.
        lines: The text, in Plotly's markup.
    """
    room_px = LINE_PX * len(lines) + 8
    figure.update_layout(
        height=figure.layout.height + room_px, margin_b=figure.layout.margin.b + room_px
    )
    return figure.add_annotation(
        text="<br>".join(lines),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        yshift=8 - figure.layout.margin.b,
        xanchor="left",
        yanchor="bottom",
        align="left",
        showarrow=False,
        font={"size": 11},
        name="source",
    )


def add_path(figure: go.Figure, points: np.ndarray) -> go.Figure:
    """Outline a part of every panel.

    Args:
        figure: The figure.
        points: (n, 2) float, values of the axes around the part.
    """
    path = "M" + "L".join(f"{x:.2f},{y:.2f}" for x, y in points) + "Z"
    for line in _OUTLINES:
        figure.add_shape(
            type="path", path=path, line=line, row="all", col="all", exclude_empty_subplots=True
        )
    return figure


def add_outline(
    figure: go.Figure,
    extent: Extent,
    lines_km: Span,
    samples_km: Span,
    axes: tuple[str, str] | None = None,
) -> go.Figure:
    """Outline a part of the scene in every panel, or in one.

    Args:
        figure: The figure.
        extent: What its panels cover.
        lines_km: Both ends along the lines, km in the scene.
        samples_km: Both ends along the samples.
        axes: Names of the axes of one panel; all panels of a grid if None.
    """
    (left, right), (top, bottom) = extent.xy(lines_km, samples_km)
    where: dict[str, Any] = {"row": "all", "col": "all", "exclude_empty_subplots": True}
    if axes:
        where = {"xref": axes[0], "yref": axes[1]}
    for line in _OUTLINES:
        figure.add_shape(type="rect", x0=left, x1=right, y0=top, y1=bottom, line=line, **where)
    return figure
