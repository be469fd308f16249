"""What makes a map of a picture: graticule, north arrow, scale bar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from contourpy import contour_generator

from seaice.figures.extent import Extent
from seaice.figures.layout_parts import LayoutParts

_LINE = {"color": "rgba(110,122,134,0.75)", "width": 0.8}
_TEXT = {"size": 9, "color": "#16232e"}
_BEHIND_TEXT = "rgba(255,255,255,0.72)"
# Degrees between lines, and how many lines at least lie on a map.
_LATITUDES = (0.1, 0.2, 0.5, 1, 2, 5, 10)
_LONGITUDES = (0.2, 0.5, 1, 2, 5, 10, 15, 30, 45)
_LINES = 3
# Positions change smoothly: so many along a side draw them well.
_POINTS = 25
_ARROW_PX = 22
# Shares of a side: how near to the edge a line is named, and between the other elements.
_AT_EDGE, _FREE = 0.04, (0.14, 0.8)
# Longest scale bar, as a share of the map's width.
_BAR_SHARE = 0.3


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
    """

    lines: str
    labels: Sequence[Label]
    north: tuple[float, float] | None
    bar: tuple[tuple[float, float], tuple[float, float]]
    bar_text: str


def map_elements(extent: Extent) -> MapElements:
    """The elements of the maps of an extent, whose graticule needs positions."""
    lines = list(_graticule(extent))
    path = " ".join("M" + "L".join(f"{x:.5g},{y:.5g}" for x, y in points) for _, points in lines)
    bar_km = _bar_km(extent)
    start = 0.03
    end = start + bar_km / extent.size_km[1]
    return MapElements(
        path,
        [label for text, points in lines if (label := _label(extent, text, points))],
        _north(extent),
        (extent.at(0.97, start), extent.at(0.97, end)),
        f"{bar_km:g} km",
    )


def add_map_elements(
    figure: go.Figure | LayoutParts, elements: MapElements, axes: tuple[str, str], *, labelled: bool
) -> None:
    """Draw the elements on a panel.

    Args:
        figure: The figure, or what will be added to it.
        elements: What to draw.
        axes: Names of the panel's axes: `("x2", "y2")`.
        labelled: Whether to name the graticule's lines.
    """
    place: dict[str, object] = {"xref": axes[0], "yref": axes[1]}
    if elements.lines:
        figure.add_shape(type="path", path=elements.lines, line=_LINE, **place)
    (x0, y0), (x1, y1) = elements.bar
    # A dark line within a light one is visible on every map.
    for line in ({"color": "white", "width": 5}, {"color": "#16232e", "width": 2}):
        figure.add_shape(type="line", x0=x0, x1=x1, y0=y0, y1=y1, line=line, **place)
    text: dict[str, object] = {"font": _TEXT, "bgcolor": _BEHIND_TEXT, "borderpad": 1}
    bar = {"text": elements.bar_text, "x": x0, "y": y0, "xanchor": "left", "yanchor": "bottom"}
    figure.add_annotation(bar | text | place, showarrow=False, yshift=3)
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
        figure.add_annotation(vars(label) | text | place, showarrow=False)


def _graticule(extent: Extent) -> Iterator[tuple[str, np.ndarray]]:
    """Lines with their names, each (points, 2) float64 values of the axes."""
    if extent.latitude is None or extent.longitude is None:
        return
    x, y = (_centres(extent, axis) for axis in "xy")
    thin = np.ix_(_thinned(y.size), _thinned(x.size))
    latitude, longitude = (
        extent.orientation.swapped(each).astype(np.float64)[thin]
        for each in (extent.latitude, extent.longitude)
    )
    middle = longitude[longitude.shape[0] // 2, longitude.shape[1] // 2]
    # Without a jump at 180 degrees, unless the pole lies on the map: there cells are left out.
    around = (longitude - middle + 180) % 360 - 180 + middle
    jumps = np.zeros(around.shape, bool)
    for axis in (0, 1):
        jumps |= np.abs(np.gradient(around, axis=axis)) > 45
    fields = (
        (latitude, _LATITUDES, "NS"),
        (np.ma.array(around, mask=jumps), _LONGITUDES, "EW"),
    )
    for values, steps, signs in fields:
        valid = np.ma.masked_invalid(values)
        if not valid.count():
            continue
        generator = contour_generator(x[_thinned(x.size)], y[_thinned(y.size)], valid)
        for degrees in _round_degrees(float(valid.min()), float(valid.max()), steps):
            for points in generator.lines(degrees):
                yield _degrees_text(degrees, signs), np.asarray(points)


def _centres(extent: Extent, axis: str) -> np.ndarray:
    """Centres of the pointer's cells along an axis, km; the last cell may be smaller."""
    assert extent.latitude is not None
    count = extent.orientation.swapped(extent.latitude).shape[0 if axis == "y" else 1]
    first, step = extent.cells(axis).values()
    ends = extent.y if axis == "y" else extent.x
    centres: np.ndarray = np.minimum(first + step * np.arange(count), max(ends))
    return centres


def _thinned(count: int) -> np.ndarray:
    """Indices of evenly spread cells, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _POINTS)).round().astype(int))


def _round_degrees(low: float, high: float, steps: Sequence[float]) -> list[float]:
    """Round degrees between two, at the widest step that gives enough of them."""
    found: list[float] = []
    for step in steps[::-1]:
        found = [step * each for each in range(int(np.ceil(low / step)), int(high // step) + 1)]
        if len(found) >= _LINES:
            break
    return found


def _degrees_text(degrees: float, signs: str) -> str:
    """Degrees with the letter of their half of the globe."""
    degrees = (degrees + 180) % 360 - 180 if signs == "EW" else degrees
    if degrees == -180:
        return "180°"
    return f"{abs(degrees):.3g}° {signs[0] if degrees >= 0 else signs[1]}"


def _label(extent: Extent, text: str, points: np.ndarray) -> Label | None:
    """The name of a line: of a parallel at the left edge, of a meridian at the upper one.

    None where the line does not reach this edge, or where other elements lie.
    """
    parallel = text[-1] in "NS"  # A meridian may be 180°.
    (left, right), (top, bottom) = extent.x, extent.y
    across, down = (points - (left, top)).T / np.array([[right - left], [bottom - top]])
    from_edge, along = (across, down) if parallel else (down, across)
    end = int(np.argmin(from_edge))
    if from_edge[end] > _AT_EDGE or not _FREE[0] < along[end] < _FREE[1]:
        return None
    x, y = (float(each) for each in points[end])
    return Label(text, x, y, *(("left", "middle") if parallel else ("center", "top")))


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
