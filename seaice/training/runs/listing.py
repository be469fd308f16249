"""What runs there are, in what state: for the pages and for `seaice runs`."""

import math
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seaice.core.errors import OutputError, RunError
from seaice.training.config import TrainingConfig
from seaice.training.runs.config_file import config_document, read_config
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.lock import hold
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.queue import waiting_before
from seaice.training.runs.status import Status, read_status


@dataclass(frozen=True)
class Run:
    """A run as it is seen from outside.

    Attributes:
        folder: Where it is kept.
        config: Its configuration, checked; None where it cannot be read.
        status: How it stands.
        ahead: Runs that it waits for; None where it does not wait.
    """

    folder: RunFolder
    config: TrainingConfig | None
    status: Status
    ahead: int | None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name

    @property
    def can_resume(self) -> bool:
        """Whether it was left before its end."""
        return self.status.state in ("cancelled", "failed", "interrupted")

    @property
    def can_cancel(self) -> bool:
        """Whether a process works on it or waits to."""
        return self.status.live


def inspect_run(folder: RunFolder) -> Run:
    """A run as it stands now."""
    status = read_status(folder)
    ahead = waiting_before(folder.path) if status.state == "waiting" else None
    try:
        config = read_config(folder)
    except RunError:
        config = None
    return Run(folder, config, status, ahead)


def inspect_runs(runs: Path) -> list[Run]:
    """The runs of a folder as they stand now, the newest first."""
    return [inspect_run(folder) for folder in list_runs(runs)]


def best_scores(run: Run) -> dict[str, float | None]:
    """Scores by task of the run's best validation so far, times 100; empty where there is none."""
    scored = [_scores(each) for each in read_metrics(run.folder).validations]
    return max(scored, key=_rank, default={})


def _scores(entry: dict[str, Any]) -> dict[str, float | None]:
    """Scores of a validation; None in place of what is no number."""
    values = {name: entry.get(name) for name in ("combined", "SIC", "SOD", "FLOE")}
    return {
        name: value if isinstance(value, int | float) and abs(value) < 1e15 else None
        for name, value in values.items()
    }


def _rank(scores: dict[str, float | None]) -> float:
    """What the run itself goes by: the combined score, or the mean of those that there are."""
    if scores["combined"] is not None:
        return scores["combined"]
    known = [value for value in scores.values() if value is not None]
    return sum(known) / len(known) if known else -math.inf


def delete_run(folder: RunFolder) -> None:
    """Remove a run's folder; its finished checkpoint, which lies elsewhere, stays.

    Raises:
        RunError: A process works on it, here or on another machine.
        OutputError: The folder cannot be removed.
    """
    if folder.alive() or read_status(folder).live:
        raise RunError(f"Run {folder.name} is not over. Cancel it first.")
    # Nobody resumes it meanwhile.
    lock = hold(folder.lock_file)
    try:
        shutil.rmtree(folder.path)
    except OSError as error:
        raise OutputError(folder.path, error.strerror or str(error)) from error
    finally:
        lock.let_go()


def facts(run: Run) -> dict[str, Any]:
    """A run as JSON values."""
    return {
        "run": str(run.folder.path),
        **asdict(run.status),
        "ahead": run.ahead,
        "scores": best_scores(run),
        "config": config_document(run.folder),
    }
