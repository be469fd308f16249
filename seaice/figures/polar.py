"""The Arctic on a plane: shipped coastline, graticule and where its names stand.

All lines are kilometres of EPSG:3413.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from seaice.core.projection import polar_stereographic

_COASTLINE = Path(__file__).with_name("coastline.json")

# The meridian that runs straight down from the pole.
_STRAIGHT_LONGITUDE = -45.0

# Where the coastline ends: the map's round edge.
LIMB_LATITUDE = 45
PARALLELS, MERIDIANS = range(50, 90, 10), range(-180, 180, 30)
# A name of a parallel within so much of a scene's middle lies on the scene; this near to the pole,
# names of meridians crowd.
_SCENE_KM, _CROWDED_KM = 350.0, 1000.0


@dataclass(frozen=True)
class View:
    """The square that is seen at first, kilometres.

    Attributes:
        x: Its middle.
        y: The same.
        half: Half its side.
    """

    x: float
    y: float
    half: float

    def inside(self, points: np.ndarray, share: float) -> np.ndarray:
        """Which points lie in the square's inner share, (points,) bool."""
        return (np.abs(points - (self.x, self.y)) <= self.half * share).all(axis=-1)


@cache
def coastline() -> tuple[np.ndarray, ...]:
    """Rings of land north of the limb, each (points, 2) int64 kilometres, closed."""
    rings = json.loads(_COASTLINE.read_text())["rings"]
    # Each point is written as its step from the one before.
    return tuple(np.cumsum(np.reshape(ring, (-1, 2)), axis=0) for ring in rings)


def limb_km() -> np.ndarray:
    """The map's round edge, (points, 2) kilometres, closed."""
    return parallel_km(LIMB_LATITUDE)


def parallel_km(latitude: float) -> np.ndarray:
    """A parallel, (points, 2) kilometres, closed."""
    longitude = np.arange(-180, 181, 2.0)
    return polar_stereographic(np.full(longitude.shape, latitude), longitude) / 1000


def meridian_km(longitude: float) -> np.ndarray:
    """A meridian from the limb northward, (points, 2) kilometres.

    Only every third reaches the pole, where all of them would crowd.
    """
    last = 90 if longitude % 90 == 0 else 80
    latitude = np.arange(LIMB_LATITUDE, last + 1, 1.0)
    return polar_stereographic(latitude, np.full(latitude.shape, longitude)) / 1000


def meridian_names(view: View) -> Iterator[tuple[str, np.ndarray]]:
    """Names of meridians, where they leave the view; not near the pole, where they crowd."""
    for longitude in MERIDIANS:
        line = meridian_km(longitude)
        seen = line[view.inside(line, 0.84)]
        if len(seen) and np.hypot(*seen[0]) > _CROWDED_KM:
            side = "" if longitude % 180 == 0 else " W" if longitude < 0 else " E"
            yield f"{abs(longitude)}°{side}", seen[0]


def parallel_names(view: View, taken: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Names of parallels in a row between two meridians, where many are seen and few lie on scenes.

    Args:
        view: What is seen.
        taken: (points, 2) middles of scenes, kilometres.
    """
    middle = np.degrees(np.arctan2(view.x, -view.y)) + _STRAIGHT_LONGITUDE
    west = 30 * np.floor(middle / 30)
    # From the middle of the view outward: of several equally good rows the first is taken.
    rows = [_row_of_names(west + 15 + turn, view, taken) for turn in (0, -30, 30, -60, 60)]
    return max(rows, key=lambda row: row[0])[1]


def _row_of_names(
    longitude: float, view: View, taken: np.ndarray
) -> tuple[float, list[tuple[str, np.ndarray]]]:
    """How good a place a meridian is for the names of parallels, and the names that are seen."""
    worth, names = 0.0, []
    for latitude in PARALLELS:
        point = polar_stereographic(np.float64(latitude), np.float64(longitude)) / 1000
        if view.inside(point, 0.9):
            names.append((f"{latitude}° N", point))
            on_scene = (np.hypot(*(taken - point).T) < _SCENE_KM).any()
            worth += 0.25 if on_scene else 1.0
    return worth, names


def simplified(line: np.ndarray, tolerance: float) -> np.ndarray:
    """A line without points that lie less than a tolerance beside it (Douglas and Peucker 1973).

    Args:
        line: (points, 2); a closed one stays closed.
        tolerance: In the line's unit.

    Returns:
        (fewer, 2): the first and last points, and those that a bend needs.
    """
    if len(line) < 3:
        return line
    along, points = line[-1:] - line[:1], line[1:-1] - line[0]
    length = np.hypot(*along[0])
    # A closed line has no direction: there it is the way from its end.
    beside = np.abs(cross(along, points)) / length if length else np.hypot(*points.T)
    if beside.max() <= tolerance:
        return line[[0, -1]]
    bend = int(beside.argmax()) + 1
    before, after = simplified(line[: bend + 1], tolerance), simplified(line[bend:], tolerance)
    return np.concatenate([before[:-1], after])


def cross(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Cross products of the rows of two (n, 2) arrays, (n,); positive where they turn left."""
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
