"""Bilinear and nearest sampling at given coordinates, separable along lines and samples.

A coordinate counts pixels of the source from its first pixel's centre: 0 is the centre of pixel 0.
Outside the source its edge is held.
"""

from collections.abc import Iterator

import numpy as np


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
    """Index at or before each coordinate, the one after it, and the weight of the latter.

    At an edge that is held both are the last pixel, so its value comes back to the bit.
    """
    held = np.clip(coordinates, 0, size - 1)
    low = np.floor(held).astype(np.intp)
    return low, np.minimum(low + 1, size - 1), held - low


def _runs(low: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Runs of one index: its value, the run's start and its end."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(low)) + 1]) if low.size else low
    ends = np.append(starts[1:], low.size)
    yield from zip(low[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)


def bilinear(
    values: np.ndarray,
    line_at: np.ndarray,
    sample_at: np.ndarray,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Values at the outer product of line and sample coordinates.

    Along samples first, on the source lines that are touched alone; then one source line after
    another is spread over the lines that lie between it and the next, in two passes over memory. A
    value depends on its own coordinates alone: those of a crop are those of the whole, to the bit.

    Args:
        values: (lines, samples) float; must be finite.
        line_at: (n,) line coordinates.
        sample_at: (m,) sample coordinates.
        out: (n, m) array for the result, of the type of `values`; a new one where None.

    Returns:
        (n, m) of the type of `values`.
    """
    kind = np.result_type(values.dtype, np.float32)
    found = np.empty((line_at.size, sample_at.size), kind) if out is None else out
    if found.size:
        low, high, part = _weights(line_at, values.shape[0])
        first = int(low.min())
        rows = _along_samples(values[first : int(high.max()) + 1].astype(kind), sample_at)
        part = part.astype(kind)[:, None]
        for index, start, end in _runs(low):
            stretch = found[start:end]
            row = rows[index - first]
            np.multiply(part[start:end], rows[high[start] - first] - row, out=stretch)
            stretch += row
    return found.astype(values.dtype, copy=False)


def _along_samples(rows: np.ndarray, sample_at: np.ndarray) -> np.ndarray:
    """(lines, samples) rows at (m,) sample coordinates, (lines, m)."""
    low, high, part = _weights(sample_at, rows.shape[1])
    left = rows[:, low]
    return left + (rows[:, high] - left) * part.astype(rows.dtype)


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
