"""What a field of the configuration is to a person: its words, its bounds, its choices."""

from dataclasses import MISSING, dataclass, fields
from typing import Any, Literal, get_args

from seaice.core.errors import ConfigError

Group = Literal["Data", "Network", "Training", "Validation", "Machine"]


@dataclass(frozen=True)
class Setting:
    """Words and bounds of a field; the form, the command's options and the checks come from them.

    Attributes:
        label: Name that a person reads.
        help: What it is.
        group: Where it stands in the form.
        low: Smallest value of a number.
        high: Largest one.
        choices: All values that it can have; empty where bounds tell.
        option: Name of the command's option, without its dashes; the field's own where empty.
        variable: Environment variable that names a value where no option does.
    """

    label: str
    help: str
    group: Group
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] = ()
    option: str = ""
    variable: str = ""


@dataclass(frozen=True)
class SettingField:
    """A field of a configuration.

    Attributes:
        name: Its name.
        kind: Type of its values: int, float, bool, str, or a tuple of numbers.
        default: Its default; None where it must be said.
        words: Its words and bounds.
    """

    name: str
    kind: Any
    default: Any
    words: Setting


def settings_of(configuration: type) -> dict[str, SettingField]:
    """Fields of a dataclass whose types are annotated with a `Setting`, by name, in order."""
    found = {}
    for field in fields(configuration):
        kind, words = get_args(field.type)
        kind = type(words.choices[0]) if words.choices else kind
        default = None if field.default is MISSING else field.default
        found[field.name] = SettingField(field.name, kind, default, words)
    return found


def check(field: SettingField, value: object) -> None:
    """Hold a value against its field's type, bounds and choices.

    Raises:
        ConfigError: It is out of them.
    """
    words, shown = field.words, repr(str(value)[:40])
    if words.choices:
        # A list has no hash, and True equals 1: told apart by type first.
        if type(value) is not field.kind or value not in words.choices:
            known = ", ".join(str(choice) for choice in words.choices)
            raise ConfigError(f"{field.name} is one of {known}, not {shown}.")
    elif field.kind is bool:
        if not isinstance(value, bool):
            raise ConfigError(f"{field.name} is true or false, not {shown}.")
    elif field.kind is str:
        if not isinstance(value, str):
            raise ConfigError(f"{field.name} is text, not {shown}.")
    else:
        _check_number(field, value)


def _check_number(field: SettingField, value: object) -> None:
    accepted = (int,) if field.kind is int else (int, float)
    if not isinstance(value, accepted) or isinstance(value, bool):
        what = "a whole number" if field.kind is int else "a number"
        raise ConfigError(f"{field.name} is {what}, not {str(value)[:40]!r}.")
    low, high = field.words.low, field.words.high
    # NaN is between no bounds.
    if not low <= value <= high:  # type: ignore[operator] - every number has bounds
        raise ConfigError(f"{field.name} is between {low:g} and {high:g}, not {str(value)[:40]}.")
