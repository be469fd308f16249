"""What a report is made of: checks with bounds, tables, and sections that hold both."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """One bound and what was measured.

    Attributes:
        group: What it is about, the title of its section.
        name: What was measured, unique within its group.
        measured: The result, as text.
        bound: What the result must be, as text.
        holds: Whether the bound holds; None if there is too little data.
    """

    group: str
    name: str
    measured: str
    bound: str
    holds: bool | None

    @property
    def verdict(self) -> str:
        """Whether the bound holds, as text."""
        return {True: "holds", False: "FAILS", None: "not judged"}[self.holds]


@dataclass(frozen=True)
class Table:
    """A table of text.

    Attributes:
        caption: What it shows.
        columns: Heads of the columns.
        rows: As many texts in each as there are columns.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_markdown(self) -> str:
        """The table as Markdown, its caption above it."""
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "\n".join([f"{self.caption}:", "", *(f"| {' | '.join(line)} |" for line in lines)])


@dataclass(frozen=True)
class Section:
    """One part of the report.

    Attributes:
        title: Its title, the group of its checks.
        text: Paragraphs: how it was measured, what was found.
        checks: Its checks, in order.
        tables: Its other tables.
        limits: Why bounds may fail; empty if there is no known reason.
    """

    title: str
    text: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    tables: tuple[Table, ...] = ()
    limits: str = ""

    @property
    def failures(self) -> tuple[Check, ...]:
        """The bounds that do not hold."""
        return tuple(check for check in self.checks if check.holds is False)

    def to_markdown(self) -> str:
        """The section as Markdown."""
        parts = [f"## {self.title}", *self.text]
        if self.limits:
            parts.append(f"What can keep a bound from being met: {self.limits}")
        if self.checks:
            parts.append(check_table("Bounds", self.checks).to_markdown())
        parts += [table.to_markdown() for table in self.tables]
        return "\n\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """The section as JSON values."""
        return asdict(self)


def check_table(caption: str, checks: Sequence[Check]) -> Table:
    """Checks as a table: name, measured, bound, verdict."""
    rows = tuple((check.name, check.measured, check.bound, check.verdict) for check in checks)
    return Table(caption, ("what", "measured", "bound", ""), rows)


def percent(share: float) -> str:
    """A share in percent, with three significant digits and at most two decimals.

    >>> percent(0.2238), percent(0.0151), percent(0.00151), percent(float("nan"))
    ('22.4 %', '1.51 %', '0.15 %', 'none')
    """
    if math.isnan(share):
        return "none"
    value = 100 * share
    return f"{value:.1f} %" if value >= 10 else f"{value:.2f} %"


def fixed(value: float, decimals: int, unit: str = "", *, signed: bool = False) -> str:
    """A number with a unit, or "none" for NaN.

    >>> fixed(-0.04, 1, "dB", signed=True), fixed(float("nan"), 2)
    ('+0.0 dB', 'none')
    """
    if math.isnan(value):
        return "none"
    # Adding zero removes the sign of a negative zero.
    text = f"{round(value, decimals) + 0.0:{'+' if signed else ''}.{decimals}f}"
    return f"{text} {unit}".rstrip()
