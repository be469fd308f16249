"""Statistics that add up: of one scene, of a thousand."""

from dataclasses import fields
from typing import Self

import numpy as np


class Mergeable:
    """A dataclass whose fields add up: arrays are summed, tuples are joined, statistics are added.

    Added in the order of the scenes, the bits do not depend on how processes shared the scenes.
    """

    def __add__(self, other: Self) -> Self:
        """The sum of both, as a new object."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]
        return type(self)(*(getattr(self, name) + getattr(other, name) for name in names))


def ratio(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Means of sums, float64; NaN where nothing was counted."""
    counts = np.asarray(counts, float)
    means = np.full(np.shape(sums), np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def decibel(power: np.ndarray) -> np.ndarray:
    """Linear power -> dB, float64; NaN where there is none."""
    power = np.asarray(power, float)
    sigma0_db: np.ndarray = 10 * np.log10(power, out=np.full(power.shape, np.nan), where=power > 0)
    return sigma0_db


def linear(sigma0_db: np.ndarray) -> np.ndarray:
    """Decibel -> linear power, float64."""
    return 10 ** (np.asarray(sigma0_db, float) / 10)
