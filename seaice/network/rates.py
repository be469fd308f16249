"""Atrous rates: presets, bounds, and how they are written."""

from collections.abc import Sequence

from seaice.core.errors import ConfigError

Rates = tuple[int, ...]
"""Atrous rates in feature cells; empty for the control without an atrous branch."""

RATE_PRESETS: tuple[Rates, ...] = ((1, 2, 3), (3, 6, 9), (6, 12, 18), (12, 24, 36))
MAX_RATES = 5
MAX_RATE = 96


def check_rates(rates: Sequence[int]) -> Rates:
    """Rates as a tuple, if a network can be built from them.

    Raises:
        ConfigError: More than five rates, or one that is not between 1 and 96.
    """
    if len(rates) > MAX_RATES or any(not 1 <= rate <= MAX_RATE for rate in rates):
        raise ConfigError(
            f"Atrous rates must be one to {MAX_RATES} whole numbers between 1 and {MAX_RATE}, such "
            f"as 6-12-18, or 'none'; not {rates_name(rates)[:60]!r}."
        )
    return tuple(int(rate) for rate in rates)


def rates_name(rates: Sequence[int]) -> str:
    """Rates as they are written everywhere.

    >>> rates_name((6, 12, 18)), rates_name(())
    ('6-12-18', 'none')
    """
    return "-".join(str(rate) for rate in rates) or "none"


def parse_rates(text: str) -> Rates:
    """Rates from their written form; inverse of `rates_name`.

    >>> parse_rates("6-12-18"), parse_rates("none")
    ((6, 12, 18), ())

    Raises:
        ConfigError: The text does not name rates.
    """
    if text == "none":
        return ()
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ConfigError(
            f"Atrous rates {text[:40]!r} are whole numbers joined by '-', such as 6-12-18, "
            "or 'none'."
        )
    return check_rates([int(part) for part in parts])
