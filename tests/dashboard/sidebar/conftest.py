"""Runs that seem to be live, without a process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from seaice.training.config import TrainingConfig
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.lock import Lock, hold
from seaice.training.runs.status import Status, write_status
from seaice.training.start import new_run


@pytest.fixture
def live_run(tmp_path: Path, monkeypatch) -> Iterator[Callable[..., tuple[RunFolder, Lock]]]:
    """Make a run on which this process seems to work; its folder, and the lock that says so."""
    monkeypatch.setenv("SEAICE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path / "models"))
    locks = ExitStack()

    def make(rates: tuple[int, ...] = (1,), **values: object) -> tuple[RunFolder, Lock]:
        config = TrainingConfig(str(tmp_path / "data"), rates, "sar", patch=64, batch=1)
        folder = new_run(config, tmp_path / "runs")
        lock = hold(folder.lock_file)
        locks.callback(lock.release)
        write_status(folder, Status(**values))
        return folder, lock

    with locks:
        yield make
