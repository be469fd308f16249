"""What the tests of a map of evidence say, in words."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seaice.core.text import counted
from seaice.explain.faithful import Trial
from seaice.explain.targets import target_names

Outcome = Literal["passed", "failed", "says little", "not known"]

_LEAST_GAIN = 0.05
"""Of the whole change: a map that does less better than a random order says nothing."""
_LIKE = 0.5
"""Rank correlation from which two maps are alike."""
_NONE = 1e-6
_COVERED = 0.9
"""Of the field: from there on, evidence at a random place lies on true ice, too."""


@dataclass(frozen=True)
class Verdict:
    """What one test says.

    Attributes:
        test: The test.
        outcome: Whether the map passed.
        text: Why, in a sentence.
    """

    test: str
    outcome: Outcome
    text: str


def verdicts(trial: Trial) -> list[Verdict]:
    """What every test says of a map."""
    return [
        _curve("Deletion", trial.deletion_gain, "removed", "falls"),
        _curve("Insertion", trial.insertion_gain, "put back", "rises"),
        _random_weights(trial),
        _agreement(trial),
        _beyond(trial),
        _truth(trial),
    ]


def summary(said: list[Verdict]) -> str:
    """What all tests say together, as the end of a sentence.

    >>> summary([Verdict("Field", "passed", ""), Verdict("True ice", "not known", "")])
    'passes 1 test; not known: true ice'
    """
    failed, passed = _tests(said, "failed"), _tests(said, "passed")
    found = [f"passes {counted(len(passed), 'test')}"]
    if failed:
        found = [f"fails: {', '.join(failed)}"]
    elif len(passed) == len(said):
        found = ["passes every test"]
    rest: tuple[Outcome, ...] = "says little", "not known"
    found += [f"{each}: {', '.join(tests)}" for each in rest if (tests := _tests(said, each))]
    return "; ".join(found)


def _tests(said: list[Verdict], outcome: Outcome) -> list[str]:
    """The tests of an outcome."""
    return [each.test.lower() for each in said if each.outcome == outcome]


def _curve(test: str, gain: float, done: str, moves: str) -> Verdict:
    if np.isnan(gain):
        return Verdict(
            test,
            "failed",
            "The output does not fall when all cells are removed, so nothing here supports it.",
        )
    if gain < _LEAST_GAIN:
        return Verdict(
            test,
            "failed",
            f"The output {moves} no faster when the strongest cells are {done} first than in "
            "random order. Do not believe this map.",
        )
    return Verdict(
        test,
        "passed",
        f"The output {moves} faster when the strongest cells are {done} first than in random "
        f"order, by {gain:.0%} of the whole change.".replace("%", " %"),
    )


def _random_weights(trial: Trial) -> Verdict:
    likeness = trial.random_weights
    if np.isnan(likeness):
        return Verdict("Random weights", "not known", "One of the two maps is constant.")
    if abs(likeness) >= _LIKE:
        return Verdict(
            "Random weights",
            "failed",
            f"A network of random weights gives a similar map (rank correlation {likeness:.2f}): "
            "this one shows the scene and the field rather than what was learned.",
        )
    return Verdict(
        "Random weights",
        "passed",
        f"A network of random weights gives another map (rank correlation {likeness:.2f}).",
    )


def _agreement(trial: Trial) -> Verdict:
    likeness = trial.agreement
    if np.isnan(likeness):
        return Verdict("Other method", "not known", "One of the two maps is constant.")
    found = f"(rank correlation {likeness:.2f})"
    if likeness < _LIKE:
        return Verdict(
            "Other method",
            "failed",
            f"What the output loses without blocks of cells lies elsewhere {found}: do not read "
            "places off this map.",
        )
    text = f"What the output loses without blocks of cells lies in the same places {found}."
    return Verdict("Other method", "passed", text)


def _beyond(trial: Trial) -> Verdict:
    if trial.beyond > _NONE:
        share = f"{trial.beyond:.1%}".replace("%", " %")
        return Verdict("Field", "failed", f"{share} of the evidence lies beyond the field.")
    return Verdict("Field", "passed", "No evidence lies beyond the receptive field.")


def _truth(trial: Trial) -> Verdict:
    name = target_names(trial.config.chart)[trial.config.target].lower()
    if reason := _no_truth(trial):
        return Verdict("True ice", "not known", reason)
    shares = f"{trial.on_truth:.0%} of the evidence lies on true {name}, which covers "
    text = f"{shares}{trial.truth_share:.0%} of the field.".replace("%", " %")
    if trial.truth_share == 0:
        return Verdict("True ice", "not known", text)
    gain = trial.on_truth - trial.truth_share
    # As little is lost as could be gained.
    if trial.truth_share >= _COVERED and gain >= trial.truth_share - 1:
        little = "That says little here: evidence at a random place would lie on it as often."
        return Verdict("True ice", "says little", f"{text} {little}")
    return Verdict("True ice", "passed" if gain > 0 else "failed", text)


def _no_truth(trial: Trial) -> str:
    """Why evidence cannot be held against true ice; empty if it can."""
    if trial.config.chart == "SIC":
        return "SIC is a concentration, not a class, so there is no true ice of it."
    if np.isnan(trial.truth_share):
        return "Where the ice of a class truly lies is known on simulated scenes alone."
    return "No evidence supports it here." if np.isnan(trial.on_truth) else ""
