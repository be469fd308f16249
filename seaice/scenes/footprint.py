"""A scene's outline on the map, in polar stereographic projection."""

import numpy as np

from seaice.ai4arctic.layout import LATITUDE, LONGITUDE
from seaice.core.projection import ARCTIC, polar_stereographic, projection_at
from seaice.scenes.netcdf import open_file
from seaice.scenes.scene import Scene


def read_footprint(scene: Scene) -> np.ndarray | None:
    """Outline of a scene, along the positions at its edges.

    In projection it has no jump at 180 degrees and can contain the pole.

    Args:
        scene: The scene.

    Returns:
        (points, 2) float64: x and y in EPSG:3413 (NSIDC polar stereographic north), metres, the
        last point the first one again; 81 points of 21 x 21 positions. None where the file has no
        positions in two dimensions, where a position on the outline cannot be projected, and in the
        south, which that map does not show.

    Raises:
        SceneError: The file cannot be read.
    """
    with open_file(scene.path) as dataset:
        if LATITUDE not in dataset or LONGITUDE not in dataset:
            return None
        positions = dataset[LATITUDE].values, dataset[LONGITUDE].values
    for values in positions:
        if min(values.shape) < 2 or values.dtype.kind not in "fiu":
            return None
    latitude, longitude = (_along_edge(values.astype(np.float64)) for values in positions)
    if projection_at(latitude) != ARCTIC:
        return None
    outline = polar_stereographic(latitude, longitude)
    return outline if np.isfinite(outline).all() else None


def _along_edge(values: np.ndarray) -> np.ndarray:
    """Values along the edge of a grid, from the first corner around and back to it."""
    sides = values[0], values[1:, -1], values[-1, -2::-1], values[-2::-1, 0]
    return np.concatenate(sides)
