"""The options of `seaice sweep`, and the plan that they and a configuration file give."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.core.errors import ConfigError
from seaice.core.folders import data_folder

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.experiment.sweep.folder import SweepFolder
    from seaice.experiment.sweep.plan import SweepPlan

_KEPT = {"data"}
"""What a sweep keeps even where other settings are given."""
_GRID = {"rates", "channels"}

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the sweep; without one, list them.")
]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The grid: JSON or TOML.")
]
Rates = Annotated[str, typer.Option("--rates", help="Atrous rates, such as 'none 1-2-3 6-12-18'.")]
Channels = Annotated[str, typer.Option("--channels", help="Channel sets, such as 'sar sar+amsr2'.")]
Seeds = Annotated[str, typer.Option("--seeds", help="Seeds, such as '0 1 2'.")]
Only = Annotated[
    str,
    typer.Option("--only", help="Cells in place of a grid, such as 'sar:none sar+amsr2:1-2-3'."),
]
Training = Annotated[
    str,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder with training scenes. [default of a new sweep: SEAICE_DATA, else data]",
    ),
]
Test = Annotated[
    str,
    typer.Option(
        "--test", metavar="DIR", help="Score cells on the scenes of this folder once finished."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting of all cells; repeatable."),
]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="NAME=VALUES",
        help="Vary a setting too, such as 'output_stride=4 8'; repeatable.",
    ),
]
TrunkSteps = Annotated[
    int | None,
    typer.Option(
        "--trunk-steps",
        min=1,
        help="Begin all rates of a channel set and seed with one trunk, trained this long.",
    ),
]
Scheduler = Annotated[
    str, typer.Option("--scheduler", metavar="ADDRESS", help="Scheduler of a Dask cluster.")
]
Workers = Annotated[
    int, typer.Option("--workers", min=1, max=64, help="Workers here, one a device.")
]


def given_values(
    config: Path | None,
    texts: dict[str, str],
    settings: Sequence[str],
    vary: Sequence[str],
    trunk_steps: int | None,
) -> dict[str, Any]:
    """The values of the configuration file, and of the options, which override it.

    Args:
        config: The file.
        texts: Rates, channel sets, seeds, cells and folders by name; empty where not given.
        settings: Settings as NAME=VALUE.
        vary: What else is varied, as NAME=VALUES.
        trunk_steps: Steps of the trunks.

    Raises:
        ConfigError: The file or an option cannot be read.
    """
    from seaice.experiment.sweep.plan_values import read_plan

    values = read_plan(config) if config else {}
    if texts["only"]:
        # In place of the file's grid.
        values = {name: each for name, each in values.items() if name not in _GRID}
    lists = {name: texts[name].split() for name in ("rates", "channels", "only")}
    values |= {name: each for name, each in lists.items() if each}
    if texts["seeds"]:
        values["seeds"] = _numbers(texts["seeds"])
    if texts["test"]:
        values["test"] = texts["test"]
    own = dict(map(_pair, settings)) | ({"data": texts["data"]} if texts["data"] else {})
    if own:
        values["settings"] = {**values.get("settings", {}), **own}
    varied = {
        name: [_value(each) for each in text.split()] for name, text in map(_named_text, vary)
    }
    if varied:
        values["vary"] = {**values.get("vary", {}), **varied}
    if trunk_steps is not None:
        values["trunk"] = {**values.get("trunk", {}), "steps": trunk_steps}
    return values


def given_plan(folder: "SweepFolder", given: dict[str, Any], where: str) -> "SweepPlan | None":
    """The plan that the user gives; what is left out is as in the sweep, if there is one.

    Args:
        folder: The sweep.
        given: From `given_values`.
        where: Where it comes from, for messages.

    Returns:
        The plan; None if nothing is given.

    Raises:
        ConfigError, SweepError: It does not fit, or the sweep cannot be read.
    """
    from seaice.experiment.sweep.folder import read_sweep
    from seaice.experiment.sweep.plan_values import plan_of

    if not given:
        return None
    if not os.path.exists(folder.file):
        settings = {"data": str(data_folder()), **given.get("settings", {})}
        return plan_of({**given, "settings": settings}, where)
    known = read_sweep(folder).plan.to_dict()
    if "only" in given:
        del known["rates"], known["channels"]
    elif given.keys() & {"rates", "channels"}:
        del known["only"]
    own, settings = given.get("settings", {}), known["settings"]
    kept = (
        settings
        if set(own) <= {"data"}
        else {name: settings[name] for name in _KEPT & settings.keys()}
    )
    return plan_of({**known, **given, "settings": {**kept, **own}}, where)


def _numbers(text: str) -> list[int]:
    if not all(each.isascii() and each.isdigit() for each in text.split()):
        raise ConfigError(f"Write seeds as '0 1 2', not {text[:40]!r}.")
    return [int(each) for each in text.split()]


def _pair(text: str) -> tuple[str, Any]:
    name, value = _named_text(text)
    return name, _value(value)


def _named_text(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ConfigError(f"Write a setting as NAME=VALUE, such as steps=400, not {text[:40]!r}.")
    return name.strip().replace("-", "_"), value.strip()


def _value(text: str) -> Any:  # noqa: ANN401 - a number, a truth value or text
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
