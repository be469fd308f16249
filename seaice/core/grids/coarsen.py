"""From a fine grid to a coarse one: block means of inputs, block modes of charts.

Arrays are (lines, samples). The last block of a line or sample may be partial: the pixels that it
lacks count as invalid, so the coarse grid covers the whole fine grid.
"""

import numpy as np

from seaice.core.grids.pixel_grid import PixelGrid


def block_count(size: int, ratio: int) -> int:
    """Number of blocks of `ratio` pixels that cover `size` pixels, a partial one included."""
    return -(-size // ratio)


def whole_blocks(values: np.ndarray, ratio: int) -> np.ndarray:
    """The array without the lines and samples that do not fill a block, as a view."""
    lines, samples = (size // ratio * ratio for size in values.shape)
    return values[:lines, :samples]


def _blocks(values: np.ndarray, ratio: int, fill: bool | int | float) -> np.ndarray:
    """View (or padded copy) as (block lines, ratio, block samples, ratio)."""
    lines, samples = values.shape
    rows, columns = block_count(lines, ratio), block_count(samples, ratio)
    if (rows * ratio, columns * ratio) != values.shape:
        pad = ((0, rows * ratio - lines), (0, columns * ratio - samples))
        values = np.pad(values, pad, constant_values=fill)
    return values.reshape(rows, ratio, columns, ratio)


def _reduced(blocks: np.ndarray, combine: np.ufunc) -> np.ndarray:
    """Combine the pixels of (rows, ratio, columns, ratio) blocks into one, (rows, columns).

    It goes term by term. The order of numpy's own sum depends on the size of the array, which would
    give a block another mean in a crop than in the whole.
    """
    lines = blocks[:, 0].copy()
    for index in range(1, blocks.shape[1]):
        combine(lines, blocks[:, index], out=lines)
    total = lines[..., 0].copy()
    for index in range(1, blocks.shape[3]):
        combine(total, lines[..., index], out=total)
    return total


def block_mean(
    values: np.ndarray, valid: np.ndarray | None, ratio: int, fill: float = np.nan
) -> np.ndarray:
    """Mean of the valid pixels of each block.

    Args:
        values: (lines, samples), float32 or float64; invalid pixels may hold anything, NaN
            included.
        valid: (lines, samples) bool; None to use all pixels. Then a block with a NaN, or a partial
            one, has the mean NaN.
        ratio: Pixels along a side of a block.
        fill: Value of a block without a valid pixel.

    Returns:
        (block lines, block samples) of the type of `values`, in which the sums are taken too.
    """
    if valid is None:
        whole = _reduced(_blocks(values, ratio, np.nan), np.add)
        whole /= ratio * ratio
        return whole
    clean = np.where(valid, values, values.dtype.type(0))
    total = _reduced(_blocks(clean, ratio, 0), np.add)
    count = _reduced(_blocks(valid, ratio, False).astype(np.int32), np.add)
    mean: np.ndarray = total / np.maximum(count, 1).astype(values.dtype)
    mean[count == 0] = fill
    return mean


def mean_by_centres(values: np.ndarray, grid: PixelGrid, cells: PixelGrid) -> np.ndarray:
    """Mean of the pixels whose centre lies in each cell, for cells of any size.

    Unlike in `block_mean`, the border of a cell may cut through pixels, so that cells differ in
    their number of pixels, along lines and along samples. It takes the mean along lines first and
    then that along samples.

    Args:
        values: Any numbers or booleans, (lines, samples); all must be valid.
        grid: Grid of `values`.
        cells: Grid of the cells. A cell without a pixel centre takes the value of a neighbour.

    Returns:
        float32 (cell lines, cell samples).
    """
    result = values.astype(np.float32)
    for axis, (n, n_cells) in enumerate(zip(grid.shape, cells.shape, strict=True)):
        first = np.ceil(np.arange(n_cells) * cells.spacing_m / grid.spacing_m - 0.5).astype(int)
        first = first[first < n]
        sizes = np.diff(np.append(first, n))
        sums = np.add.reduceat(result, first, axis)
        means = sums / np.expand_dims(np.maximum(sizes, 1), 1 - axis)
        # A last cell narrower than half a pixel may hold no centre.
        result = means.take(np.minimum(np.arange(n_cells), len(first) - 1), axis)
    return result.astype(np.float32)


def block_max(values: np.ndarray, ratio: int) -> np.ndarray:
    """Greatest value of each block, which must be whole, (block lines, block samples)."""
    return _reduced(_blocks(values, ratio, 0), np.maximum)


def block_any(valid: np.ndarray, ratio: int) -> np.ndarray:
    """True where a block holds a valid pixel, (block lines, block samples) bool."""
    return _reduced(_blocks(valid, ratio, False), np.logical_or)


def block_mode(classes: np.ndarray, n_classes: int, ratio: int, fill: int = 255) -> np.ndarray:
    """Most frequent valid class of each block; the lower class if two are equally frequent.

    Args:
        classes: (lines, samples) uint8; values of `n_classes` and more count as unlabelled.
        n_classes: Number of classes.
        ratio: Pixels along a side of a block.
        fill: Value of a block without a valid class, and of pixels beyond the grid.

    Returns:
        (block lines, block samples) uint8, `fill` where a block holds no valid class.
    """
    blocks = _blocks(classes, ratio, fill)
    best_count = np.zeros((blocks.shape[0], blocks.shape[2]), np.int32)
    best = np.full(best_count.shape, fill, np.uint8)
    for index in range(n_classes):
        count = (blocks == index).sum(axis=(1, 3), dtype=np.int32)
        better = count > best_count
        best[better] = index
        best_count[better] = count[better]
    return best
