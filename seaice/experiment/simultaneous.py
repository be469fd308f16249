"""Intervals of several differences that hold for all of them at once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from seaice.experiment.bootstrap import LEVEL, Bootstrap, Estimate, satterthwaite
from seaice.experiment.tally import Cell

_END = (1 + LEVEL) / 2
Contrasts = Sequence[tuple[Bootstrap, Mapping[Cell, float]]]
"""Differences: weights by cell, and the bootstrap to take each from."""


def bands(
    contrasts: Contrasts, beside: Contrasts = (), *, same_networks: bool = False
) -> list[Estimate]:
    """Estimates with intervals that hold for all of them at once.

    Two or three seeds tell little of how much a difference varies between seeds. So the share of
    that variance is taken to be at least the mean one, which all differences tell together.

    Args:
        contrasts: The differences.
        beside: Further ones, which get an interval of the same kind, but for which it need not
            hold at once with the others.
        same_networks: Whether all are differences between the same networks, in several groups of
            scenes or classes. Another seed may then move all of them together, so that they tell no
            more of seeds than one of them does.

    Returns:
        The estimates of both. Those without an error have no interval.
    """
    pairs = [*contrasts, *beside]
    estimates = [bootstrap.estimate(weights) for bootstrap, weights in pairs]
    deviations = [
        np.abs(bootstrap.deviations(*bootstrap.drawn(weights))) / each.error
        for each, (bootstrap, weights) in zip(estimates, contrasts, strict=False)
        if not each.reason
    ]
    if not deviations:
        return estimates
    # Of few scenes, a draw may hold none that tells of any difference; `nanmax` would warn of it.
    largest = np.nanquantile(np.fmax.reduce(deviations, axis=0), LEVEL)
    errors = max(float(largest), float(special.ndtri(_END)))
    known = [each for each in estimates if not each.reason]
    spread = SeedSpread.of(known, same_networks=same_networks)
    return [
        each if each.reason else replace(each, half_band=errors * spread.scaled_error(each))
        for each in estimates
    ]


@dataclass(frozen=True)
class SeedSpread:
    """How much several differences vary between seeds, told by all of them together.

    Attributes:
        share: Variance that seeds give, as a share of that which scenes give.
        freedom: Degrees of freedom of that.
    """

    share: float
    freedom: float

    @classmethod
    def of(cls, estimates: Sequence[Estimate], *, same_networks: bool) -> "SeedSpread":
        """Pool estimates with errors; those of one seed say nothing of it."""
        several = [each for each in estimates if each.seeds > 1]
        of_scenes = sum(each.of_scenes for each in several)
        share = sum(each.of_seeds for each in several) / of_scenes if of_scenes else 0.0
        freedoms = [each.seeds - 1 for each in several] or [0]
        if same_networks:
            return cls(share, min(freedoms))
        # Differences from one control share its seeds: they correlate by a half, and their squares
        # by a quarter.
        return cls(share, sum(freedoms) / (1 + (len(freedoms) - 1) / 4))

    def scaled_error(self, estimate: Estimate) -> float:
        """The standard error, larger as the tails of t are heavier than those of the normal one."""
        error, freedom = estimate.error, estimate.freedom
        if estimate.seeds > 1:
            of_seeds = max(estimate.of_seeds, self.share * estimate.of_scenes)
            error = math.sqrt(error**2 + of_seeds - estimate.of_seeds)
            freedom = satterthwaite(estimate.of_scenes, estimate.scenes - 1, of_seeds, self.freedom)
        return error * float(special.stdtrit(freedom, _END) / special.ndtri(_END))
