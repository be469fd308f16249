"""What a sweep's folder holds, and all that pages and reports show of it."""

import math
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from seaice.baselines.files import LINEAR
from seaice.experiment.below_linear import below_linear_text
from seaice.experiment.bootstrap import Bootstrap, Estimate
from seaice.experiment.contrasts import Contrast, contrasts_of
from seaice.experiment.differences import Differences, by_class, by_group, groups_of
from seaice.experiment.enough import Enough, far_enough
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.gains import all_gains
from seaice.experiment.reach import recorded_cell_m
from seaice.experiment.sentences import finding
from seaice.experiment.stated import Stated, stated_result
from seaice.experiment.statements import Verdict, judge
from seaice.experiment.sweep_settings import read_settings, shares_encoder
from seaice.experiment.tally import Cell, ReferenceName, Tally, TaskName, tally, task_score
from seaice.experiment.variants import Variant, of_variant, require_distinct, variants_of

if TYPE_CHECKING:
    # For its type alone: importing pandas takes long.
    import pandas as pd

_Value = TypeVar("_Value")

GroupingName = Literal["region", "season", "service", "border", "land", "concentration", "interior"]
OF_SCENES: tuple[GroupingName, ...] = ("region", "season", "service")
OF_PIXELS: tuple[GroupingName, ...] = ("border", "land", "concentration", "interior")
GROUPINGS = OF_SCENES + OF_PIXELS
GROUPING: Mapping[str, str] = {
    "region": "Region",
    "season": "Season",
    "service": "Ice service",
    "border": "Distance to a polygon's border",
    "land": "Distance to land",
    "concentration": "Concentration",
    "interior": "Distance to the edge of the data",
}
"""Groupings in words."""
_DRAWS_OF_GROUPS = 1000


