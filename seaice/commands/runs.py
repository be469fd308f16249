"""The command `seaice runs`: the runs of a folder and their state."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.options import AsJson, Models, Runs
from seaice.commands.output import print_message, print_result
from seaice.core.errors import ConfigError
from seaice.core.text import counted
from seaice.network.reach import rates_label
from seaice.training.runs.listing import Run, facts, inspect_runs

if TYPE_CHECKING:
    # For its type alone: the command line starts quickly.
    from seaice.results.scoring import ScoreSums

_DEFAULT = Path("runs")


def runs(
    runs: Runs = _DEFAULT,
    models: Models = Path("models"),
    beside: Annotated[
        bool,
        typer.Option(
            "--baselines",
            help="Score the per-pixel linear model on the runs' validation scenes too: about a "
            "second a scene, the first time only.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the runs of a folder, newest first."""
    if os.path.exists(runs) and not os.path.isdir(runs):
        raise ConfigError(f"{runs} is not a folder. Name a folder with runs.")
    if not os.path.exists(runs) and runs != _DEFAULT:
        raise ConfigError(f"{runs} does not exist. Name a folder with runs.")
    listed = inspect_runs(runs)
    values, lines = [facts(run) for run in listed], [_line(run) for run in listed]
    if beside:
        sums = _linear_scores(listed, models)
        for run, each, number in zip(listed, values, range(len(lines)), strict=True):
            more, words = _against_linear(each["scores"].get("combined"), sums.get(run.name))
            each |= more
            lines[number] += words
    print_result(values, as_json, "\n".join(lines) or f"There are no runs in {runs}.")


def _linear_scores(listed: Sequence[Run], models: Path) -> "Mapping[str, ScoreSums]":
    """Sums of the linear model by name of the run, of those whose scenes can still be read."""
    from seaice.baselines.beside import linear_among, yardsticks
    from seaice.core.cache import Store
    from seaice.scenes.catalogue import read_catalogue
    from seaice.training.beside import linear_scores, score_unknown

    linear_of = cache(lambda channel_set: linear_among(yardsticks(models, channel_set)[0]))
    store = Store()
    unknown = linear_scores(listed, linear_of, store).unknown
    print_message(f"scoring the linear model on {counted(len(unknown), 'scene')} ...")
    for problem in score_unknown(unknown, cache(read_catalogue), store):
        print_message(problem)
    return linear_scores(listed, linear_of, store).sums


def _against_linear(score: float | None, linear: "ScoreSums | None") -> tuple[dict[str, Any], str]:
    """How a run stands against the linear model: facts, and the end of its line."""
    from seaice.baselines.beside import against_linear, is_below

    scores = linear.scores() if linear else None
    line = scores.combined.value if scores else None
    words = against_linear(score, line)
    known = {
        "linear": scores.to_dict() if scores else None,
        "below_linear": is_below(score, line),
    }
    return known, f"  linear model {line:.1f} ({words})" if words else ""


def _line(run: Run) -> str:
    status = run.status
    parts = [f"{run.name}  {status.state}", f"step {status.step}/{status.steps}"]
    if run.config is not None:
        parts.insert(1, f"rates {rates_label(run.config.rates, run.config.cell_m)}")
    if run.ahead is not None:
        parts.append(f"behind {counted(run.ahead, 'other')}")
    if status.score is not None:
        parts.append(f"score {status.score:.1f}{' (simulated)' if status.simulated else ''}")
    if status.live and status.seconds_left is not None:
        parts.append(f"{status.seconds_left:.0f} s left")
    return "  ".join([*parts, status.message]).rstrip()
