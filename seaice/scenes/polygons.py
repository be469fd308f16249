"""The ice chart's polygons of a scene that is prepared from a raw file, which alone holds them."""

from collections.abc import Mapping

import numpy as np

from seaice.ai4arctic.egg_code import EggCode
from seaice.ai4arctic.layout import FULL_DIMS, POLYGON
from seaice.scenes.convert.raw import RawScene, known_values
from seaice.scenes.netcdf import open_file
from seaice.scenes.scene import Scene


def read_polygons(
    scene: Scene, lines: np.ndarray, samples: np.ndarray
) -> tuple[np.ndarray, Mapping[int, EggCode]] | None:
    """Read the polygons at pixels of a scene.

    Args:
        scene: The scene.
        lines: (n,) int, lines of the scene's own grid in ascending order.
        samples: (m,) int, samples in ascending order.

    Returns:
        The polygon's id at each line and sample, (n, m) float, NaN outside; and the polygons' egg
        codes by id. None where the scene has no polygons.

    Raises:
        SceneError: The raw file is gone or cannot be read.
    """
    if scene.raw is None or not scene.charts:
        return None
    raw = RawScene.open(scene.raw)
    if raw.codes is None:
        return None
    with open_file(scene.raw) as dataset:
        # A pixel is the mean of 2 x 2 raw ones.
        at = dict(zip(FULL_DIMS, (2 * lines, 2 * samples), strict=True))
        return known_values(dataset[POLYGON].isel(at)), raw.codes
