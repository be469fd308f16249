"""The contrast of a task that is tested by itself, and what came of it, in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from seaice.experiment.bootstrap import Bootstrap, Estimate
from seaice.experiment.contrasts import Contrast, missing
from seaice.experiment.sentences import result_text
from seaice.experiment.statements import VerdictName, needed_times, stated_verdict
from seaice.experiment.tally import TaskName


@dataclass(frozen=True)
class Stated:
    """The contrast of a task that is tested by itself, and what came of it.

    Attributes:
        contrast: The contrast.
        estimate: Its effect; None if the sweep lacks networks.
        verdict: What it says of "the first group is better".
        lacking: The networks that it lacks, in words.
        needed: How many times as many scenes and seeds would decide it, see `Verdict`.
    """

    contrast: Contrast
    estimate: Estimate | None
    verdict: VerdictName
    lacking: str = ""
    needed: float = math.nan

    @property
    def kind(self) -> str:
        """Whether the sweep's configuration states the contrast, in words."""
        return "Tested by default" if self.contrast.by_default else "Stated beforehand"


def stated_result(bootstrap: Bootstrap, contrasts: Mapping[TaskName, Contrast]) -> Stated | None:
    """The result of the contrast of a bootstrap's task; None if there is none."""
    contrast = contrasts.get(bootstrap.task)
    if contrast is None:
        return None
    lacking = missing(bootstrap, contrast.weights)
    if lacking:
        sets = dict.fromkeys(cell.channel_set for cell in lacking)
        words = " and ".join(
            f"{name} with {', '.join(each.rates for each in lacking if each.channel_set == name)}"
            for name in sets
        )
        return Stated(contrast, None, "undecided", words)
    estimate = bootstrap.estimate(contrast.weights)
    verdict = stated_verdict(estimate)
    open_still = verdict == "undecided" and not estimate.reason
    needed = needed_times(estimate) if open_still else math.nan
    return Stated(contrast, estimate, verdict, needed=needed)


def stated_text(stated: Stated, simulated: bool) -> str:
    """The result of a stated contrast in a sentence or two, with what it stands on."""
    said = f"{stated.contrast.plus} scores more than {stated.contrast.minus}"
    start = f"{stated.kind}: {said}."
    if stated.estimate is None:
        return f"{start} Not tested here, because this sweep has no network of {stated.lacking}."
    return f"{start} {result_text(stated.verdict, stated.estimate, stated.needed, simulated)}"
