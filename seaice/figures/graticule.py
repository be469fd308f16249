"""Lines of round latitude and longitude over the ground of a map, for the whole and for parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator

from seaice.figures.extent import Extent

LEAST_LINES = 3
"""How many parallels, and how many meridians, a map has at least, where steps allow it."""
# Degrees between lines.
_LATITUDES = (0.1, 0.2, 0.5, 1, 2, 5, 10)
_LONGITUDES = (0.2, 0.5, 1, 2, 5, 10, 15, 30, 45)
# Positions change smoothly: so many along a side draw them well.
_POINTS = 25
# Lines of one step, of which a part of the map shows a few.
_MOST_LINES = 60


@dataclass(frozen=True)
class Line:
    """A line of the graticule.

    Attributes:
        text: Its degrees, with the letter of their half of the globe.
        points: (n, 2) float64 values of the horizontal and the vertical axis.
    """

    text: str
    points: np.ndarray

    @property
    def parallel(self) -> bool:
        """Whether its latitude is the same everywhere; a meridian may be 180°."""
        return self.text[-1] in "NS"


Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Graticule:
    """Parallels and meridians at several steps of degrees.

    Attributes:
        parallels: Those of the whole map first, then at smaller steps each.
        meridians: The same.
    """

    parallels: tuple[Lines, ...] = ()
    meridians: tuple[Lines, ...] = ()

    @property
    def lines(self) -> Lines:
        """Those of the whole map."""
        return tuple(line for kind in (self.parallels, self.meridians) for line in (*kind, ())[0])


def graticule(extent: Extent) -> Graticule:
    """The graticule of an extent; empty without positions, and on a map of a single line or row."""
    if extent.latitude is None or extent.longitude is None or min(extent.latitude.shape) < 2:
        return Graticule()
    x, y = (_centres(extent, axis) for axis in "xy")
    at = _thinned(x.size), _thinned(y.size)
    latitude, longitude = (
        extent.orientation.swapped(each).astype(np.float64)[np.ix_(at[1], at[0])]
        for each in (extent.latitude, extent.longitude)
    )
    ends = x[at[0]], y[at[1]]
    return Graticule(
        _levels(*ends, np.ma.masked_invalid(latitude), _LATITUDES, "NS"),
        _levels(*ends, np.ma.masked_invalid(_without_jump(longitude)), _LONGITUDES, "EW"),
    )


def _without_jump(longitude: np.ndarray) -> np.ma.MaskedArray:
    """Longitude without a jump at 180 degrees, unless the pole lies on the map: cells are left out.

    Args:
        longitude: (cells, cells) float64 degrees.
    """
    middle = longitude[longitude.shape[0] // 2, longitude.shape[1] // 2]
    around = (longitude - middle + 180) % 360 - 180 + middle
    jumps = np.zeros(around.shape, bool)
    for axis in (0, 1):
        jumps |= np.abs(np.gradient(around, axis=axis)) > 45
    return np.ma.array(around, mask=jumps)


def _levels(
    x: np.ndarray, y: np.ndarray, degrees: np.ma.MaskedArray, steps: Sequence[float], signs: str
) -> tuple[Lines, ...]:
    """Lines at the widest step that gives enough of them, and at each smaller one."""
    if not degrees.count():
        return ()
    low, high = float(degrees.min()), float(degrees.max())
    generator = contour_generator(x, y, degrees)
    levels: list[Lines] = []
    for step in steps[::-1]:
        found = _round_degrees(low, high, step)
        last = step == steps[0]
        if len(found) < LEAST_LINES and not last:
            continue
        if levels and len(found) > _MOST_LINES:
            break
        levels.append(
            tuple(
                Line(_degrees_text(each, signs), np.asarray(points))
                for each in found
                for points in generator.lines(each)
            )
        )
    return tuple(levels)


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


def _round_degrees(low: float, high: float, step: float) -> list[float]:
    """The multiples of a step between two ends."""
    return [step * each for each in range(int(np.ceil(low / step)), int(high // step) + 1)]


def _degrees_text(degrees: float, signs: str) -> str:
    """Degrees with the letter of their half of the globe."""
    degrees = (degrees + 180) % 360 - 180 if signs == "EW" else degrees
    if degrees == -180:
        return "180°"
    return f"{abs(degrees):.4g}° {signs[0] if degrees >= 0 else signs[1]}"
