"""Squares, circles, marks and a cross over a map, each network in a colour of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from seaice.figures.extent import Extent, Span
from seaice.figures.figure_parts import FigureParts

_HALO = "rgba(255,255,255,0.75)"
_MARK_PX, _CROSS_PX = 7, 13

Place = tuple[float, float]
"""Distances from a scene's first line and first sample, km."""


@dataclass(frozen=True)
class Mark:
    """A mark over a map.

    Attributes:
        place: Where.
        open: Whether it is drawn as a cross, for what holds no data.
        text: What the pointer reads there.
    """

    place: Place
    open: bool
    text: str


def add_square(
    figure: FigureParts,
    extent: Extent,
    middle: Place,
    side_km: float,
    ink: str,
    dash: str = "solid",
) -> None:
    """Add a square around a place."""
    (x0, x1), (y0, y1) = extent.xy(*(_around(km, side_km / 2) for km in middle))
    _shape(figure, "rect", (x0, x1, y0, y1), ink, dash)


def add_circle(
    figure: FigureParts,
    extent: Extent,
    middle: Place,
    radius_km: float,
    ink: str,
    dash: str = "dot",
) -> None:
    """Add a circle around a place."""
    (x0, x1), (y0, y1) = extent.xy(*(_around(km, radius_km) for km in middle))
    _shape(figure, "circle", (x0, x1, y0, y1), ink, dash)


def add_marks(
    figure: FigureParts, extent: Extent, marks: Sequence[Mark], ink: str, name: str
) -> None:
    """Add marks: dots, and crosses where there is no data."""
    x, y = _axes(extent, [mark.place for mark in marks])
    figure.add_trace(
        type="scatter",
        x=x,
        y=y,
        mode="markers",
        name=name,
        marker={
            "color": ink,
            "size": _MARK_PX,
            "symbol": ["x" if mark.open else "circle" for mark in marks],
            "line": {"color": _HALO, "width": 1},
        },
        text=[mark.text for mark in marks],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )


def add_cross(figure: FigureParts, extent: Extent, place: Place) -> None:
    """Mark the pixel that is told about, on every map."""
    x, y = _axes(extent, [place])
    lines = ((_CROSS_PX + 3, 4, "white"), (_CROSS_PX, 2, "#d0021b"))
    for (size, width, colour), (x_axis, y_axis) in product(lines, figure.panels):
        figure.add_trace(
            type="scatter",
            x=x,
            y=y,
            xaxis=x_axis,
            yaxis=y_axis,
            mode="markers",
            marker={
                "symbol": "cross-thin",
                "size": size,
                "line": {"color": colour, "width": width},
            },
            hoverinfo="skip",
            showlegend=False,
        )


def _around(km: float, half_km: float) -> Span:
    return km - half_km, km + half_km


def _axes(extent: Extent, places: Sequence[Place]) -> tuple[list[float], list[float]]:
    lines, samples = [line for line, _ in places], [sample for _, sample in places]
    return (lines, samples) if extent.orientation.transposed else (samples, lines)


def _shape(
    figure: FigureParts, kind: str, ends: tuple[float, float, float, float], ink: str, dash: str
) -> None:
    # A coloured line within a light one is visible on every map.
    lines = ({"color": _HALO, "width": 4}, {"color": ink, "width": 2, "dash": dash})
    x0, x1, y0, y1 = ends
    for line, (xref, yref) in product(lines, figure.panels):
        figure.add_shape(type=kind, x0=x0, x1=x1, y0=y0, y1=y1, line=line, xref=xref, yref=yref)
