"""What follows from the sums of a context curve: scores, intervals, and the context that is used.

All scores compare the same pixels with and without their surroundings. A draw of the bootstrap
takes whole scenes with replacement, the same ones for all radii, groups and charts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.core.errors import ConfigError
from seaice.experiment.context_radius import UsedContext, reached_km
from seaice.experiment.tally import TaskName, confusion_sums, labelled, task_score

COLUMNS = (
    "checkpoint",
    "group",
    "r_km",
    "chart",
    "stratum",
    "value",
    "kind",
    "shuffle",
    "scene",
    "service",
    "region",
    "season",
    "pixels",
    "confusion",
    "sic_squared_error",
    "sic_absolute_error",
    "sic_error",
)
"""Columns of a context curve's table. `kind` is `replaced`, `untouched` (the same pixels, nothing
replaced) or `whole` (all labelled pixels, nothing replaced); `confusion` counts pixels row by row,
the row the chart's class."""

DRAWS = 1000
LEVEL = 0.95
"""Confidence level of all intervals."""
_TOO_SMALL = "too small to be sure of"
_MOST_UNDEFINED = 0.1
"""Share of draws in which a score may be undefined, such as R2 over water alone."""


@dataclass(frozen=True)
class CurvePoint:
    """Score where everything farther away than a radius is foreign.

    Attributes:
        r_km: The radius.
        score: The score of the whole less the loss; NaN where not defined.
        low: Lower end of its interval; NaN without one.
        high: Upper end.
        loss: What is lost by replacing, in points of score, over the same pixels.
        loss_low: Lower end of the loss's interval.
        loss_high: Upper end.
        pixels: Labelled pixels that were scored; 0 where the radius lies beyond the predictor's
            reach, so that nothing is lost for certain.
    """

    r_km: float
    score: float
    low: float
    high: float
    loss: float
    loss_low: float
    loss_high: float
    pixels: int


