"""Bilinear and nearest sampling at given coordinates, separable along lines and samples.

A coordinate counts source pixels from the centre of the first one: 0 is the centre of pixel 0.
Beyond the source its edge values are held, unless a function offers to extrapolate.
"""

from collections.abc import Iterator

import numpy as np

from seaice.core.grids.pixel_grid import Window


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


def window_centres(
    window: Window, spacing_m: float, source_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """`centres` of the pixels of a window along lines and along samples.

    Args:
        window: A window of a grid.
        spacing_m: Spacing of that grid, metres.
        source_m: Spacing of the source grid, metres.

    Returns:
        (lines,) and (samples,) float64 coordinates.
    """
    line_at, sample_at = (
        centres(part.stop - part.start, spacing_m, part.start, source_m) for part in window
    )
    return line_at, sample_at


def coordinates_among(knots: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Coordinates of places among knots whose steps may differ.

    >>> coordinates_among(np.array([0.0, 10.0, 14.0]), np.array([5.0, 12.0, 16.0]))
    array([0.5, 1.5, 2.5])

    Args:
        knots: At least two places in ascending order, (n,).
        places: Any places in the same unit, (m,).

    Returns:
        (m,) float64 coordinates. Beyond the first or last knot the nearest step continues.
    """
    low = np.clip(np.searchsorted(knots, places, side="right") - 1, 0, len(knots) - 2)
    coordinates: np.ndarray = low + (places - knots[low]) / (knots[low + 1] - knots[low])
    return coordinates


def _weights(
    coordinates: np.ndarray, size: int, extrapolate: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two neighbouring indices for each coordinate, and the weight of the second.

    At a held edge both are the edge pixel, so that its value comes back unchanged. To extrapolate,
    the weight leaves the range 0 to 1.
    """
    if extrapolate:
        low = np.clip(np.floor(coordinates).astype(np.intp), 0, max(size - 2, 0))
        return low, np.minimum(low + 1, size - 1), coordinates - low
    held = np.clip(coordinates, 0, size - 1)
    low = np.floor(held).astype(np.intp)
    return low, np.minimum(low + 1, size - 1), held - low


def _runs(low: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Runs of equal indices: the index, where the run starts and where it ends."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(low)) + 1]) if low.size else low
    ends = np.append(starts[1:], low.size)
    yield from zip(low[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)


def bilinear(
    values: np.ndarray,
    line_at: np.ndarray,
    sample_at: np.ndarray,
    out: np.ndarray | None = None,
    *,
    extrapolate: bool = False,
) -> np.ndarray:
    """Bilinear interpolation at the outer product of line and sample coordinates.

    It interpolates along samples first, on the touched source lines only; then it spreads one
    source line after another over the lines between it and the next, in two passes over memory. A
    value depends on its own coordinates only, so a crop gets the values of the whole, to the bit.

    Args:
        values: (..., lines, samples) float: one layer or a stack of them; must be finite.
        line_at: (n,) line coordinates.
        sample_at: (m,) sample coordinates.
        out: (..., n, m) array for the result, of the type of `values`; a new one if None.
        extrapolate: Continue the outermost slopes beyond the edges instead of holding the edges.

    Returns:
        (..., n, m) of the type of `values`.
    """
    kind = np.result_type(values.dtype, np.float32)
    shape = *values.shape[:-2], line_at.size, sample_at.size
    found = np.empty(shape, kind) if out is None else out
    if found.size:
        low, high, part = _weights(line_at, values.shape[-2], extrapolate)
        first = int(low.min())
        rows = values[..., first : int(high.max()) + 1, :].astype(kind)
        rows = _along_samples(rows, sample_at, extrapolate)
        part = part.astype(kind)[:, None]
        for index, start, end in _runs(low):
            stretch = found[..., start:end, :]
            row = rows[..., [index - first], :]
            step = rows[..., [high[start] - first], :] - row
            np.multiply(part[start:end], step, out=stretch)
            stretch += row
    return found.astype(values.dtype, copy=False)


def _along_samples(rows: np.ndarray, sample_at: np.ndarray, extrapolate: bool) -> np.ndarray:
    """(..., lines, samples) rows at (m,) sample coordinates, (..., lines, m)."""
    low, high, part = _weights(sample_at, rows.shape[-1], extrapolate)
    left = rows[..., low]
    between: np.ndarray = left + (rows[..., high] - left) * part.astype(rows.dtype)
    return between


def bilinear_by_weights(
    values: np.ndarray, line_at: np.ndarray, sample_at: np.ndarray
) -> np.ndarray:
    """`bilinear` as a sum of weighted neighbours, in float32 and along lines first.

    Apart from rounding the result is that of `bilinear`. Simulated scenes depend on this rounding:
    where two polygons have the same weight at a pixel, it decides which of them the pixel joins.

    Args:
        values: (lines, samples), any numbers; must be finite.
        line_at: (n,) line coordinates.
        sample_at: (m,) sample coordinates.

    Returns:
        (n, m) float32, whose neighbours in memory lie along lines (Fortran order).
    """
    result: np.ndarray = values.astype(np.float32, copy=False)
    for at in (line_at, sample_at):
        low, high, part = _weights(at, len(result))
        weight = part.astype(np.float32)[:, None]
        first = result[low]
        first *= 1 - weight
        second = result[high]
        second *= weight
        first += second
        result = first.T
    return result


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
    """Bilinear interpolation over the valid pixels only, whose weights are scaled to sum to one.

    Args:
        values: (lines, samples) float; invalid pixels may hold anything.
        valid: (lines, samples) bool.
        line_at: (n,) line coordinates.
        sample_at: (m,) sample coordinates.
        fill: Value where no valid pixel has a weight.

    Returns:
        (n, m) float32.
    """
    if valid.all():
        return bilinear(values, line_at, sample_at).astype(np.float32, copy=False)
    weight = bilinear(valid.astype(np.float32), line_at, sample_at)
    total = bilinear(np.where(valid, values, np.float32(0)), line_at, sample_at)
    return np.where(weight > 0, total / np.maximum(weight, 1e-6), fill).astype(np.float32)


def subsampled(values: np.ndarray, n: int = 64) -> np.ndarray:
    """Values at the centres of n x n equal blocks, the same places at any pixel spacing, (n, n)."""
    line_at, sample_at = (centres(n, size, 0, n) for size in values.shape)
    return nearest(values, line_at, sample_at)
