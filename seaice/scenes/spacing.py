"""The pixel spacing that a scene's positions, or its 2 km grid, stand for."""

import numpy as np

from seaice.ai4arctic.layout import CELL_M
from seaice.scenes.positions import unit_vectors

_EARTH_M = 6_371_000.0
"""Mean radius."""
CLOSE = 0.1
"""Positions and pixel spacing that differ by a larger share do not belong together."""
_SNAP = 0.02
_ROUND_M = 10.0


def spacing_between(
    latitude: np.ndarray, longitude: np.ndarray, shape: tuple[int, int]
) -> float | None:
    """Pixel spacing by positions at equal steps from the first pixel's centre to the last one's.

    Args:
        latitude: (n, m) degrees north.
        longitude: (n, m) degrees east.
        shape: Lines and samples of the grid.

    Returns:
        Metres, to a multiple of 10 m where that is close; None where the positions do not say it,
        as where lines and samples differ.
    """
    if min(latitude.shape) < 2 or min(shape) < 2:
        return None
    vectors = unit_vectors(latitude.astype(float), longitude.astype(float))
    found = []
    for axis, size in enumerate(shape, start=1):
        steps = np.linalg.norm(np.diff(vectors, axis=axis), axis=0)
        # Along each line of positions, then the median of these lines.
        along = np.median(steps.sum(axis=axis - 1)) * _EARTH_M
        found.append(float(along) / (size - 1))
    spacing_m = (found[0] + found[1]) / 2
    if not np.isfinite(spacing_m) or not spacing_m or abs(found[0] - found[1]) > CLOSE * spacing_m:
        return None
    snapped = round(spacing_m / _ROUND_M) * _ROUND_M
    return snapped if abs(snapped - spacing_m) < _SNAP * spacing_m else spacing_m


def spacing_of_cells(cells: tuple[int, int], shape: tuple[int, int]) -> float | None:
    """Pixel spacing with which a whole number of pixels fills each 2 km cell.

    Args:
        cells: Lines and samples of the 2 km grid.
        shape: Lines and samples of the full grid.

    Returns:
        Metres; None where no such spacing goes with both sides.
    """
    if min(*cells, *shape) < 1:
        return None
    ratio = round(shape[0] / cells[0])
    spacing_m = CELL_M / max(ratio, 1)
    fits = all(
        abs(count * CELL_M - size * spacing_m) < CELL_M
        for count, size in zip(cells, shape, strict=True)
    )
    return spacing_m if fits else None
