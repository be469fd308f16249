"""A mask of what not to trust, and how right the rest is."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import FILL, ChartName
from seaice.core.errors import ConfigError
from seaice.results.confidence.ensemble import EnsembleMaps
from seaice.results.maps import ChartMaps


@dataclass(frozen=True, eq=False)
class Trust:
    """What is left of a map.

    Attributes:
        masked: (lines, samples) bool: valid, but not to be trusted.
        share: Share of the valid pixels that is masked, 0 to 1; NaN without any.
        labelled: Labelled pixels that are left.
        quality: Over those: share that agrees with the chart, 0 to 1; for SIC the mean absolute
            error, percentage points. NaN without any.
        quality_of_all: The same over all labelled pixels.
    """

    masked: np.ndarray
    share: float
    labelled: int
    quality: float
    quality_of_all: float


def trust(maps: ChartMaps, chart: ChartName, limit: float, reference: np.ndarray | None) -> Trust:
    """Mask what a network is not sure of.

    Args:
        maps: A prediction, or an ensemble's.
        chart: The chart.
        limit: Least probability of the class that a pixel is given, 0 to 1; for SIC the largest
            spread between seeds, percentage points.
        reference: The ice chart on the grid of the maps, (lines, samples) uint8, `FILL` where
            unlabelled; None if there is none.

    Raises:
        ConfigError: The spread of SIC is asked for of one network alone.
    """
    if chart != "SIC":
        sure = maps.confidence(chart) >= limit
    elif isinstance(maps, EnsembleMaps):
        sure = maps.sic_spread <= limit
    else:
        raise ConfigError(
            "One seed alone has no spread of SIC: train another, or look at SOD or FLOE."
        )
    masked = maps.valid & ~sure
    valid = int(maps.valid.sum())
    labelled = np.zeros_like(sure) if reference is None else maps.valid & (reference != FILL)
    goodness = _goodness(maps, chart, reference)
    left = goodness[labelled & sure]
    return Trust(
        masked=masked,
        share=float(masked.sum() / valid) if valid else float("nan"),
        labelled=left.size,
        quality=_mean(left),
        quality_of_all=_mean(goodness[labelled]),
    )


def _goodness(maps: ChartMaps, chart: ChartName, reference: np.ndarray | None) -> np.ndarray:
    """Of each pixel: right or not; for SIC the absolute error in percentage points."""
    if reference is None:
        return np.zeros(maps.grid.shape, np.float32)
    if chart == "SIC":
        error: np.ndarray = 10 * np.abs(maps.sic - reference)
        return error
    right: np.ndarray = (maps.classes(chart) == reference).astype(np.float32)
    return right


def _mean(values: np.ndarray) -> float:
    return float(values.mean(dtype=np.float64)) if values.size else float("nan")
