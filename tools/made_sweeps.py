"""Sweeps whose workers are threads and whose runs are made up, for tests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from seaice.experiment.sweep.folder import Sweep, planned, sweep_folder
from seaice.experiment.sweep.plan import SweepPlan
from seaice.experiment.sweep.progress import standings
from seaice.experiment.sweep.train import train_sweep
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.status import read_status, write_status

GRID = {"rates": ["none", "1-2-3"], "channels": ["sar"], "settings": {"steps": 10}}


class Workers:
    """What workers do to a run, and which runs they were given."""

    def __init__(self, ends: dict[str, list[str]] | None = None) -> None:
        self.given: list[str] = []
        self._ends = ends or {}

    def __call__(self, run: str, models: str) -> tuple[str, str]:
        """Take a run; its next state and message."""
        folder = RunFolder(Path(run))
        name = read_config(folder).name
        self.given.append(name)
        ends = self._ends.get(name, [])
        state = ends.pop(0) if ends else "finished"
        checkpoint = Path(models) / f"{name}.safetensors"
        if state == "finished":
            checkpoint.parent.mkdir(parents=True, exist_ok=True)
            checkpoint.write_bytes(b"weights")
        end(folder, state, checkpoint=str(checkpoint), message=f"it {state}", step=10)
        return state, ""


def end(folder: RunFolder, state: str, **changes: object) -> None:
    """Give a run a state, and what else of its status."""
    write_status(folder, replace(read_status(folder), state=state, **changes))


def train(tmp_path: Path, plan: SweepPlan | None, work: Callable, **options: object) -> Sweep:
    """Train the sweep `mine` of a folder on two threads; a new one by its plan."""
    sweep = planned(sweep_folder(tmp_path / "runs", "mine"), plan)
    count = options.pop("count", lambda: 2)
    with ThreadPoolExecutor(2) as threads:
        return train_sweep(sweep, tmp_path / "models", threads, count, work=work, **options)


def states(sweep: Sweep) -> list[str]:
    """How its cells stand, in the plan's order."""
    return [state for _, state, _ in standings(sweep)]
