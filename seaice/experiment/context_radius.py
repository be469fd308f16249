"""The radius at which the gain of context is reached."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

BENEFIT = 0.95
"""Share of the gain that has to be reached."""


@dataclass(frozen=True)
class UsedContext:
    """The context that is used to benefit.

    Attributes:
        km: Radius at which 95 % of the gain is reached: the gain from the smallest radius to the
            untouched scene. Infinite if the largest radius does not reach it; NaN if there is none.
        low: Lower end of its interval; NaN without one.
        high: Upper end, possibly infinite.
        gain: The gain in points of score; NaN if it was not measured.
        reason: Why there is no radius; empty if there is one.
    """

    km: float
    low: float
    high: float
    gain: float
    reason: str = ""


def reached_km(radii_km: np.ndarray, loss: np.ndarray, end_km: float = np.inf) -> float:
    """Radius at which all but 5 % of the loss is gone.

    The loss is made to fall with the radius first (isotonic regression), so that noise alone does
    not decide; between radii it is interpolated over the logarithm of the radius.

    >>> round(reached_km(np.array([1.0, 10.0, 100.0]), np.array([10.0, 1.0, 0.0])), 2)
    31.62

    Args:
        radii_km: (radii,) rising.
        loss: (radii,) loss at each radius, points of score.
        end_km: Radius beyond which nothing can be lost; infinite if there is none.

    Returns:
        The radius in km; the smallest one without a loss there, infinite if it is not reached.
    """
    falling = isotonic_regression(loss, increasing=False).x
    least = (1 - BENEFIT) * falling[0]
    if falling[0] <= 0:
        return float(radii_km[0])
    if np.isfinite(end_km) and end_km > radii_km[-1]:
        radii_km, falling = np.append(radii_km, end_km), np.append(falling, 0.0)
    after = int(np.argmax(falling <= least))
    if falling[after] > least:
        return float("inf")
    share = (falling[after - 1] - least) / (falling[after - 1] - falling[after])
    before = np.log(radii_km[after - 1])
    return float(np.exp(before + share * (np.log(radii_km[after]) - before)))
