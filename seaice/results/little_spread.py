"""Where a chart's concentration varies so little that R2 says hardly anything."""

import numpy as np

from seaice.results.scoring import ScoreSums

_CLASS_PERCENT = 10
# Mean squared error, in classes, of a map that is one class off everywhere: the least that a
# class can be off. R2 = 1 - squared error / variance, so below this variance even that map scores
# less than 0, that is, less than a map of the chart's mean.
_ONE_CLASS_OFF = 1.0


def little_spread(sums: ScoreSums) -> str:
    """A sentence on the R2 of SIC; empty where the chart's concentration varies enough for it.

    Args:
        sums: Sums over a scene, a region or several scenes.
    """
    support = sums.confusion["SIC"].sum(axis=1).astype(np.float64)
    # Without a second class there is no R2, and the score says so.
    if np.count_nonzero(support) < 2:
        return ""
    classes = np.arange(len(support))
    variance = float(np.cov(classes, fweights=support.astype(np.int64), ddof=0))
    if variance >= _ONE_CLASS_OFF:
        return ""
    return (
        "The SIC of the chart hardly varies here (standard deviation "
        f"{_CLASS_PERCENT * variance**0.5:.1f} percentage points): a map that is off by one class "
        f"everywhere has an R2 of {100 * (1 - _ONE_CLASS_OFF / variance):.0f}. So R2, and the "
        "combined score with it, overstates errors; those of SIC in percentage points tell more."
    )
