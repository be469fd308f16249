"""Where north lies in a scene, and the orientation that brings it up."""

from collections.abc import Sequence

import numpy as np

from seaice.ai4arctic.layout import LATITUDE, LONGITUDE
from seaice.core.grids.orientation import ORIENTATIONS, Orientation
from seaice.scenes.netcdf import open_file
from seaice.scenes.positions import unit_vectors
from seaice.scenes.scene import Scene

# Sines of the smallest angles that say anything: 6 m from the pole, and between the two axes.
_AT_THE_POLE, _PARALLEL = 1e-6, 1e-3
# At the pole itself, as on the polar maps: 45° W, in the south 180°, runs straight down.
_UP_AT_POLE = {True: np.radians(135.0), False: 0.0}


def scene_orientation(scene: Scene) -> Orientation | None:
    """The orientation that brings north up; None if the scene's positions say nothing about it.

    Raises:
        SceneError: The file cannot be read.
    """
    if not scene.has_positions:
        return None
    with open_file(scene.path) as dataset:
        latitude, longitude = (
            dataset[name].values.astype(np.float64) for name in (LATITUDE, LONGITUDE)
        )
    if latitude.ndim != 2 or latitude.shape != longitude.shape:
        return None
    return north_up(latitude, longitude)


def north_up(latitude: np.ndarray, longitude: np.ndarray) -> Orientation | None:
    """The orientation that brings north up, as far as quarter turns can, and east to the right.

    North is that of the middle of the positions. East lies to the right of north on the ground, so
    a scene that was acquired as a mirror image is mirrored back.

    Args:
        latitude: (n, m) float64 degrees north, in the order of lines and samples.
        longitude: (n, m) float64 degrees east.

    Returns:
        The orientation; None if the positions are not finite or do not span a surface.
    """
    down, right = (_direction(latitude, longitude, axis) for axis in (0, 1))
    if down is None or right is None:
        return None
    if abs(down[0] * right[1] - down[1] * right[0]) < _PARALLEL:
        return None
    return max(ORIENTATIONS, key=lambda each: _northern(each, down, right))


def _northern(orientation: Orientation, down: np.ndarray, right: np.ndarray) -> float:
    """How far up north and how far to the right east lie: the sum of two cosines."""
    if orientation.transposed:
        down, right = right, down
    north = down[1] if orientation.upside_down else -down[1]
    east = -right[0] if orientation.mirrored else right[0]
    return float(north + east)


def _direction(latitude: np.ndarray, longitude: np.ndarray, axis: int) -> np.ndarray | None:
    """East and north component of an axis at the middle, float64 (2,) of length 1."""
    points = unit_vectors(latitude, longitude)
    middle = points.mean((1, 2))
    halves = np.array_split(points, [-(-points.shape[axis + 1] // 2)], axis + 1)
    if not np.isfinite(middle).all() or not np.linalg.norm(middle) or not halves[1].size:
        return None
    along = halves[1].mean((1, 2)) - halves[0].mean((1, 2))
    east, north = _east_and_north(middle / np.linalg.norm(middle))
    components = np.array([along @ east, along @ north])
    length = np.linalg.norm(components)
    return components / length if length else None


def _east_and_north(point: np.ndarray) -> Sequence[np.ndarray]:
    """Unit vectors to the east and north at a point of the unit sphere, float64 (3,) each."""
    x, y, z = point
    if np.hypot(x, y) < _AT_THE_POLE:
        angle = _UP_AT_POLE[bool(z > 0)]
        north = np.array([np.cos(angle), np.sin(angle), 0.0])
        return np.cross(north, point), north
    east = np.array([-y, x, 0.0]) / np.hypot(x, y)
    return east, np.cross(point, east)
