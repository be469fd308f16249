"""From a fine grid to a coarse one: block means of inputs, block modes of charts.

Arrays are (lines, samples). A block at the end of a grid may be partial: the pixels that are not
there count as invalid, so the coarse grid covers the fine one whole.
"""

import numpy as np


def block_count(size: int, ratio: int) -> int:
    """Number of blocks of `ratio` pixels that cover `size` pixels, a partial one included."""
    return -(-size // ratio)


def _padded_blocks(values: np.ndarray, ratio: int, fill: object) -> np.ndarray:
    """View (or padded copy) as (block lines, ratio, block samples, ratio)."""
    lines, samples = values.shape
    rows, columns = block_count(lines, ratio), block_count(samples, ratio)
    if (rows * ratio, columns * ratio) != values.shape:
        pad = ((0, rows * ratio - lines), (0, columns * ratio - samples))
        values = np.pad(values, pad, constant_values=fill)
    return values.reshape(rows, ratio, columns, ratio)


def block_mean(values: np.ndarray, valid: np.ndarray, ratio: int, fill: float) -> np.ndarray:
    """Mean of the valid pixels of each block.

    Args:
        values: (lines, samples), any float type; invalid pixels may hold anything, NaN included.
        valid: (lines, samples) bool.
        ratio: Pixels of a block along one side.
        fill: Value of a block without a valid pixel.

    Returns:
        (block lines, block samples) float32; sums are taken in float32 over at most ratio^2 values.
    """
    clean = np.where(valid, values, np.float32(0)).astype(np.float32, copy=False)
    total = _sum_of_blocks(_padded_blocks(clean, ratio, 0))
    count = _sum_of_blocks(_padded_blocks(valid, ratio, False).astype(np.int32))
    return np.where(count > 0, total / np.maximum(count, 1), fill).astype(np.float32)


def _sum_of_blocks(blocks: np.ndarray) -> np.ndarray:
    """Sums of (rows, ratio, columns, ratio) blocks, (rows, columns), of the same type.

    Term by term: numpy's own sum takes an order that depends on the size of the array, and a block
    would have another mean in a crop than in the whole.
    """
    lines = blocks[:, 0].copy()
    for index in range(1, blocks.shape[1]):
        lines += blocks[:, index]
    total = lines[..., 0].copy()
    for index in range(1, blocks.shape[3]):
        total += lines[..., index]
    return total


def block_any(valid: np.ndarray, ratio: int) -> np.ndarray:
    """True where a block holds a valid pixel, (block lines, block samples) bool."""
    return _padded_blocks(valid, ratio, False).any(axis=(1, 3))


def block_mode(classes: np.ndarray, n_classes: int, ratio: int, fill: int = 255) -> np.ndarray:
    """Most frequent valid class of each block; the lower class where two are as frequent.

    Args:
        classes: (lines, samples) uint8; values of `n_classes` and more count as unlabelled.
        n_classes: Number of classes.
        ratio: Pixels of a block along one side.
        fill: Value of a block without a valid class, and of pixels beyond the grid.

    Returns:
        (block lines, block samples) uint8, `fill` where a block holds no valid class.
    """
    blocks = _padded_blocks(classes, ratio, fill)
    best_count = np.zeros((blocks.shape[0], blocks.shape[2]), np.int32)
    best = np.full(best_count.shape, fill, np.uint8)
    for index in range(n_classes):
        count = (blocks == index).sum(axis=(1, 3), dtype=np.int32)
        better = count > best_count
        best[better] = index
        best_count[better] = count[better]
    return best
