"""The command `seaice sweep`: trains a grid of networks that differ in what they see."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.commands import sweep_options as options
from seaice.commands.options import AsJson, Models, Runs
from seaice.commands.output import print_message, print_result
from seaice.core.durations import time_left_text
from seaice.core.endings import SignalledExit
from seaice.core.errors import ConfigError, SweepError

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.experiment.sweep.folder import Sweep
    from seaice.experiment.sweep.progress import SweepProgress
    from seaice.experiment.sweep.scoring import Scoring


def sweep(
    name: options.Name = "",
    config: options.Config = None,
    rates: options.Rates = "",
    channels: options.Channels = "",
    seeds: options.Seeds = "",
    only: options.Only = "",
    data: options.Training = "",
    test: options.Test = "",
    settings: options.Settings = None,
    vary: options.Vary = None,
    trunk_steps: options.TrunkSteps = None,
    scheduler: options.Scheduler = "",
    workers: options.Workers = 1,
    models: Models = Path("models"),
    runs: Runs = Path("runs"),
    as_json: AsJson = False,
) -> None:
    """Train a grid of rates, channel sets and seeds.

    Start the command again to go on, also with more rates, channel sets or seeds.
    """
    from seaice.experiment.sweep.folder import planned, sweep_folder

    texts = {"rates": rates, "channels": channels, "seeds": seeds, "only": only}
    texts |= {"data": data, "test": test}
    given = options.given_values(config, texts, settings or [], vary or [], trunk_steps)
    if not name and given:
        raise ConfigError("Name the sweep: `seaice sweep NAME --rates ... --channels ...`.")
    if not name:
        _list(runs, as_json)
        return
    folder = sweep_folder(runs, name)
    plan = options.given_plan(folder, given, str(config or "The options"))
    _work_on(planned(folder, plan), models, scheduler, workers, as_json)


def _work_on(sweep: "Sweep", models: Path, scheduler: str, workers: int, as_json: bool) -> None:
    from seaice.core.cluster import announced, cluster_workers
    from seaice.experiment.sweep.progress import standings, sweep_progress
    from seaice.experiment.sweep.scenes import require_scenes, require_trainable
    from seaice.experiment.sweep.scoring import Scoring
    from seaice.experiment.sweep.train import train_sweep

    def check(sweep: "Sweep") -> None:
        require_scenes(sweep.plan)
        if not scheduler:
            # Workers elsewhere may have other scenes under these names.
            require_trainable(sweep, models)

    check(sweep)
    scoring = Scoring(sweep.folder, models)
    try:
        with cluster_workers(scheduler, workers) as (executor, count_workers):
            count = announced(count_workers, scheduler, print_message)
            sweep = train_sweep(
                sweep, models, executor, count, _print_progress, scoring=scoring, check=check
            )
    except (KeyboardInterrupt, SignalledExit):
        print_message(f"go on with: {_again(sweep.folder.name, models, sweep.folder.runs)}")
        raise
    progress = sweep_progress(standings(sweep))
    facts = {**_facts(sweep, progress), "checkpoints": list(map(str, sweep.checkpoints()))}
    print_result(facts, as_json, "\n".join(facts["checkpoints"]))
    _end(sweep, progress, scoring if sweep.plan.test else None)


def _end(sweep: "Sweep", progress: "SweepProgress", scoring: "Scoring | None") -> None:
    """Say what comes next, or what is missing.

    Raises:
        SweepError: Cells are not finished, or not scored.
    """
    unscored = scoring.problems() if scoring else []
    for problem in unscored:
        print_message(f"not scored: {problem}")
    for notice in scoring.notices() if scoring else []:
        print_message(f"notice: {notice}")
    if not progress.done:
        raise SweepError(" ".join(_unfinished(progress)))
    if scoring and scoring.failed:
        raise SweepError(
            "All cells are finished, but scoring them ended with an error. Mend its cause, and "
            "start the same command again."
        )
    name = sweep.folder.name
    if scoring is None:
        print_message(f"score its cells with: seaice evaluate-all {name} --data TEST_SCENES")
    else:
        print_message(f"write figures and tables with: seaice report {name} --out report")


def _unfinished(progress: "SweepProgress") -> list[str]:
    sentences = [f"{name} failed: {why}" for name, why in progress.failed]
    count = progress.cells - progress.finished
    return [f"{count} of {progress.cells} cells are not finished.", *sentences]


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
        lines.append(sweep_matrix(stand, each.plan.cell_m).to_string())
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


def _again(name: str, models: Path, runs: Path) -> str:
    """The command that goes on with a sweep, with the folders that are not the usual ones.

    >>> _again("mine", Path("models"), Path("my runs"))
    "seaice sweep mine --runs 'my runs'"
    """
    folders = (("--models", models, "models"), ("--runs", runs, "runs"))
    other = [
        word
        for option, path, usual in folders
        if path != Path(usual)
        for word in (option, str(path))
    ]
    return shlex.join(["seaice", "sweep", name, *other])
