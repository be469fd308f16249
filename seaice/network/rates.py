"""Atrous rates: presets, bounds, and how they are written."""

import re
from collections.abc import Sequence

from seaice.core.errors import ConfigError

Rates = tuple[int, ...]
"""Atrous rates in feature cells; empty for the control without an atrous branch."""

NONE: Rates = ()
"""The control without an atrous branch."""
CENTRE: Rates = (0, 0, 0)
"""The control with three branches that have only their centre tap: as deep as a network with three
rates, but without their context."""
CONTROLS = (NONE, CENTRE)
_WRITTEN = {"none": NONE, "centre": CENTRE}
"""Controls by their written form."""

RATE_PRESETS: tuple[Rates, ...] = ((1, 2, 3), (3, 6, 9), (6, 12, 18), (12, 24, 36))
MAX_RATES = 5
MAX_RATE = 96
RATES_HELP = (
    f"1 to {MAX_RATES} whole numbers from 1 to {MAX_RATE} joined by '-', such as 6-12-18, "
    "or one of the controls 'none' and 'centre'"
)
"""How rates are written, for messages and helps."""


def check_rates(rates: Sequence[int]) -> Rates:
    """Return rates as a tuple if a network can be built from them.

    Raises:
        ConfigError: There are more than five rates, or one is not between 1 and 96, and they are
            not the control `CENTRE`.
    """
    if tuple(rates) == CENTRE:
        return CENTRE
    if len(rates) > MAX_RATES or any(not 1 <= rate <= MAX_RATE for rate in rates):
        raise ConfigError(f"Write atrous rates as {RATES_HELP}; not {rates_name(rates)[:60]!r}.")
    return tuple(int(rate) for rate in rates)


def rates_name(rates: Sequence[int]) -> str:
    """Rates in their written form.

    >>> rates_name((6, 12, 18)), rates_name(()), rates_name((0, 0, 0))
    ('6-12-18', 'none', 'centre')
    """
    names = {control: name for name, control in _WRITTEN.items()}
    return names.get(tuple(rates)) or "-".join(str(rate) for rate in rates)


def parse_rates(text: str) -> Rates:
    """Rates from their written form; the inverse of `rates_name`.

    >>> parse_rates("6-12-18"), parse_rates("none"), parse_rates("centre")
    ((6, 12, 18), (), (0, 0, 0))

    Raises:
        ConfigError: The text is not a list of rates.
    """
    if text in _WRITTEN:
        return _WRITTEN[text]
    parts = text.split("-")
    if all(part.isascii() and part.isdigit() for part in parts):
        return check_rates([int(part) for part in parts])
    for name in _WRITTEN:
        if name in parts:
            raise ConfigError(f"'{name}' stands alone, not with rates: {text[:40]!r}.")
    separated = re.split(r"[\s,;-]+", text.strip())
    if all(part.isascii() and part.isdigit() for part in separated):
        raise ConfigError(f"Write atrous rates as {'-'.join(separated)[:60]}, not {text[:40]!r}.")
    raise ConfigError(f"Write atrous rates as {RATES_HELP}; not {text[:40]!r}.")
