"""The command `seaice sweep`: trains a grid of networks that differ in what they see."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.options import AsJson, Models, Runs
from seaice.commands.output import print_message, print_result
from seaice.core.durations import time_left_text
from seaice.core.errors import ConfigError, SweepError

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.experiment.sweep.folder import Sweep
    from seaice.experiment.sweep.plan import SweepPlan
    from seaice.experiment.sweep.progress import SweepProgress

_STOPPED = 130


def sweep(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the sweep; without one, list them.")
    ] = "",
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="The grid: JSON or TOML.")
    ] = None,
    rates: Annotated[
        str, typer.Option("--rates", help="Atrous rates, such as 'none 1-2-3 6-12-18'.")
    ] = "",
    channels: Annotated[
        str, typer.Option("--channels", help="Channel sets, such as 'sar sar+amsr2'.")
    ] = "",
    seeds: Annotated[str, typer.Option("--seeds", help="Seeds, such as '0 1 2'.")] = "",
    data: Annotated[
        str,
        typer.Option(
            "--data", metavar="DIR", envvar="SEAICE_DATA", help="Folder with training scenes."
        ),
    ] = "",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of all cells; repeatable."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=VALUES",
            help="Vary a setting too, such as 'output_stride=4 8'; repeatable.",
        ),
    ] = None,
    trunk_steps: Annotated[
        int | None,
        typer.Option(
            "--trunk-steps",
            min=1,
            help="Begin all rates of a channel set and seed with one trunk, trained this long.",
        ),
    ] = None,
    scheduler: Annotated[
        str, typer.Option("--scheduler", metavar="ADDRESS", help="Scheduler of a Dask cluster.")
    ] = "",
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Workers here, one a device.")
    ] = 1,
    models: Models = Path("models"),
    runs: Runs = Path("runs"),
    as_json: AsJson = False,
) -> None:
    """Train a grid of rates, channel sets and seeds.

    Start the command again to go on, also with more rates, channel sets or seeds.
    """
    from seaice.experiment.sweep.folder import planned, sweep_folder

    if not name:
        _list(runs, as_json)
        return
    folder = sweep_folder(runs, name)
    given = _given(config, rates, channels, seeds, data, settings or [], vary or [], trunk_steps)
    plan = _plan(folder.file, given, str(config or "The options"))
    _train(planned(folder, plan), models, scheduler, workers, as_json)


def _given(
    config: Path | None,
    rates: str,
    channels: str,
    seeds: str,
    data: str,
    settings: Sequence[str],
    vary: Sequence[str],
    trunk_steps: int | None,
) -> dict[str, Any]:
    """The values of the configuration file, and of the options, which override it."""
    from seaice.experiment.sweep.plan import read_plan

    values = read_plan(config) if config else {}
    lists = {"rates": rates.split(), "channels": channels.split(), "seeds": _numbers(seeds)}
    values |= {name: each for name, each in lists.items() if each}
    own = dict(map(_pair, settings)) | ({"data": data} if data else {})
    if own:
        values["settings"] = {**values.get("settings", {}), **own}
    varied = {name: [_value(each) for each in f"{text}".split()] for name, text in _pairs(vary)}
    if varied:
        values["vary"] = {**values.get("vary", {}), **varied}
    if trunk_steps is not None:
        values["trunk"] = {**values.get("trunk", {}), "steps": trunk_steps}
    return values


def _plan(file: Path, given: dict[str, Any], where: str) -> "SweepPlan | None":
    """The plan that the user gives; what is left out is as in the sweep, if there is one."""
    from seaice.experiment.sweep.folder import SweepFolder, read_sweep
    from seaice.experiment.sweep.plan import plan_of

    if not given:
        return None
    known = read_sweep(SweepFolder(file.parent)).plan.to_dict() if file.exists() else {}
    if known and set(given.get("settings", {})) <= {"data"}:
        # SEAICE_DATA may have given it.
        given["settings"] = known["settings"] | given.get("settings", {})
    return plan_of({**known, **given}, where)


def _train(sweep: "Sweep", models: Path, scheduler: str, workers: int, as_json: bool) -> None:
    from seaice.experiment.sweep.cluster import cluster_workers
    from seaice.experiment.sweep.progress import standings, sweep_progress
    from seaice.experiment.sweep.train import train_sweep

    _require_scenes(sweep.plan.settings)
    try:
        with _stopped_by_sigterm(), cluster_workers(scheduler, workers) as (executor, count):
            sweep = train_sweep(sweep, models, executor, count, _print_progress)
    except KeyboardInterrupt:
        print_message(f"go on with: seaice sweep {sweep.folder.name}")
        raise typer.Exit(_STOPPED) from None
    progress = sweep_progress(standings(sweep))
    facts = {**_facts(sweep, progress), "checkpoints": list(map(str, sweep.checkpoints()))}
    print_result(facts, as_json, "\n".join(facts["checkpoints"]))
    if not progress.done:
        raise SweepError(" ".join(_unfinished(progress)))


def _unfinished(progress: "SweepProgress") -> list[str]:
    sentences = [f"{name} failed: {why}" for name, why in progress.failed]
    count = progress.cells - progress.finished
    return [f"{count} of {progress.cells} cells are not finished.", *sentences]


def _require_scenes(settings: Mapping[str, Any]) -> None:
    """A typing mistake would cost a retry of every cell."""
    from seaice.scenes.catalogue import require_scene_files

    for name in ("data", "validation"):
        if folder := settings.get(name, "data" if name == "data" else ""):
            require_scene_files(Path(folder))


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does, as a cluster sends it before the time is up."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_progress(progress: "SweepProgress") -> None:
    parts = [f"cell {progress.finished}/{progress.cells}", f"{100 * progress.share:.0f} %"]
    if not progress.done:
        parts.append(time_left_text(progress.seconds_left))
    print_message("  ".join(filter(None, [*parts, *progress.running])))


def _list(runs: Path, as_json: bool) -> None:
    from seaice.experiment.sweep.folder import list_sweeps
    from seaice.experiment.sweep.progress import standings, sweep_matrix, sweep_progress

    sweeps, problems = list_sweeps(runs)
    facts, lines = [], []
    for each in sweeps:
        stand = standings(each)
        progress = sweep_progress(stand)
        facts.append(_facts(each, progress))
        lines.append(f"{each.folder.name}  {progress.finished} of {progress.cells} cells")
        lines.append(sweep_matrix(stand).to_string())
    print_result(facts, as_json, "\n".join(lines) or f"There are no sweeps in {runs}.")
    for problem in problems:
        print_message(problem)


def _facts(sweep: "Sweep", progress: "SweepProgress") -> dict[str, Any]:
    return {
        "sweep": str(sweep.folder.path),
        "cells": progress.cells,
        "finished": progress.finished,
        "failed": dict(progress.failed),
        "seconds_left": progress.seconds_left,
        "runs": dict(sweep.runs),
    }


def _numbers(text: str) -> list[int]:
    if not all(each.isascii() and each.isdigit() for each in text.split()):
        raise ConfigError(f"Write seeds as '0 1 2', not {text[:40]!r}.")
    return [int(each) for each in text.split()]


def _pairs(texts: Sequence[str]) -> list[tuple[str, Any]]:
    return [(name, text) for name, text in (_split(each) for each in texts)]


def _pair(text: str) -> tuple[str, Any]:
    name, value = _split(text)
    return name, _value(value)


def _split(text: str) -> tuple[str, str]:
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
