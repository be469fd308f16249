"""Statistics that add up: of one scene, of a thousand."""

from dataclasses import fields
from typing import Self

import numpy as np


class Mergeable:
    """A dataclass whose fields add up: arrays by sum, tuples by appending, statistics by both.

    Adding in the order of the scenes gives the same bits however the scenes were shared out.
    """

    def __add__(self, other: Self) -> Self:
        """Both together; neither is changed."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]
        return type(self)(*(getattr(self, name) + getattr(other, name) for name in names))


def ratio(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Means of sums, float64; not a number where nothing was counted."""
    counts = np.asarray(counts, float)
    means = np.full(np.shape(sums), np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def decibel(power: np.ndarray) -> np.ndarray:
    """Linear power -> dB, float64; not a number where there is none."""
    power = np.asarray(power, float)
    sigma0_db: np.ndarray = 10 * np.log10(power, out=np.full(power.shape, np.nan), where=power > 0)
    return sigma0_db


def linear(sigma0_db: np.ndarray) -> np.ndarray:
    """Decibel -> linear power, float64."""
    return 10 ** (np.asarray(sigma0_db, float) / 10)
