"""Runs as others see them: for the pages and for `seaice runs`."""

import contextlib
import math
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from seaice.core.errors import LockError, OutputError, RunError
from seaice.network.reach import reach_facts
from seaice.training.config import TrainingConfig
from seaice.training.runs.config_file import (
    UnsupportedRunError,
    config_document,
    read_config,
    require_supported,
)
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.lock import hold
from seaice.training.runs.metrics import rank, read_metrics
from seaice.training.runs.queue import waiting_before
from seaice.training.runs.status import Status, read_status


@dataclass(frozen=True)
class Run:
    """A run as others see it.

    Attributes:
        folder: Its folder.
        config: Its configuration, checked; None if it cannot be read.
        status: Its status.
        ahead: Number of runs that it waits for; None if it does not wait.
        supported: Whether this version of seaice knows the run's format. If not, the status has
            the reason as its message.
    """

    folder: RunFolder
    config: TrainingConfig | None
    status: Status
    ahead: int | None
    supported: bool = True

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def can_resume(self) -> bool:
        """Whether the run stopped before its end and this version of seaice can continue it."""
        return self.supported and self.status.state in ("cancelled", "failed", "interrupted")

    @property
    def can_cancel(self) -> bool:
        """Whether a process works on the run or waits to."""
        return self.status.live


def inspect_run(folder: RunFolder) -> Run:
    """A run as it is now."""
    status = read_status(folder)
    ahead = waiting_before(folder.path) if status.state == "waiting" else None
    try:
        return Run(folder, read_config(folder), status, ahead)
    except UnsupportedRunError as error:
        return Run(folder, None, replace(status, message=str(error)), ahead, supported=False)
    except RunError:
        return Run(folder, None, status, ahead)


def inspect_runs(runs: Path) -> list[Run]:
    """The runs of a folder as they are now, the newest first."""
    return [inspect_run(folder) for folder in list_runs(runs)]


def best_scores(run: Run) -> dict[str, float | None]:
    """Scores by task of the run's best validation so far, times 100; empty if there is none."""
    scored = [_scores(each) for each in read_metrics(run.folder).validations]
    return max(scored, key=_rank_or_last, default={})


def _scores(entry: dict[str, Any]) -> dict[str, float | None]:
    """Scores of a validation; None in place of anything that is not a number."""
    values = {name: entry.get(name) for name in ("combined", "SIC", "SOD", "FLOE")}
    return {
        name: value if isinstance(value, int | float) and abs(value) < 1e15 else None
        for name, value in values.items()
    }


def _rank_or_last(scores: dict[str, float | None]) -> float:
    value = rank(scores)
    return -math.inf if value is None else value


def delete_run(folder: RunFolder) -> None:
    """Remove a run's folder. Its finished checkpoint, which lies elsewhere, stays.

    Raises:
        RunError: A process works on it, here or on another machine, or its format is newer.
        OutputError: The folder cannot be removed.
    """
    if folder.alive() or read_status(folder).live:
        raise RunError(f"Run {folder.name} is still active. Cancel it first.")
    require_supported(folder)
    with _nobody_resumes(folder):
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise OutputError(folder.path, error.strerror or str(error)) from error


@contextlib.contextmanager
def _nobody_resumes(folder: RunFolder) -> Iterator[None]:
    try:
        lock = hold(folder.lock_file)
    except LockError:
        # Where there are no locks, no process can work on a run at all.
        yield
        return
    try:
        yield
    finally:
        lock.release()


def facts(run: Run) -> dict[str, Any]:
    """A run as JSON values."""
    config = run.config
    return {
        "run": str(run.folder.path),
        **asdict(run.status),
        "ahead": run.ahead,
        "scores": best_scores(run),
        "config": config_document(run.folder),
        **(reach_facts(config.rates, config.cell_m) if config else {}),
    }
