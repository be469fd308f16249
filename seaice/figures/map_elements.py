"""What makes a map of a picture: graticule, north arrow, scale bar."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import plotly.graph_objects as go

from seaice.figures.extent import Extent
from seaice.figures.figure_parts import Axes, FigureParts
from seaice.figures.graticule import LEAST_LINES, Graticule, Line, Lines, graticule

_LINE = {"color": "rgba(110,122,134,0.75)", "width": 0.8}
_TEXT = {"size": 9, "color": "#16232e"}
_BEHIND_TEXT = "rgba(255,255,255,0.72)"
_ARROW_PX = 22
# Shares of a side: how near to the edge a line is named, and between the other elements.
_AT_EDGE, _FREE = 0.04, (0.14, 0.8)
# Longest scale bar, as a share of the map's width.
_BAR_SHARE = 0.3
# Where it lies, as shares of the width and the height.
_BAR_LEFT, _BAR_DOWN = 0.03, 0.97
# Most points of a line that a browser gets for closer views.
_MOST_POINTS = 13
GRATICULE, BAR = "graticule", "bar"
"""Names of the shapes and annotations that another view of a map changes."""


@dataclass(frozen=True)
class Label:
    """Text at a place of the map.

    Attributes:
        text: The text.
        x: Value of the horizontal axis.
        y: Value of the vertical axis.
        xanchor: Which end of the text lies there, in Plotly's words.
        yanchor: The same.
    """

    text: str
    x: float
    y: float
    xanchor: str
    yanchor: str


@dataclass(frozen=True)
class MapElements:
    """Elements of all maps of an extent.

    Attributes:
        lines: Graticule as an SVG path in values of the axes; empty if there are no positions.
        labels: Labels of the graticule's lines.
        north: Direction of north on the screen, to the right and up, of length 1; None if unknown.
        bar: Both ends of the scale bar, x and y each.
        bar_text: Its length.
        graticule: The graticule, with finer lines for closer views.
    """

    lines: str
    labels: Sequence[Label]
    north: tuple[float, float] | None
    bar: tuple[tuple[float, float], tuple[float, float]]
    bar_text: str
    graticule: Graticule = field(default_factory=Graticule)

    def closer(self) -> dict[str, object]:
        """What a part of the map needs to get elements of its own, as JSON values."""
        return {
            "parallels": [_written(lines) for lines in self.graticule.parallels],
            "meridians": [_written(lines) for lines in self.graticule.meridians],
            "least": LEAST_LINES,
            "edge": _AT_EDGE,
            "free": _FREE,
            "bar": {"share": _BAR_SHARE, "left": _BAR_LEFT, "down": _BAR_DOWN},
        }


def map_elements(extent: Extent) -> MapElements:
    """The elements of the maps of an extent, whose graticule needs positions."""
    grid = graticule(extent)
    path = " ".join(
        "M" + "L".join(f"{x:.5g},{y:.5g}" for x, y in line.points) for line in grid.lines
    )
    bar_km = _bar_km(extent)
    end = _BAR_LEFT + bar_km / extent.size_km[1]
    return MapElements(
        path,
        [label for line in grid.lines if (label := _label(extent, line))],
        _north(extent),
        (extent.at(_BAR_DOWN, _BAR_LEFT), extent.at(_BAR_DOWN, end)),
        f"{bar_km:g} km",
        grid,
    )


def add_map_elements(
    figure: go.Figure | FigureParts, elements: MapElements, axes: Axes, *, labelled: bool
) -> None:
    """Draw the elements on a panel.

    Args:
        figure: The figure.
        elements: What to draw.
        axes: Names of the panel's axes: `("x2", "y2")`.
        labelled: Whether to name the graticule's lines.
    """
    place: dict[str, object] = {"xref": axes[0], "yref": axes[1]}
    if elements.lines:
        figure.add_shape(type="path", path=elements.lines, line=_LINE, name=GRATICULE, **place)
    (x0, y0), (x1, y1) = elements.bar
    # A dark line within a light one is visible on every map.
    for line in ({"color": "white", "width": 5}, {"color": "#16232e", "width": 2}):
        figure.add_shape(type="line", x0=x0, x1=x1, y0=y0, y1=y1, line=line, name=BAR, **place)
    text: dict[str, object] = {"font": _TEXT, "bgcolor": _BEHIND_TEXT, "borderpad": 1}
    bar = {"text": elements.bar_text, "x": x0, "y": y0, "xanchor": "left", "yanchor": "bottom"}
    figure.add_annotation(bar | text | place, showarrow=False, yshift=3, name=BAR)
    if elements.north:
        right, up = (_ARROW_PX * each for each in elements.north)
        figure.add_annotation(
            text="<b>N</b>",
            x=1,
            y=1,
            xref=f"{axes[0]} domain",
            yref=f"{axes[1]} domain",
            xshift=-20 - right / 2,
            yshift=-20 - up / 2,
            ax=right,
            ay=-up,
            # The head lies at the letter.
            arrowside="start",
            arrowhead=2,
            arrowwidth=1.5,
            arrowcolor=_TEXT["color"],
            **text,
        )
    for label in elements.labels if labelled else ():
        figure.add_annotation(vars(label) | text | place, showarrow=False, name=GRATICULE)


def _written(lines: Lines) -> list[list[object]]:
    """Each line's text, and its places: x and y in turn, rounded to what can be seen."""
    written: list[list[object]] = []
    for line in lines:
        count = len(line.points)
        thin = np.linspace(0, count - 1, min(count, _MOST_POINTS)).round().astype(int)
        written.append([line.text, [float(f"{each:.5g}") for each in line.points[thin].ravel()]])
    return written


def _label(extent: Extent, line: Line) -> Label | None:
    """The name of a line: of a parallel at the left edge, of a meridian at the upper one.

    None where the line does not reach this edge, or where other elements lie.
    """
    (left, right), (top, bottom) = extent.x, extent.y
    across, down = (line.points - (left, top)).T / np.array([[right - left], [bottom - top]])
    from_edge, along = (across, down) if line.parallel else (down, across)
    end = int(np.argmin(from_edge))
    if from_edge[end] > _AT_EDGE or not _FREE[0] < along[end] < _FREE[1]:
        return None
    x, y = (float(each) for each in line.points[end])
    return Label(line.text, x, y, *(("left", "middle") if line.parallel else ("center", "top")))


def _north(extent: Extent) -> tuple[float, float] | None:
    """Direction of north at the middle of the map: where latitude grows the fastest."""
    if extent.latitude is None or min(extent.latitude.shape) < 2:
        return None
    latitude = extent.orientation.apply(extent.latitude).astype(np.float64)
    down, across = (
        np.nanmean(np.diff(latitude, axis=axis)) if np.isfinite(latitude).any() else np.nan
        for axis in (0, 1)
    )
    length = np.hypot(down, across)
    # At the pole, latitude grows to all sides.
    if not length > 1e-4:
        return None
    return float(across / length), float(-down / length)


def _bar_km(extent: Extent) -> float:
    """A round length, at most `_BAR_SHARE` of the map's width."""
    longest = extent.size_km[1] * _BAR_SHARE
    power = 10 ** np.floor(np.log10(longest))
    return float(power * max(each for each in (1, 2, 5) if each * power <= longest * (1 + 1e-9)))
