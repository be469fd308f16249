"""From the raw grid to the ready-to-train one: each 2 x 2 pixels become one.

A last line or sample without a partner is left out, so every new pixel stands for four raw ones.
Arrays are (lines, samples); results have half as many of each, rounded down.
"""

import numpy as np

from seaice.core.grids.coarsen import block_any, block_max, block_mean, whole_blocks
from seaice.core.grids.resample import centres

_RATIO = 2


def block_means(values: np.ndarray) -> np.ndarray:
    """Mean of each block, NaN if one of its four values is not finite; the type of `values`."""
    with np.errstate(invalid="ignore", over="ignore"):
        means = block_mean(whole_blocks(values, _RATIO), None, _RATIO)
    means[~np.isfinite(means)] = np.nan
    return means


def block_maxima(classes: np.ndarray) -> np.ndarray:
    """Highest class of each block; 255, no label, wins over any class."""
    return block_max(whole_blocks(classes, _RATIO), _RATIO)


def block_any_nan(values: np.ndarray) -> np.ndarray:
    """Whether one of each block's four values is NaN, bool."""
    return block_any(np.isnan(whole_blocks(values, _RATIO)), _RATIO)


def block_centres(blocks: int) -> np.ndarray:
    """Coordinates of the blocks' centres along one axis of the raw grid, (blocks,) float64.

    A coordinate counts raw pixels from the centre of the first one.

    >>> block_centres(3)
    array([0.5, 2.5, 4.5])
    """
    return centres(blocks, _RATIO, 0, 1)