@dataclass
class SweepResults:
    """The scores of one variant of a sweep and what follows from them; each is computed once.

    Attributes:
        table: Rows of the stratum "all" of an evaluation table.
        contrasts: The contrasts stated beforehand, or those of a sweep that states none.
        path: File of the table, for its other strata; None if there are none.
        shares_encoder: Whether all rates of a channel set and seed read the same frozen encoder.
        variant: What tells its networks from others in the file; empty if nothing does.
    """

    table: "pd.DataFrame"
    contrasts: Mapping[TaskName, Contrast]
    path: Path | None = None
    shares_encoder: bool = False
    variant: Variant = ()
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @classmethod
    def read(cls, folder: EvaluatedSweep) -> list["SweepResults"]:
        """Read a sweep; one without a table has no rows yet.

        Returns:
            The results of each variant, the one with the most networks first.

        Raises:
            TableError: The table is damaged or of another version, or holds networks, or
                baselines, that cannot be told apart.
            ConfigError: The contrasts cannot be read.
        """
        from seaice.experiment.table import frame_of, read_table

        known = os.path.isfile(folder.table)
        rows = read_table(folder.table, stratum="all") if known else frame_of([])
        settings = read_settings(folder.settings)
        stated = contrasts_of(settings, folder.settings)
        found = [
            cls(of_variant(rows, each), stated, folder.table, shares_encoder(settings), each)
            for each in variants_of(rows)
        ]
        for results in found:
            require_distinct(results.table, folder.table)
        return found

    @property
    def references(self) -> tuple[ReferenceName, ...]:
        """What the scores are taken against."""
        names: tuple[ReferenceName, ...] = ("chart", "truth")
        known = self._once(("references",), lambda: set(self.table["reference"]))
        return tuple(name for name in names if name in known)

    @property
    def simulated(self) -> bool:
        """Whether any scene is simulated."""
        return bool(self.table["simulated"].any())

    @property
    def cell_m(self) -> float | None:
        """Size of a feature cell of its networks, metres; None if it is not recorded."""
        return self._once(("cell",), lambda: recorded_cell_m(self.table))

    def tally(self, reference: ReferenceName) -> tuple[Tally, tuple[str, ...]]:
        """The comparable part of the sums, and the names of the networks that are not in it."""
        networks = self.table["kind"] == "network"
        # A baseline that lacks a scene must not take it from the networks.
        return self._once(
            ("tally", reference), lambda: tally(self.table[networks], reference).comparable()
        )

    def bootstrap(self, task: TaskName, reference: ReferenceName) -> Bootstrap:
        """The scores of a task, drawn anew."""
        return self._once(
            ("bootstrap", task, reference), lambda: Bootstrap(self.tally(reference)[0], task)
        )

    def finding(self, task: TaskName, reference: ReferenceName) -> str:
        """See `seaice.experiment.sentences.finding`; also names cells below the linear model."""

        def text() -> str:
            said = finding(self.bootstrap(task, reference), self.simulated, self.cell_m)
            below = below_linear_text(self.below_linear(task, reference), self.cell_m)
            return " ".join(filter(None, (said, below)))

        return self._once(("finding", task, reference), text)

    def verdicts(self, task: TaskName, reference: ReferenceName) -> list[Verdict]:
        """A verdict on each statement."""
        return self._once(
            ("verdicts", task, reference), lambda: judge(self.bootstrap(task, reference))
        )

    def stated(self, task: TaskName, reference: ReferenceName) -> Stated | None:
        """The result of the contrast of a task that is tested by itself; None if there is none."""
        return stated_result(self.bootstrap(task, reference), self.contrasts, self.cell_m)

    def scores(self, task: TaskName, reference: ReferenceName) -> dict[Cell, Estimate]:
        """Mean score of each cell's networks, with its interval."""
        bootstrap = self.bootstrap(task, reference)
        return {cell: bootstrap.estimate({cell: 1.0}) for cell in bootstrap.cells()}

    def from_control(self, task: TaskName, reference: ReferenceName) -> dict[Cell, Estimate]:
        """Difference of each cell from the control of its channel set, see `gains`."""
        return self._once(
            ("gains", task, reference), lambda: all_gains(self.bootstrap(task, reference))
        )

    def enough(self, task: TaskName, reference: ReferenceName, channel_set: str) -> Enough | None:
        """From which field the score is complete; None without a control and a field."""
        return self._once(
            ("enough", task, reference, channel_set),
            lambda: far_enough(self.bootstrap(task, reference), channel_set),
        )

    def baselines(self, task: TaskName, reference: ReferenceName) -> dict[str, float]:
        """Scores of the baselines that were scored on all scenes of the networks, by label."""
        return self._once(
            ("baselines", task, reference), lambda: self._pooled_baselines(task, reference)
        )

    def _pooled_baselines(self, task: TaskName, reference: ReferenceName) -> dict[str, float]:
        scenes = self.tally(reference)[0].scenes
        rows = self.table[(self.table["kind"] == "baseline") & self.table["scene"].isin(scenes)]
        sums = tally(rows, reference)
        complete = np.logical_and(sums.known.all(axis=1), len(sums.scenes) == len(scenes))
        pooled = {name: each.sum(axis=1) for name, each in sums.sums.items()}
        scores = task_score(task, pooled)
        return {
            _label(source.name, source.cell.channel_set): float(score)
            for source, score, whole in zip(sums.sources, scores, complete, strict=True)
            if whole and score == score
        }

    def linear(self, task: TaskName, reference: ReferenceName, channel_set: str) -> float:
        """Score of the linear model of a channel set, as in `baselines`; NaN if it is not known."""
        return self.baselines(task, reference).get(_label(LINEAR, channel_set), math.nan)

    def below_linear(self, task: TaskName, reference: ReferenceName) -> list[Cell]:
        """The cells that score less than the linear model of their channel set."""
        return self._once(
            ("below", task, reference),
            lambda: [
                cell
                for cell, score in self.scores(task, reference).items()
                if score.effect < self.linear(task, reference, cell.channel_set)
            ],
        )

    def groups(self, grouping: GroupingName, reference: ReferenceName) -> dict[str, Tally]:
        """The sums by region, season and so on."""
        # All tasks and channel sets of a report ask for the same rows of the file.
        return self._once(
            ("groups", grouping, reference), lambda: self._groups(grouping, reference)
        )

    def _groups(self, grouping: GroupingName, reference: ReferenceName) -> dict[str, Tally]:
        whole, _ = self.tally(reference)
        if grouping in OF_SCENES:
            rows = self.table[["scene", grouping]].drop_duplicates("scene")
            names = dict(zip(rows["scene"], rows[grouping].astype(str), strict=True))
            return groups_of(whole, names)
        if self.path is None:
            return {}
        from seaice.experiment.strata import VALUES
        from seaice.experiment.table import read_table

        rows = read_table(self.path, stratum=grouping)
        known = set(rows["value"])
        usual = VALUES[grouping]
        # A table of another version may have other values.
        values = [*(each for each in usual if each in known), *sorted(known.difference(usual))]
        return {
            value: tally(rows[rows["value"] == value], reference, like=whole) for value in values
        }

    def differences(
        self, grouping: GroupingName, task: TaskName, reference: ReferenceName, channel_set: str
    ) -> Differences | None:
        """Differences from the control by group; None without two cells of the channel set."""
        return self._once(
            ("differences", grouping, task, reference, channel_set),
            lambda: by_group(
                self.tally(reference)[0],
                self.groups(grouping, reference),
                task,
                channel_set,
                _DRAWS_OF_GROUPS,
            ),
        )

    def of_classes(
        self, task: TaskName, reference: ReferenceName, channel_set: str
    ) -> Differences | None:
        """Differences of the F1 of each class; None for the combined score."""
        return self._once(
            ("classes", task, reference, channel_set),
            lambda: by_class(self.tally(reference)[0], task, channel_set),
        )

    def _once(self, key: tuple[str, ...], compute: Callable[[], _Value]) -> _Value:
        """Compute a value the first time only, also where two threads ask for it at once."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = compute()
            value: _Value = self._kept[key]
            return value


def _label(name: str, channel_set: str) -> str:
    """A baseline in words; one that sees no channels has no channel set."""
    return " · ".join(filter(None, (name, channel_set)))
