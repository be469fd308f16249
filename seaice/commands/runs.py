"""The command `seaice runs`: the runs of a folder and their state."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seaice.commands.options import AsJson, Models, Runs
from seaice.commands.output import print_message, print_result
from seaice.commands.runs_beside import known_beside, linear_facts, scored_beside
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
    look_up = partial(scored_beside, tell=print_message) if beside else known_beside
    linear = look_up(listed, models)
    values, lines = [], []
    for run in listed:
        known, sums = facts(run), linear.sums.get(run.name)
        score = known["scores"].get("combined")
        values.append(known | linear_facts(score, sums))
        lines.append(_line(run) + _against(score, sums))
    print_result(values, as_json, "\n".join(lines) or f"There are no runs in {runs}.")
    if linear.unknown and not beside:
        scenes = counted(len(linear.unknown), "scene")
        print_message(f"the linear model is not scored on {scenes} yet: --baselines scores it")


def _against(score: float | None, linear: "ScoreSums | None") -> str:
    """How a run stands against the linear model: the end of its line."""
    from seaice.baselines.beside import against_linear

    line = linear.scores().combined.value if linear else None
    words = against_linear(score, line)
    return f"  linear model {line:.1f} ({words})" if words else ""


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
