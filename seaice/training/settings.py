"""Settings: the label, help, bounds and choices of each field of a configuration."""

from dataclasses import MISSING, dataclass, fields
from inspect import get_annotations
from typing import Any, Literal, get_args

from seaice.core.errors import ConfigError

Group = Literal["Data", "Network", "Training", "Validation", "Machine"]
ESSENTIAL = ("rates", "channel_set", "data", "steps", "seed")
"""Settings of a training that a newcomer chooses: those of the short form, the first of a help."""


@dataclass(frozen=True)
class Setting:
    """Label, help and bounds of a field. The form, the options and the checks come from them.

    Attributes:
        label: Name in the form.
        help: Explanation in the form and of the command's option.
        group: Section of the form.
        low: Smallest value of a number.
        high: Largest value of a number.
        choices: All possible values; empty for a field with bounds.
        option: Name of the command's option without its dashes; the field's own name if empty.
        variable: Environment variable that gives the value if no option does.
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
        default: Its default; None if it is required.
        words: Its label, help and bounds.
    """

    name: str
    kind: Any
    default: Any
    words: Setting


def settings_of(configuration: type) -> dict[str, SettingField]:
    """Fields of a dataclass whose types are annotated with a `Setting`, by name, in order.

    Those that it inherits come last: they are the finer ones.
    """
    own, settings = get_annotations(configuration), {}
    for field in sorted(fields(configuration), key=lambda field: field.name not in own):
        kind, words = get_args(field.type)
        kind = type(words.choices[0]) if words.choices else kind
        default = None if field.default is MISSING else field.default
        settings[field.name] = SettingField(field.name, kind, default, words)
    return settings


def check(field: SettingField, value: object) -> None:
    """Check a value against its field's type, bounds and choices.

    Raises:
        ConfigError: The value does not fit. Names the field and says what it can be.
    """
    words, shown = field.words, repr(str(value)[:40])
    if words.choices:
        # Compare types first: a list cannot be hashed, and True equals 1.
        if type(value) is not field.kind or value not in words.choices:
            known = ", ".join(str(choice) for choice in words.choices)
            raise ConfigError(f"{field.name} must be one of {known}, not {shown}.")
    elif field.kind is bool:
        if not isinstance(value, bool):
            raise ConfigError(f"{field.name} must be true or false, not {shown}.")
    elif field.kind is str:
        if not isinstance(value, str):
            raise ConfigError(f"{field.name} must be text, not {shown}.")
    else:
        _check_number(field, value)


def _check_number(field: SettingField, value: object) -> None:
    accepted = (int,) if field.kind is int else (int, float)
    if not isinstance(value, accepted) or isinstance(value, bool):
        expected = "a whole number" if field.kind is int else "a number"
        raise ConfigError(f"{field.name} must be {expected}, not {str(value)[:40]!r}.")
    low, high = field.words.low, field.words.high
    if low is None or high is None:
        raise TypeError(f"{field.name} is a number without bounds")
    # NaN is between no bounds.
    if not low <= value <= high:
        raise ConfigError(
            f"{field.name} must be between {low:g} and {high:g}, not {str(value)[:40]}."
        )
