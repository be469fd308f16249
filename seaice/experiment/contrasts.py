"""Contrasts between groups of networks, and those that an experiment states beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seaice.ai4arctic.channels import channel_set
from seaice.core.errors import ConfigError
from seaice.experiment.bootstrap import Bootstrap
from seaice.experiment.reach import rates_text
from seaice.experiment.tally import TASKS, Cell, TaskName
from seaice.network.rates import parse_rates

Weights = dict[Cell, float]


@dataclass(frozen=True)
class Group:
    """Cells whose scores are averaged: each of the channel sets with each of the rates.

    Attributes:
        channels: Channel sets.
        rates: Atrous rates in their written form.
    """

    channels: tuple[str, ...]
    rates: tuple[str, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells."""
        return tuple(Cell(channels, rates) for channels in self.channels for rates in self.rates)

    def text(self, cell_m: float | None) -> str:
        """The cells in words, with their reach if the size of their feature cells is known."""
        rates = ", ".join(rates_text(each, cell_m) for each in self.rates)
        return f"{' and '.join(self.channels)} with rates {rates}"

    def __str__(self) -> str:
        return self.text(None)


@dataclass(frozen=True)
class Contrast:
    """Mean score of one group less that of another.

    Attributes:
        plus: The first group.
        minus: The second one.
        by_default: Whether the sweep does not state it, and it is tested nevertheless.
    """

    plus: Group
    minus: Group
    by_default: bool = field(default=False, compare=False)

    @property
    def weights(self) -> Weights:
        """Weights by cell."""
        return difference(self.plus.cells, self.minus.cells)

    def text(self, cell_m: float | None) -> str:
        """The contrast in words, see `Group.text`."""
        return f"{self.plus.text(cell_m)} less {self.minus.text(cell_m)}"

    def __str__(self) -> str:
        return self.text(None)


def difference(plus: Sequence[Cell], minus: Sequence[Cell]) -> Weights:
    """Weights of the mean of some cells less the mean of others."""
    weights: Weights = {}
    for cells, sign in ((plus, 1), (minus, -1)):
        for cell in cells:
            weights[cell] = weights.get(cell, 0.0) + sign / len(cells)
    return weights


def missing(bootstrap: Bootstrap, weights: Mapping[Cell, float]) -> tuple[Cell, ...]:
    """Cells of a contrast that have no network."""
    known = set(bootstrap.cells())
    return tuple(cell for cell in weights if cell not in known)


_SAR, _BOTH = ("sar",), ("sar+amsr2",)
DEFAULT_CONTRASTS: dict[TaskName, Contrast] = {
    "SIC": Contrast(Group(_SAR, ("1-2-3",)), Group(_SAR, ("12-24-36",)), by_default=True),
    "SOD": Contrast(Group(_BOTH, ("3-6-9", "6-12-18")), Group(_BOTH, ("1-2-3",)), by_default=True),
    "FLOE": Contrast(Group(_SAR, ("1-2-3",)), Group(_SAR, ("12-24-36",)), by_default=True),
}
"""What a sweep that states no contrasts tests: findings of the study."""

_FORM = (
    '{"SIC": {"plus": {"channels": ["sar"], "rates": ["1-2-3"]}, '
    '"minus": {"channels": ["sar"], "rates": ["12-24-36"]}}}'
)


def contrasts_of(settings: Mapping[str, Any], where: Path) -> dict[TaskName, Contrast]:
    """The contrasts that a sweep states: `contrasts` of its `sweep.json`.

    Args:
        settings: The content of the file, see `sweep_settings.read_settings`.
        where: The file, for messages.

    Returns:
        One for each task that has one; `DEFAULT_CONTRASTS` if the entry is missing.

    Raises:
        ConfigError: A contrast is not what it should be.
    """
    stated = settings.get("contrasts")
    if not stated:
        return DEFAULT_CONTRASTS
    try:
        return parse_contrasts(stated)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def parse_contrasts(stated: object) -> dict[TaskName, Contrast]:
    """Contrasts by task from JSON values.

    Raises:
        ConfigError: They have another form.
    """
    if not isinstance(stated, dict) or not stated.keys() <= set(TASKS):
        raise ConfigError(f"Write contrasts by task ({', '.join(TASKS)}), such as {_FORM}.")
    return {
        task: Contrast(_group(stated[task], "plus"), _group(stated[task], "minus"))
        for task in TASKS
        if task in stated
    }


def contrasts_json(contrasts: Mapping[TaskName, Contrast]) -> dict[str, Any]:
    """Contrasts as JSON values; the inverse of `parse_contrasts`."""
    return {
        task: {
            side: {"channels": list(group.channels), "rates": list(group.rates)}
            for side, group in (("plus", contrast.plus), ("minus", contrast.minus))
        }
        for task, contrast in contrasts.items()
    }


def _group(contrast: object, side: str) -> Group:
    group = contrast.get(side) if isinstance(contrast, dict) else None
    lists: list[Any] = [
        group.get(name) if isinstance(group, dict) else None for name in ("channels", "rates")
    ]
    for values in lists:
        if (
            not isinstance(values, list)
            or not values
            or not all(isinstance(v, str) for v in values)
        ):
            raise ConfigError(
                f"{side!r} of a contrast lists channel sets and rates, as in {_FORM}."
            )
    channels, rates = lists
    for name in channels:
        channel_set(name)
    for name in rates:
        parse_rates(name)
    return Group(tuple(channels), tuple(rates))
