"""How values are read from the query of an address, which is untrusted text."""

import re
from collections.abc import Callable, Sequence

from seaice.core.errors import ConfigError


def one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text not in known:
            raise ConfigError(f"Unknown value {text!r}.")
        return text

    return read


def number(text: str) -> int:
    """A whole number, 0 or more."""
    if not (text.isascii() and text.isdigit()):
        raise ConfigError("Write a whole number.")
    return int(text)


def percent(text: str) -> int:
    """A percentage in steps of 5, as pickers have them."""
    if number(text) > 100:
        raise ConfigError("Write 0 to 100 %.")
    # The picker moves in steps of 5.
    return round(number(text) / 5) * 5


def percent_of_any(text: str) -> int:
    """A whole percentage."""
    if number(text) > 100:
        raise ConfigError("Write 0 to 100.")
    return number(text)


def matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    """A reader of what matches a pattern."""

    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ConfigError(f"Unknown value {text!r}.")
        return text

    return read


def token(name: str) -> str:
    """A choice's name as a word in an address."""
    return name.lower().replace(" ", "-")


def named(names: Sequence[str]) -> Callable[[str], str]:
    """A reader of choices, each by its word in an address."""
    return lambda text: {token(name): name for name in names}.get(text) or refuse(text)


def refuse(text: str) -> str:
    """Refuse a value."""
    raise ConfigError(f"Unknown value {text!r}.")


def each(read: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """A reader of one or more values with spaces between them."""
    return lambda text: tuple(read(part) for part in text.split()) or (refuse(text),)
