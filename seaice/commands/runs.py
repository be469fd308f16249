"""The command `seaice runs`: the runs of a folder and their state."""

from pathlib import Path

from seaice.commands.options import AsJson, Runs
from seaice.commands.output import print_result
from seaice.core.errors import ConfigError
from seaice.network.reach import rates_label
from seaice.training.runs.listing import Run, facts, inspect_runs

_DEFAULT = Path("runs")


def runs(runs: Runs = _DEFAULT, as_json: AsJson = False) -> None:
    """List the runs of a folder, newest first."""
    if runs.exists() and not runs.is_dir():
        raise ConfigError(f"{runs} is not a folder. Name a folder with runs.")
    if not runs.exists() and runs != _DEFAULT:
        raise ConfigError(f"{runs} does not exist. Name a folder with runs.")
    listed = inspect_runs(runs)
    text = "\n".join(map(_line, listed)) or f"There are no runs in {runs}."
    print_result([facts(run) for run in listed], as_json, text)


def _line(run: Run) -> str:
    status = run.status
    parts = [f"{run.name}  {status.state}", f"step {status.step}/{status.steps}"]
    if run.config is not None:
        parts.insert(1, f"rates {rates_label(run.config.rates, run.config.cell_m)}")
    if run.ahead is not None:
        parts.append(f"behind {run.ahead} other{'' if run.ahead == 1 else 's'}")
    if status.score is not None:
        parts.append(f"score {status.score:.1f}{' (simulated)' if status.simulated else ''}")
    if status.live and status.seconds_left is not None:
        parts.append(f"{status.seconds_left:.0f} s left")
    return "  ".join([*parts, status.message]).rstrip()
