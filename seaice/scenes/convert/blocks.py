"""From the raw grid to the ready-to-train one: each 2 x 2 pixels become one.

A last line or sample without a partner is left out, so every pixel stands for four. Arrays are
(lines, samples); results have half as many of each, rounded down.
"""

import numpy as np


def _quarters(values: np.ndarray) -> list[np.ndarray]:
    """The four pixels of each block, as views of the array."""
    lines, samples = (size // 2 * 2 for size in values.shape)
    return [values[i:lines:2, j:samples:2] for i in (0, 1) for j in (0, 1)]


def block_means(values: np.ndarray) -> np.ndarray:
    """Mean of each block, NaN where one of its four values is not finite; the type of `values`."""
    first, second, third, fourth = _quarters(values)
    with np.errstate(invalid="ignore", over="ignore"):
        means = first + second
        means += third
        means += fourth
    means *= values.dtype.type(0.25)
    means[~np.isfinite(means)] = np.nan
    return means


def block_maxima(classes: np.ndarray) -> np.ndarray:
    """Highest class of each block; no label, being 255, wins over any class."""
    first, second, third, fourth = _quarters(classes)
    return np.maximum(np.maximum(first, second), np.maximum(third, fourth))


def block_any_nan(values: np.ndarray) -> np.ndarray:
    """Whether one of each block's four values is NaN, bool."""
    first, second, third, fourth = (np.isnan(quarter) for quarter in _quarters(values))
    return first | second | third | fourth


def block_centres(blocks: int) -> np.ndarray:
    """Coordinates of the blocks' centres along one axis of the raw grid, (blocks,) float64.

    A coordinate counts raw pixels from the first one's centre.

    >>> block_centres(3)
    array([0.5, 2.5, 4.5])
    """
    return 2.0 * np.arange(blocks) + 0.5
