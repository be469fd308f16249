"""Bilinear and nearest sampling at given coordinates, separable along lines and samples.

A coordinate counts pixels of the source from its first pixel's centre: 0 is the centre of pixel 0.
Outside the source its edge is held.
"""

import numpy as np

from seaice.layout import CELL_M


def centres(size: int, spacing_m: float, offset: int, source_m: float) -> np.ndarray:
    """Coordinates in a source grid of the pixel centres of a grid of another spacing.

    Both grids begin at the same corner. The centre of pixel i lies at (i + 0.5) x spacing.

    Args:
        size: Number of pixels.
        spacing_m: Their spacing, metres.
        offset: Index of the first of them (a crop's offset in the whole).
        source_m: Spacing of the source grid, metres.

    Returns:
        (size,) float64 coordinates.
    """
    return (np.arange(offset, offset + size) + 0.5) * (spacing_m / source_m) - 0.5


def _weights(coordinates: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    held = np.clip(coordinates, 0, size - 1)
    low = np.minimum(np.floor(held).astype(np.intp), max(size - 2, 0))
    high = np.minimum(low + 1, size - 1)
    return low, high, (held - low).astype(np.float32)


def bilinear(values: np.ndarray, line_at: np.ndarray, sample_at: np.ndarray) -> np.ndarray:
    """Values at the outer product of line and sample coordinates.

    Args:
        values: (lines, samples) float; must be finite.
        line_at: (n,) line coordinates.
        sample_at: (m,) sample coordinates.

    Returns:
        (n, m) of the type of `values`.
    """
    low, high, part = _weights(line_at, values.shape[0])
    part = part[:, None]
    rows = values[low] * (1 - part) + values[high] * part
    low, high, part = _weights(sample_at, values.shape[1])
    return (rows[:, low] * (1 - part) + rows[:, high] * part).astype(values.dtype, copy=False)


def nearest(values: np.ndarray, line_at: np.ndarray, sample_at: np.ndarray) -> np.ndarray:
    """Nearest values at the outer product of line and sample coordinates, (n, m)."""
    rows = np.clip(np.floor(line_at + 0.5).astype(np.intp), 0, values.shape[0] - 1)
    columns = np.clip(np.floor(sample_at + 0.5).astype(np.intp), 0, values.shape[1] - 1)
    return values[np.ix_(rows, columns)]


def bilinear_valid(
    values: np.ndarray,
    valid: np.ndarray,
    line_at: np.ndarray,
    sample_at: np.ndarray,
    fill: float,
) -> np.ndarray:
    """Bilinear over the valid pixels alone: their weights are scaled to add to one.

    Args:
        values: (lines, samples) float; invalid pixels may hold anything.
        valid: (lines, samples) bool.
        line_at: (n,) line coordinates.
        sample_at: (m,) sample coordinates.
        fill: Value where no valid pixel takes part.

    Returns:
        (n, m) float32.
    """
    if valid.all():
        return bilinear(values, line_at, sample_at).astype(np.float32, copy=False)
    weight = bilinear(valid.astype(np.float32), line_at, sample_at)
    total = bilinear(np.where(valid, values, np.float32(0)), line_at, sample_at)
    return np.where(weight > 0, total / np.maximum(weight, 1e-6), fill).astype(np.float32)


def cells_to_pixels(cells: np.ndarray, window: tuple[slice, slice], spacing_m: float) -> np.ndarray:
    """The 2 km grid brought to a window of the full grid by true position.

    The centre of pixel i lies at cell coordinate (i + 0.5) x spacing / 2000 - 0.5 wherever the
    window begins, so a crop gets the values that the whole has there.

    Args:
        cells: (cell lines, cell samples) float, finite.
        window: Line and sample slices of the full grid, both ends given.
        spacing_m: Spacing of the full grid, metres.

    Returns:
        (window lines, window samples) of the type of `cells`.
    """
    line_at, sample_at = (
        centres(part.stop - part.start, spacing_m, part.start, CELL_M) for part in window
    )
    return bilinear(cells, line_at, sample_at)
