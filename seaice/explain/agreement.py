"""Two ways to ask where the evidence lies: by gradients, and without any.

The second takes out blocks of cells one at a time and watches the output (occlusion, Zeiler and
Fergus 2014). The maps are compared block by block by their rank correlation.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import spearmanr

from seaice.core.grids.pixel_grid import Window

BLOCKS = 8
"""Blocks along the longer side of a field, at most."""

Output = Callable[[np.ndarray, np.ndarray], float]
"""The output where, of the cells of a field (second), some alone are kept (first), both bool."""


def blocks_of(field: np.ndarray) -> list[Window]:
    """Squares of cells that cover a field, those that hold none of it left out.

    Args:
        field: (cells, cells) bool.
    """
    ends = [np.flatnonzero(field.any(axis=axis))[[0, -1]] for axis in (1, 0)]
    side = max(-(-int(last - first + 1) // BLOCKS) for first, last in ends)
    starts = [range(int(first), int(last) + 1, side) for first, last in ends]
    windows = [
        (slice(line, line + side), slice(sample, sample + side))
        for line in starts[0]
        for sample in starts[1]
    ]
    return [window for window in windows if field[window].any()]


def occlusion(output: Output, field: np.ndarray) -> np.ndarray:
    """What the output loses without each block of a field, (blocks,) float64.

    Args:
        output: The output.
        field: (cells, cells) bool.
    """
    whole = output(field, field)
    losses = []
    for window in blocks_of(field):
        kept = field.copy()
        kept[window] = False
        losses.append(whole - output(kept, field))
    return np.array(losses)


def in_blocks(values: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Sums of a map over the cells of each block, (blocks,) float64."""
    inside = np.where(field, values, 0)
    return np.array([inside[window].sum(dtype=np.float64) for window in blocks_of(field)])


def spread_over_cells(values: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Values of blocks, spread evenly over the cells of each; the inverse of `in_blocks`.

    Returns:
        (cells, cells) float32, 0 beyond the field.
    """
    spread = np.zeros(field.shape, np.float32)
    for window, value in zip(blocks_of(field), values, strict=True):
        spread[window] = field[window] * (value / field[window].sum())
    return spread


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's; NaN if one is constant or too short."""
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(spearmanr(first, second).statistic)


def share_in_ring(
    values: np.ndarray, middle: tuple[float, float], cell_km: float, ring_km: tuple[float, float]
) -> tuple[float, float]:
    """How much of what supports an output lies at some distance from it.

    Args:
        values: (lines, samples): what is above 0 counts.
        middle: Where the output lies, in cells of the map.
        cell_km: Size of a cell, km.
        ring_km: Inner and outer radius.

    Returns:
        The share of the positive values in the ring, NaN without any; and the share of the cells.
    """
    lines, samples = (
        (np.arange(size) - at) * cell_km for size, at in zip(values.shape, middle, strict=True)
    )
    away_km = np.hypot(lines[:, None], samples)
    ring = (away_km >= ring_km[0]) & (away_km <= ring_km[1])
    positive = np.maximum(values, 0)
    total = float(positive.sum())
    return (float(positive[ring].sum()) / total if total else float("nan")), float(ring.mean())
