"""How baselines are drawn beside networks: by their kind, and by their channel set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_KINDS = 3
"""Kinds that have a dash of their own."""


@dataclass(frozen=True)
class BaselineLine:
    """A baseline's line.

    Attributes:
        label: Kind and channel set, or the kind alone.
        score: Its score.
        kind: The kind, which the legend names once for all channel sets: the names of all would
            cover the networks' lines.
        dash: Number of the kind's dash, less than `MOST_KINDS`.
        number: Number of the networks' line of its channel set, whose colour and symbol it has;
            None if there is none.
    """

    label: str
    score: float
    kind: str
    dash: int
    number: int | None


def baseline_lines(
    channel_sets: Sequence[str], baselines: Mapping[str, float]
) -> list[BaselineLine]:
    """The lines of baselines, the best first.

    Args:
        channel_sets: Those of the networks' lines.
        baselines: Scores by label.
    """
    numbers = {name: number for number, name in enumerate(channel_sets)}
    kinds: dict[str, int] = {}
    lines = []
    for label, score in sorted(baselines.items(), key=lambda each: -each[1]):
        kind, _, channel_set = label.partition(" \N{MIDDLE DOT} ")
        dash = kinds.setdefault(kind, len(kinds)) % MOST_KINDS
        lines.append(BaselineLine(label, score, kind, dash, numbers.get(channel_set)))
    return lines
