"""Plans of sweeps from the values of a file, and what does not fit in them."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seaice.core.errors import ConfigError
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.sweep.plan import Pair, SweepPlan
from seaice.experiment.sweep_settings import read_settings
from seaice.network.rates import parse_rates

_VALUE = str, int, float
"""What a varied setting can be."""


def plan_of(values: object, where: str) -> SweepPlan:
    """A plan from the values of a file.

    Args:
        values: As `SweepPlan.to_dict` gives them; what is left out is empty, seeds are 0. Rates and
            channel sets may be left out where `only` names cells.
        where: The file, for messages.

    Raises:
        ConfigError: The values have another form.
    """
    try:
        return _plan_of(values)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def _plan_of(values: object) -> SweepPlan:
    if not isinstance(values, dict):
        raise ConfigError("This is no configuration of a sweep.")
    names = set(SweepPlan.__dataclass_fields__)
    if unknown := sorted(set(values) - names):
        raise ConfigError(
            f"A sweep has no {', '.join(map(str, unknown))[:80]}. It has: "
            f"{', '.join(SweepPlan.__dataclass_fields__)}."
        )
    tables = {name: _table(values, name) for name in ("vary", "settings", "trunk", "contrasts")}
    varied = tables.pop("vary")
    vary = {name: tuple(_list(varied, name, _VALUE)) for name in varied}
    only = tuple(map(_pair, _list(values, "only", str)))
    test = values.get("test", "")
    if not isinstance(test, str):
        raise ConfigError("test of a sweep is a folder.")
    rates = tuple(parse_rates(each) for each in _list(values, "rates", str))
    return SweepPlan(
        rates=rates or tuple(dict.fromkeys(each for _, each in only)),
        channels=tuple(_list(values, "channels", str)) or tuple(dict(only)),
        seeds=tuple(_list({"seeds": [0], **values}, "seeds", int)),
        vary=vary,
        only=only,
        test=test,
        **tables,
    )


def _pair(text: str) -> Pair:
    channels, colon, rates = text.partition(":")
    if not colon:
        raise ConfigError(f"Write a cell as CHANNELS:RATES, such as sar:1-2-3, not {text[:40]!r}.")
    return channels, parse_rates(rates)


def read_plan(path: Path) -> dict[str, Any]:
    """The values of a configuration file, JSON or TOML by its ending, not checked yet.

    Raises:
        ConfigError: The file is missing, or not what its ending says.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"{path} cannot be read as {'TOML' if path.suffix == '.toml' else 'JSON'} ({reason})."
        ) from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} is no configuration of a sweep.")
    return values


def plan_values(sweep: EvaluatedSweep) -> dict[str, Any]:
    """What the `sweep.json` of a sweep says of its plan; empty without one.

    Raises:
        ConfigError: The file is damaged, or is no valid plan.
    """
    content = read_settings(sweep.settings)
    known = {name: content[name] for name in SweepPlan.__dataclass_fields__ if name in content}
    if known.get("settings"):
        plan_of(known, str(sweep.settings))
        return known
    return {}


def _table(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{name} of a sweep holds settings by name.")
    return table


def _list(values: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Sequence[Any]:
    given = values.get(name, [])
    right = isinstance(given, list) and all(
        isinstance(each, kind) and not isinstance(each, bool) for each in given
    )
    if not right:
        raise ConfigError(f"{name} of a sweep is a list, such as {_EXAMPLES.get(name, '[4, 8]')}.")
    return list(dict.fromkeys(given))


_EXAMPLES = {
    "rates": '["none", "1-2-3"]',
    "channels": '["sar", "sar+amsr2"]',
    "seeds": "[0, 1]",
    "only": '["sar:1-2-3"]',
}