@dataclass(frozen=True, eq=False)
class ContextCurve:
    """A context curve: the sums of every scene, radius, group of channels and shuffle.

    Attributes:
        frame: Rows with the columns `COLUMNS`.
        checkpoint: File name of the checkpoint or baseline.
        sha256: Hash of the file.
        description: What it is, in a few words.
        radii_km: All radii, rising. Those beyond the reach have no rows, as nothing changes there.
        groups: Groups of channels that were replaced.
        reach_km: Distance to the farthest pixel that an output depends on.
        spacing_m: Pixel spacing at which it was measured.
        shuffles: How often each scene got other surroundings.
        seed: Seed of sites and surroundings.
        gradient_km: By chart, the radius that holds 90 % of a network's input gradient on all
            scenes, also in a part of the curve; without the charts that have none.
    """

    frame: pd.DataFrame
    checkpoint: str
    sha256: str
    description: str
    radii_km: tuple[float, ...]
    groups: tuple[str, ...]
    reach_km: float
    spacing_m: float
    shuffles: int
    seed: int
    gradient_km: Mapping[ChartName, float] = field(default_factory=dict)

    def part(self, **equal: str) -> "ContextCurve":
        """The part whose columns equal some values, such as `season="DJF"` or `stratum="border"`.

        Without a stratum it is that of all pixels.
        """
        frame = self.frame
        for column, value in ({"stratum": "all"} | equal).items():
            if column not in COLUMNS:
                raise ConfigError(f"A context curve has no column {column[:40]!r}.")
            frame = frame[frame[column] == value]
        return replace(self, frame=frame)

    @cached_property
    def _rows(self) -> pd.DataFrame:
        """Rows of one stratum: of those of several, that of all pixels."""
        is_part = self.frame["stratum"].nunique() == 1
        return self.frame if is_part else self.frame[self.frame["stratum"] == "all"]

    @cached_property
    def scenes(self) -> tuple[str, ...]:
        """Ids of the scenes, sorted."""
        return tuple(sorted(self.frame["scene"].unique()))

    @cached_property
    def measured_km(self) -> tuple[float, ...]:
        """Radii within the predictor's reach, rising."""
        found = self.frame.loc[self.frame["kind"] == "replaced", "r_km"].unique()
        return tuple(sorted(float(each) for each in found))

    def points(self, group: str = "all", task: TaskName = "combined") -> tuple[CurvePoint, ...]:
        """The curve of one group of channels and one task, a point each radius."""
        whole, losses, pixels = self._measured(group, task)
        return tuple(self._points(whole, losses, pixels))

    def _points(
        self, whole: np.ndarray, losses: np.ndarray, pixels: np.ndarray
    ) -> Iterator[CurvePoint]:
        known = {r_km: number for number, r_km in enumerate(self.measured_km)}
        for r_km in self.radii_km:
            at = known.get(r_km)
            loss = np.zeros(len(whole)) if at is None else losses[:, at]
            low, high = _interval(whole - loss)
            loss_low, loss_high = _interval(loss)
            yield CurvePoint(
                r_km=r_km,
                score=float(whole[0] - loss[0]),
                low=low,
                high=high,
                loss=float(loss[0]),
                loss_low=loss_low,
                loss_high=loss_high,
                pixels=0 if at is None else int(pixels[at]),
            )

    def used(self, group: str = "all", task: TaskName = "combined") -> UsedContext:
        """The context that is used to benefit, of one group of channels and one task."""
        if (group, task) not in self._known_used:
            self._known_used[group, task] = self._used(group, task)
        return self._known_used[group, task]

    @cached_property
    def _known_used(self) -> dict[tuple[str, TaskName], UsedContext]:
        """What was asked for, by group and task: a figure and its sentence share it."""
        return {}

    def _used(self, group: str, task: TaskName) -> UsedContext:
        nothing = float("nan")
        if not self.measured_km:
            reason = f"it looks no farther than {self.reach_km:g} km"
            return UsedContext(nothing, nothing, nothing, 0.0, reason)
        _, losses, _ = self._measured(group, task)
        defined = np.isfinite(losses).mean(axis=0) >= 1 - _MOST_UNDEFINED
        defined &= np.isfinite(losses[0])
        if not defined.any():
            return UsedContext(nothing, nothing, nothing, nothing, "the score is not defined")
        radii_km, losses = np.array(self.measured_km)[defined], losses[:, defined]
        losses = losses[np.isfinite(losses).all(axis=1)]
        gain_low, _ = _interval(losses[:, 0])
        if not gain_low > 0:
            gain = f"the gain of context beyond {radii_km[0]:g} km"
            alone = len(self.scenes) < 2
            reason = f"one scene does not tell {gain}" if alone else f"{gain} is {_TOO_SMALL}"
            return UsedContext(nothing, nothing, nothing, float(losses[0, 0]), reason)
        end_km = self.reach_km if self.reach_km <= max(self.radii_km) else np.inf
        found = np.array([reached_km(radii_km, each, end_km) for each in losses])
        low, high = _interval(found)
        return UsedContext(float(found[0]), low, high, float(losses[0, 0]))

    def _measured(self, group: str, task: TaskName) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Score of the whole, losses by radius, pixels by radius; the first draw is all scenes.

        Returns:
            (1 + draws,), (1 + draws, radii) and (radii,) float64; the last for the task's chart.

        Raises:
            ConfigError: The group was not measured.
        """
        if group not in self.groups:
            raise ConfigError(
                f"Group {group[:40]!r} was not measured. There are: {', '.join(self.groups)}."
            )
        n = len(self.scenes)
        rng = np.random.default_rng(self.seed)
        drawn = rng.multinomial(n, np.full(n, 1 / n), DRAWS) if n > 1 else np.zeros((0, n))
        weights = np.concatenate([np.ones((1, n)), drawn])
        # Nothing is replaced in a whole scene, whatever the group.
        whole = task_score(task, _pooled(weights, self._sums("whole", "all")))[:, 0]
        before, after = (self._sums(kind, group) for kind in ("untouched", "replaced"))
        losses = task_score(task, _pooled(weights, before))
        losses = losses - task_score(task, _pooled(weights, after))
        counted: ChartName = "SIC" if task == "combined" else task
        return whole, losses, labelled(before[counted]).sum(axis=0)

    @cached_property
    def _known(self) -> dict[tuple[str, str], dict[ChartName, np.ndarray]]:
        """Sums that were asked for, by kind and group: all tasks share them."""
        return {}

    def _sums(self, kind: str, group: str) -> dict[ChartName, np.ndarray]:
        """By chart: (scenes, radii, sums) float64, added up over shuffles."""
        if (kind, group) not in self._known:
            radii = (0.0,) if kind == "whole" else self.measured_km
            frame = self._rows[(self._rows["kind"] == kind) & (self._rows["group"] == group)]
            sums = {name: self._of_chart(name, frame, radii) for name in CHARTS}
            self._known[kind, group] = sums
        return self._known[kind, group]

    def _of_chart(
        self, name: ChartName, frame: pd.DataFrame, radii: tuple[float, ...]
    ) -> np.ndarray:
        n_classes = CHART[name].n_classes
        counts = np.zeros((len(self.scenes), len(radii), n_classes, n_classes))
        rows = frame[frame["chart"] == name]
        if len(rows):
            at = (
                rows["scene"].map({each: n for n, each in enumerate(self.scenes)}).to_numpy(int),
                rows["r_km"].map({each: n for n, each in enumerate(radii)}).to_numpy(int),
            )
            confusion = np.stack(rows["confusion"].to_list()).reshape(-1, n_classes, n_classes)
            np.add.at(counts, at, confusion)
        sums = confusion_sums(counts.reshape(-1, n_classes, n_classes))
        return sums.reshape(len(self.scenes), len(radii), 1 + 3 * n_classes)


def _pooled(
    weights: np.ndarray, sums: Mapping[ChartName, np.ndarray]
) -> dict[ChartName, np.ndarray]:
    """Sums over scenes: (draws, scenes) and (scenes, radii, sums) -> (draws, radii, sums)."""
    return {name: np.tensordot(weights, each, axes=1) for name, each in sums.items()}


def _interval(draws: np.ndarray) -> tuple[float, float]:
    """Interval of draws whose first is no draw; NaN if there are none or many are undefined."""
    known = draws[1:][~np.isnan(draws[1:])]
    if known.size < max(2, (1 - _MOST_UNDEFINED) * (len(draws) - 1)):
        return float("nan"), float("nan")
    ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    # Draws may be infinite: nothing is interpolated between them.
    low, high = np.quantile(known, ends, method="inverted_cdf")
    return float(low), float(high)
