"""What can be explained of a chart: its classes, and for SIC more ice or less. Needs no torch."""

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError

SIC_TARGETS = ("more ice", "less ice")
"""Targets of SIC, a regression: evidence that raises the concentration, and that lowers it."""


def target_names(chart: ChartName) -> tuple[str, ...]:
    """What can be explained of a chart, in order."""
    return SIC_TARGETS if chart == "SIC" else CHART[chart].class_names


def target_of(chart: ChartName, words: str) -> int:
    """The target that a user means.

    Args:
        chart: The chart.
        words: A target's number, its name or the beginning of its name, in any case.

    Raises:
        ConfigError: No target or more than one is called so.

    >>> target_of("SOD", "young"), target_of("SOD", "4"), target_of("SIC", "less ice")
    (2, 4, 1)
    """
    names = target_names(chart)
    wanted = words.strip().casefold()
    if wanted.isdecimal() and int(wanted) < len(names):
        return int(wanted)
    whole = [i for i, name in enumerate(names) if name.casefold() == wanted]
    found = whole or [i for i, name in enumerate(names) if name.casefold().startswith(wanted)]
    if len(found) != 1 or not wanted:
        raise ConfigError(
            f"{chart} has no target {words[:40]!r}. There are: "
            + ", ".join(f"{i} {name}" for i, name in enumerate(names))
            + "."
        )
    return found[0]
