"""Options of a command out of the fields of a configuration."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from seaice.training.settings import SettingField, settings_of


def with_options_of(configuration: type) -> Callable[[Callable], Callable]:
    """Give a command one option for each field of a configuration, in the same words.

    The command takes them as keywords, None where an option was not named.

    Args:
        configuration: A dataclass whose fields are settings.
    """

    def decorate(command: Callable) -> Callable:
        """The command, with a signature that typer reads the options from."""
        own = [
            each
            for each in inspect.signature(command).parameters.values()
            if each.kind is not each.VAR_KEYWORD
        ]
        options = [_option(field) for field in settings_of(configuration).values()]
        signature = inspect.Signature([*own, *options])
        # What typer reads.
        command.__signature__ = signature  # type: ignore[attr-defined]
        command.__annotations__ = {
            name: each.annotation for name, each in signature.parameters.items()
        }
        return command

    return decorate


def _option(field: SettingField) -> inspect.Parameter:
    words = field.words
    flag = f"--{(words.option or field.name).replace('_', '-')}"
    kind: Any = field.kind if field.kind in (int, float, bool) else str
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            kind | None,
            typer.Option(
                f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
                help=_help(field),
                envvar=words.variable or None,
                show_default=False,
            ),
        ],
    )


def _help(field: SettingField) -> str:
    words = field.words
    parts = [words.help]
    if words.choices:
        parts.append(f"One of {', '.join(map(str, words.choices))}.")
    if words.low is not None:
        parts.append(f"{words.low:g} to {words.high:g}.")
    if field.default not in (None, ""):
        parts.append(f"[default: {field.default}]")
    return " ".join(parts)
