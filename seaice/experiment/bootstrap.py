"""How sure a difference between networks is, when scenes and seeds are drawn anew together.

A score of one data set depends on its scenes and on the seeds of its networks. The bootstrap draws
both with replacement (Owen 2007, The pigeonhole bootstrap): all networks share a draw of scenes,
and networks of one seed share the draw of that seed, as they share their initial weights and
patches. So differences are paired. Each draw pools its scenes and takes the mean over its seeds.

A bootstrap of k values has only (k - 1) / k of their variance (Davison and Hinkley 1997), which
matters for three seeds. Deviations are scaled up accordingly, and intervals use Student's t with
the degrees of freedom after Satterthwaite (1946).
"""

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from scipy import special

from seaice.ai4arctic.charts import ChartName
from seaice.experiment.tally import Cell, Tally, TaskName, task_score

DRAWS = 2000
LEVEL = 0.95
"""Confidence level of all intervals."""
_END = (1 + LEVEL) / 2
_LEAST_ERROR = 1e-9
_MOST_UNDEFINED = 0.1
"""Share of draws in which a score may be undefined, such as R2 over water alone."""


@dataclass(frozen=True)
class Estimate:
    """A difference and how sure it is.

    Attributes:
        effect: The difference in points of score; NaN if it is not defined.
        error: Its standard error; NaN if it is not defined.
        freedom: Degrees of freedom of the error.
        scenes: Number of scenes.
        seeds: Number of seeds; with one, the error does not include the spread between seeds.
        reason: Why there is no effect or no error; empty if there are both.
        of_scenes: Variance that the scenes give the effect, part of the error.
        of_seeds: Variance that the seeds give it; 0 with one seed.
        half_band: Half the width of the interval where it holds for several differences at once
            (`simultaneous.bands`); NaN for an interval of its own.
    """

    effect: float
    error: float
    freedom: float
    scenes: int
    seeds: int
    reason: str = ""
    of_scenes: float = math.nan
    of_seeds: float = math.nan
    half_band: float = math.nan

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        if not math.isnan(self.half_band):
            return self.half_band
        return self.error * float(special.stdtrit(self.freedom, _END))

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.effect - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.effect + self.half_width

    def p_above(self, value: float) -> float:
        """Probability of such an effect or a larger one if the true one were this value."""
        return float(special.stdtr(self.freedom, (value - self.effect) / self.error))

    def p_below(self, value: float) -> float:
        """Probability of such an effect or a smaller one if the true one were this value."""
        return float(special.stdtr(self.freedom, (self.effect - value) / self.error))


