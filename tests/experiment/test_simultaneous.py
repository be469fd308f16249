"""Seeds that tell of each other, where intervals hold for several differences at once."""

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from seaice.experiment.bootstrap import Estimate
from seaice.experiment.simultaneous import SeedSpread, bands


def test_seeds_that_agree_by_chance_borrow_the_spread_of_the_others():
    agree, differ = (
        Estimate(1.0, math.sqrt(scenes + seeds), 9.0, 11, 2, "", scenes, seeds)
        for scenes, seeds in ((1.0, 0.0), (3.0, 2.0))
    )
    spread = SeedSpread.of([agree, differ], same_networks=False)
    # 2 / 4 of the variance of scenes. Two seeds of two differences that share a control.
    assert (spread.share, spread.freedom) == (0.5, 2 / 1.25)
    freedom = 1.5**2 / (1.0**2 / 10 + 0.5**2 / 1.6)
    tails = stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)
    assert spread.scaled_error(agree) == pytest.approx(math.sqrt(1.5) * tails)
    # Its own is larger than the common share, so it stays.
    freedom = 5.0**2 / (3.0**2 / 10 + 2.0**2 / 1.6)
    tails = stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)
    assert spread.scaled_error(differ) == pytest.approx(math.sqrt(5.0) * tails)
    # One seed alone knows nothing of seeds, before and after.
    single = replace(agree, seeds=1)
    tails = stats.t.ppf(0.975, 9.0) / stats.norm.ppf(0.975)
    assert spread.scaled_error(single) == pytest.approx(tails)


class Drawn:
    """A bootstrap with given draws of a difference."""

    def __init__(self, draws: list[float]) -> None:
        self.draws = np.array(draws)

    def estimate(self, weights: dict) -> Estimate:
        return Estimate(0.0, 1.0, math.inf, 11, 1, "", 1.0, 0.0)

    def drawn(self, weights: dict) -> tuple[np.ndarray]:
        return (self.draws,)

    def deviations(self, draws: np.ndarray) -> np.ndarray:
        return draws


def test_a_draw_that_tells_of_no_difference_is_left_out_quietly():
    first, second = Drawn([math.nan, -9.0, math.nan, 2.0]), Drawn([math.nan, 4.0, 7.0, math.nan])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        band = bands([(first, {}), (second, {})])[0].half_band
    # Of the largest deviations 9, 7 and 2.
    expected = np.quantile([9, 7, 2], 0.95) * SeedSpread(0.0, 0.0).scaled_error(first.estimate({}))
    assert band == pytest.approx(expected)


@pytest.mark.parametrize(
    ("count", "seeds_alike", "scenes_alike", "of_seeds", "at_least"),
    [
        # Fields with one control.
        (5, 0.5, 0.5, 0.3, 0.91),
        (5, 0.5, 0.5, 1.0, 0.91),
        # Groups of the same networks, which another seed moves together, if it does so at all.
        (6, 1.0, 0.0, 0.3, 0.91),
        (16, 1.0, 0.0, 0.3, 0.9),
        (6, 0.5, 0.0, 1.0, 0.94),
        # Two seeds that agree by chance do so in all groups: nothing tells that they do.
        (6, 1.0, 0.0, 1.0, 0.84),
        (16, 1.0, 0.0, 1.0, 0.82),
    ],
)
def test_bands_of_two_seeds_hold_about_as_often_as_they_say(
    count: int, seeds_alike: float, scenes_alike: float, of_seeds: float, at_least: float
):
    """Differences that vary so much between seeds, and by 1 with the scenes; the true one is 0."""
    rng, scenes, reps = np.random.default_rng(5), 60, 600

    def alike(share: float) -> np.ndarray:
        return np.full((count, count), share) + (1 - share) * np.eye(count)

    zero = np.zeros(count)
    # The bootstrap's draws: both parts together, each difference in its standard errors.
    both = (alike(scenes_alike) + of_seeds * alike(seeds_alike)) / (1 + of_seeds)
    largest = np.abs(rng.multivariate_normal(zero, both, 4000, method="eigh")).max(axis=1)
    errors, held = np.quantile(largest, 0.95), 0
    for _ in range(reps):
        by_seed = rng.multivariate_normal(zero, 2 * of_seeds * alike(seeds_alike), 2, method="eigh")
        effects = rng.multivariate_normal(zero, alike(scenes_alike)) + by_seed.mean(axis=0)
        parts = rng.chisquare(scenes - 1, count) / (scenes - 1), by_seed.var(axis=0, ddof=1) / 2
        estimates = [
            Estimate(effect, math.sqrt(sum(part)), 0.0, scenes, 2, "", *part)
            for effect, *part in zip(effects, *parts, strict=True)
        ]
        spread = SeedSpread.of(estimates, same_networks=scenes_alike == 0)
        held += all(abs(each.effect) <= errors * spread.scaled_error(each) for each in estimates)
    assert at_least < held / reps < 0.985
