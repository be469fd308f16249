"""The contrast of a task that is tested by itself, and what came of it, in words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seaice.experiment.bootstrap import Bootstrap, Estimate
from seaice.experiment.contrasts import Contrast, missing
from seaice.experiment.reach import rates_text
from seaice.experiment.sentences import result_text
from seaice.experiment.statements import VerdictName, needed_times, stated_verdict
from seaice.experiment.tally import Cell, TaskName


@dataclass(frozen=True)
class Stated:
    """The contrast of a task that is tested by itself, and what came of it.

    Attributes:
        contrast: The contrast.
        estimate: Its effect; None if the sweep lacks networks.
        verdict: What it says of "the first group is better".
        lacking: The networks that it lacks, in words.
        needed: How many times as many scenes and seeds would decide it, see `Verdict`.
        cell_m: Size of the networks' feature cells, metres; None if it is not known.
    """

    contrast: Contrast
    estimate: Estimate | None
    verdict: VerdictName
    lacking: str = ""
    needed: float = math.nan
    cell_m: float | None = None

    @property
    def text(self) -> str:
        """The contrast in words."""
        return self.contrast.text(self.cell_m)

    @property
    def kind(self) -> str:
        """Whether the sweep's configuration states the contrast, in words."""
        return "Tested by default" if self.contrast.by_default else "Stated beforehand"


def stated_result(
    bootstrap: Bootstrap, contrasts: Mapping[TaskName, Contrast], cell_m: float | None = None
) -> Stated | None:
    """The result of the contrast of a bootstrap's task; None if there is none.

    Args:
        bootstrap: The scores of the task.
        contrasts: Contrasts by task.
        cell_m: Size of the networks' feature cells, metres; None if it is not known.
    """
    contrast = contrasts.get(bootstrap.task)
    if contrast is None:
        return None
    lacking = missing(bootstrap, contrast.weights)
    if lacking:
        words = " and ".join(
            f"{name} with {', '.join(rates)}" for name, rates in _by_set(lacking, cell_m).items()
        )
        return Stated(contrast, None, "undecided", words, cell_m=cell_m)
    estimate = bootstrap.estimate(contrast.weights)
    verdict = stated_verdict(estimate)
    open_still = verdict == "undecided" and not estimate.reason
    needed = needed_times(estimate) if open_still else math.nan
    return Stated(contrast, estimate, verdict, needed=needed, cell_m=cell_m)


def _by_set(cells: Sequence[Cell], cell_m: float | None) -> dict[str, list[str]]:
    """Rates in words by channel set."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        found.setdefault(cell.channel_set, []).append(rates_text(cell.rates, cell_m))
    return found


def stated_text(stated: Stated, simulated: bool) -> str:
    """The result of a stated contrast in a sentence or two, with what it stands on."""
    plus, minus = (
        group.text(stated.cell_m) for group in (stated.contrast.plus, stated.contrast.minus)
    )
    said = f"{plus} scores more than {minus}"
    start = f"{stated.kind}: {said}."
    if stated.estimate is None:
        return f"{start} Not tested here, because this sweep has no network of {stated.lacking}."
    return f"{start} {result_text(stated.verdict, stated.estimate, stated.needed, simulated)}"