def draw_counts(count: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """How often each of `count` things is in draws with replacement, (draws, count) float64."""
    if count == 0:
        return np.zeros((draws, 0))
    return rng.multinomial(count, np.full(count, 1 / count), size=draws).astype(np.float64)


class Bootstrap:
    """The scores of a task for all networks of a tally, drawn anew.

    Args:
        tally: Sums; every source must be known on every scene (`Tally.comparable`).
        task: The task.
        draws: Number of draws.
        seed: Seed of the draws.
        score: What is drawn, if not the score of the task: pooled sums by chart, (..., 1 + 3
            classes) each, to (...) float64 points.
    """

    def __init__(
        self,
        tally: Tally,
        task: TaskName,
        draws: int = DRAWS,
        seed: int = 0,
        score: Callable[[Mapping[ChartName, np.ndarray]], np.ndarray] | None = None,
    ) -> None:
        networks = tally.only(lambda source: source.seed is not None)
        self.tally, self.task = networks, task
        self._score = score or partial(task_score, task)
        # Tallies of the same scenes share their draws, and those of others are independent.
        stream = zlib.crc32("\n".join(tally.scenes).encode())
        self.scene_counts = draw_counts(
            len(tally.scenes), draws, np.random.default_rng((seed, stream))
        )
        self._seed = seed
        self._at = {
            (source.cell, source.seed): number for number, source in enumerate(networks.sources)
        }
        # See `variants.require_distinct`: of two, one would be left out.
        assert len(self._at) == len(networks.sources)

    @cached_property
    def _points(self) -> np.ndarray:
        """Scores over all scenes, (networks,) float64."""
        everything = np.ones((1, len(self.tally.scenes)))
        points: np.ndarray = self._score(self.tally.pooled(everything))[0]
        return points

    @cached_property
    def _drawn(self) -> np.ndarray:
        """Scores over each draw of scenes, (draws, networks) float64."""
        return self._score(self.tally.pooled(self.scene_counts))

    def seeds(self, cell: Cell) -> tuple[int, ...]:
        """Seeds of a cell's networks."""
        return tuple(sorted({seed for each, seed in self._at if each == cell and seed is not None}))

    def cells(self) -> tuple[Cell, ...]:
        """All cells, in the order of the tally."""
        return tuple(dict.fromkeys(source.cell for source in self.tally.sources))

    def score(self, cell: Cell, seed: int) -> float:
        """Score of a network over all scenes."""
        return float(self._points[self._at[cell, seed]])

    def mean_score(self, cell: Cell) -> float:
        """Mean score of a cell's networks over all scenes."""
        return float(np.mean([self.score(cell, seed) for seed in self.seeds(cell)]))

    def shared_seeds(self, weights: Mapping[Cell, float]) -> tuple[int, ...]:
        """Seeds that all cells with a weight have."""
        sets = [set(self.seeds(cell)) for cell in weights]
        return tuple(sorted(set.intersection(*sets))) if sets else ()

    def estimate(self, weights: Mapping[Cell, float]) -> Estimate:
        """A weighted sum of cells' scores, such as the difference of two.

        Args:
            weights: Weights by cell.
        """
        return self._estimate(*self.drawn(weights))

    def seed_counts(self, count: int) -> np.ndarray:
        """How often each of `count` seeds is in each draw, (draws, count) float64."""
        return draw_counts(count, len(self.scene_counts), np.random.default_rng(self._seed))

    def drawn(self, weights: Mapping[Cell, float]) -> tuple[np.ndarray, np.ndarray]:
        """The weighted sum of each seed's networks.

        Returns:
            Over all scenes (seeds,), and over each draw of scenes (draws, seeds), float64.
        """
        seeds = self.shared_seeds(weights)
        points = np.zeros(len(seeds))
        draws = np.zeros((len(self.scene_counts), len(seeds)))
        for cell, weight in weights.items():
            at = [self._at[cell, seed] for seed in seeds]
            points += weight * self._points[at]
            draws += weight * self._drawn[:, at]
        return points, draws

    def deviations(self, points: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        """Effect of each draw less the effect over all scenes and seeds, (draws,) float64."""
        n, k = len(self.tally.scenes), len(points)
        by_scene = drawn.mean(axis=1)
        deviations: np.ndarray = (by_scene - points.mean()) * np.sqrt(n / (n - 1))
        if k > 1:
            weights = self.seed_counts(k) / k
            by_seed = (weights * drawn).sum(axis=1) - by_scene
            deviations = deviations + by_seed * np.sqrt(k / (k - 1))
        return deviations

    def _estimate(self, points: np.ndarray, drawn: np.ndarray) -> Estimate:
        n, k = len(self.tally.scenes), len(points)
        effect = float(points.mean()) if k else np.nan
        if reason := self._reason(effect, k, drawn):
            return Estimate(effect, np.nan, np.nan, n, k, reason)
        deviations = self.deviations(points, drawn)
        # Equal networks differ by 0 in every draw.
        error = max(float(np.nanstd(deviations, ddof=1)), _LEAST_ERROR)
        of_scenes = float(np.nanvar(drawn.mean(axis=1), ddof=1)) * n / (n - 1)
        of_seeds = float(points.var(ddof=1)) / k if k > 1 else 0.0
        freedom = satterthwaite(of_scenes, n - 1, of_seeds, k - 1)
        return Estimate(effect, error, freedom, n, k, "", of_scenes, of_seeds)

    def _reason(self, effect: float, seeds: int, drawn: np.ndarray) -> str:
        if not self.tally.scenes:
            return "no scene is scored for all of these networks"
        if not seeds:
            return "these networks have no seed in common"
        if np.isnan(effect):
            return "the score is not defined on these scenes"
        if len(self.tally.scenes) < 2:
            return "one scene does not tell what another would give"
        if np.isnan(drawn).any(axis=1).mean() > _MOST_UNDEFINED:
            return "too few scenes hold these classes"
        return ""


def satterthwaite(
    of_scenes: float, scenes_freedom: float, of_seeds: float, seeds_freedom: float
) -> float:
    """Degrees of freedom of a sum of two variances, that of scenes and that of seeds."""
    parts = of_scenes**2 / scenes_freedom
    if of_seeds > 0:
        parts += of_seeds**2 / seeds_freedom
    total = (of_scenes + of_seeds) ** 2
    return total / parts if parts > 0 else float(scenes_freedom)


def holm(p_values: list[float]) -> list[float]:
    """P values adjusted for their number after Holm (1979), in the same order."""
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    order = sorted(range(len(p_values)), key=lambda number: p_values[number])
    for rank, number in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[number]))
        adjusted[number] = largest
    return adjusted
