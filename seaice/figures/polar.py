"""The Arctic on a plane: coastline, graticule and the positions of its labels.

All lines are in kilometres of EPSG:3413. The coastline is a file of the package.
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

# Where the coastline ends: the round edge of the map.
LIMB_LATITUDE = 45
PARALLELS, MERIDIANS = range(50, 90, 10), range(-180, 180, 30)
# A label of a parallel closer than this to a scene's centre lies on the scene. Labels of meridians
# closer than this to the pole would crowd.
_SCENE_KM, _CROWDED_KM = 350.0, 1000.0


@dataclass(frozen=True)
class MapFrame:
    """The square that a map shows at first, kilometres.

    Attributes:
        x: Its centre.
        y: The same.
        half: Half its side.
    """

    x: float
    y: float
    half: float

    def inside(self, points: np.ndarray, share: float) -> np.ndarray:
        """Which points lie in the inner part of the square.

        Args:
            points: (..., 2) kilometres.
            share: Side of the inner part as a fraction of the square's.

        Returns:
            (...) bool.
        """
        inside: np.ndarray = np.abs(points - (self.x, self.y)) <= self.half * share
        return np.asarray(inside.all(axis=-1))


@cache
def coastline() -> tuple[np.ndarray, ...]:
    """Rings of land north of the limb, each (points, 2) int64 kilometres, closed."""
    rings = json.loads(_COASTLINE.read_text())["rings"]
    # The file holds each point as its step from the previous one.
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


def meridian_names(frame: MapFrame) -> Iterator[tuple[str, np.ndarray]]:
    """Labels of meridians where they leave the frame, but not near the pole, where they crowd."""
    for longitude in MERIDIANS:
        line = meridian_km(longitude)
        seen = line[frame.inside(line, 0.84)]
        if len(seen) and np.hypot(*seen[0]) > _CROWDED_KM:
            side = "" if longitude % 180 == 0 else " W" if longitude < 0 else " E"
            yield f"{abs(longitude)}°{side}", seen[0]


def parallel_names(frame: MapFrame, taken: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Labels of parallels in a row between two meridians: many in the frame, few on scenes.

    Args:
        frame: What the map shows.
        taken: (points, 2) centres of scenes, kilometres.
    """
    middle = np.degrees(np.arctan2(frame.x, -frame.y)) + _STRAIGHT_LONGITUDE
    west = 30 * np.floor(middle / 30)
    # From the centre of the frame outward: of several equally good rows, the first counts.
    rows = [_row_of_names(west + 15 + turn, frame, taken) for turn in (0, -30, 30, -60, 60)]
    return max(rows, key=lambda row: row[0])[1]


def _row_of_names(
    longitude: float, frame: MapFrame, taken: np.ndarray
) -> tuple[float, list[tuple[str, np.ndarray]]]:
    """How well a meridian suits the labels of parallels, and the labels inside the frame."""
    worth, names = 0.0, []
    for latitude in PARALLELS:
        point = polar_stereographic(np.array(latitude), np.array(longitude)) / 1000
        if frame.inside(point, 0.9):
            names.append((f"{latitude}° N", point))
            on_scene = (np.hypot(*(taken - point).T) < _SCENE_KM).any()
            worth += 0.25 if on_scene else 1.0
    return worth, names


def simplified(line: np.ndarray, tolerance: float) -> np.ndarray:
    """Simplify a line within a tolerance (Douglas and Peucker 1973).

    Args:
        line: (points, 2); a closed line stays closed.
        tolerance: Largest distance of a dropped point from the result, in the line's unit.

    Returns:
        (fewer, 2): the first and last points, and those that the bends need.
    """
    if len(line) < 3:
        return line
    along, points = line[-1:] - line[:1], line[1:-1] - line[0]
    length = np.hypot(*along[0])
    # A closed line has no direction: use the distance from its end.
    beside = np.abs(cross(along, points)) / length if length else np.hypot(*points.T)
    if beside.max() <= tolerance:
        return line[[0, -1]]
    bend = int(beside.argmax()) + 1
    before, after = simplified(line[: bend + 1], tolerance), simplified(line[bend:], tolerance)
    return np.concatenate([before[:-1], after])


def cross(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Cross products of the rows of two (n, 2) arrays, (n,); positive where they turn left."""
    product: np.ndarray = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return product
