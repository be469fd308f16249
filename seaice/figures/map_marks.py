"""What is written and outlined on finished maps: their origin, and parts of the ground."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import plotly.graph_objects as go

from seaice.figures.extent import Extent, Span
from seaice.figures.figure_parts import Axes, FigureParts
from seaice.figures.maps import LINE_PX

# A dark line within a light one is visible on every map.
_OUTLINES = ({"color": "white", "width": 4}, {"color": "#16232e", "width": 1.5})


def add_source(figure: FigureParts, lines: Sequence[str]) -> None:
    """Write the origin of a figure below it, so that a saved picture shows it too.

    Args:
        figure: The figure, which grows by the lines.
        lines: The text, in Plotly's markup.
    """
    room_px, margin = LINE_PX * len(lines) + 8, figure.layout["margin"]
    figure.layout["height"] += room_px
    margin["b"] += room_px
    figure.add_annotation(
        text="<br>".join(lines),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        yshift=8 - margin["b"],
        xanchor="left",
        yanchor="bottom",
        align="left",
        showarrow=False,
        font={"size": 11},
        name="source",
    )


def add_path(figure: FigureParts, points: np.ndarray) -> None:
    """Outline a part of every panel.

    Args:
        figure: The figure.
        points: (n, 2) float, values of the axes around the part.
    """
    path = "M" + "L".join(f"{x:.2f},{y:.2f}" for x, y in points) + "Z"
    for line, (xref, yref) in product(_OUTLINES, figure.panels):
        figure.add_shape(type="path", path=path, line=line, xref=xref, yref=yref)


def add_outline(
    figure: go.Figure | FigureParts,
    extent: Extent,
    lines_km: Span,
    samples_km: Span,
    panels: Sequence[Axes] = (),
) -> None:
    """Outline a part of the scene in panels.

    Args:
        figure: The figure.
        extent: What its panels cover.
        lines_km: Both ends along the lines, km in the scene.
        samples_km: Both ends along the samples.
        panels: The panels; all of `FigureParts` if there are none.
    """
    (left, right), (top, bottom) = extent.xy(lines_km, samples_km)
    ends = {"x0": left, "x1": right, "y0": top, "y1": bottom}
    for line, (xref, yref) in product(_OUTLINES, panels or figure.panels):
        figure.add_shape(type="rect", **ends, line=line, xref=xref, yref=yref)
