"""Stopping a sweep, whose workers are threads and whose runs are made up."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from made_sweeps import GRID, Workers, end, states, train

from seaice.experiment.sweep import train as module
from seaice.experiment.sweep.folder import planned, read_sweep, sweep_folder
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.sweep.progress import SweepProgress
from seaice.experiment.sweep.scoring import Scoring
from seaice.experiment.sweep.start import pause_sweep
from seaice.experiment.sweep.train import train_sweep
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.lock import Lock, hold

pytestmark = pytest.mark.usefixtures("quick")


def saved(folder: RunFolder, lock: Lock, stopped: list[str]) -> tuple[str, str]:
    """What a worker answers after its run has saved its state, which takes a while."""
    time.sleep(0.1)
    stopped.append(folder.name)
    end(folder, "cancelled")
    lock.release()
    return "cancelled", ""


def test_stopping_asks_the_runs_to_save_and_waits_for_them(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PROGRESS_S", 0.0)
    stopped = []

    def until_stopped(run: str, models: str) -> tuple[str, str]:
        folder = RunFolder(Path(run))
        lock = hold(folder.lock_file)
        end(folder, "running")
        while not folder.stop_file.exists():
            time.sleep(0.01)
        return saved(folder, lock, stopped)

    def press(progress: SweepProgress) -> None:
        if progress.running:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, plan_of(GRID, "x"), until_stopped, count=lambda: 1, on_progress=press)
    assert len(stopped) == 1
    sweep = read_sweep(sweep_folder(tmp_path / "runs", "mine"))
    assert states(sweep) == ["stopped", "not started"]
    assert states(train(tmp_path, None, Workers())) == ["finished", "finished"]
    assert len(list_runs(tmp_path / "runs")) == 2


def test_a_run_that_a_worker_is_just_starting_is_waited_for(tmp_path, monkeypatch):
    """It looked for a request to stop a moment before there was one."""
    monkeypatch.setattr(module, "_PROGRESS_S", 0.0)
    stopped = []

    def starting(run: str, models: str) -> tuple[str, str]:
        folder = RunFolder(Path(run))
        while not folder.stop_file.exists():
            time.sleep(0.01)
        time.sleep(0.1)
        lock = hold(folder.lock_file)
        end(folder, "running")
        return saved(folder, lock, stopped)

    def press(progress: SweepProgress) -> None:
        if list_runs(tmp_path / "runs"):
            raise KeyboardInterrupt

    sweep = planned(sweep_folder(tmp_path / "runs", "mine"), plan_of(GRID, "x"))
    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(KeyboardInterrupt):
            train_sweep(sweep, tmp_path, threads, lambda: 1, on_progress=press, work=starting)
        assert len(stopped) == 1


def test_all_runs_are_asked_before_anything_is_waited_for(tmp_path, monkeypatch):
    """A second Ctrl-C while the scoring ended left them training, with nobody to score them."""
    monkeypatch.setattr(module, "_PROGRESS_S", 0.0)

    class Impatient(Scoring):
        def wait(self) -> None:
            raise KeyboardInterrupt

    def until_stopped(run: str, models: str) -> tuple[str, str]:
        folder = RunFolder(Path(run))
        lock = hold(folder.lock_file)
        end(folder, "running")
        deadline = time.monotonic() + 10
        while not folder.stop_file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return saved(folder, lock, [])

    def press(progress: SweepProgress) -> None:
        if progress.running:
            raise KeyboardInterrupt

    scoring = Impatient(sweep_folder(tmp_path / "runs", "mine"), tmp_path)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, plan_of(GRID, "x"), until_stopped, on_progress=press, scoring=scoring)
    assert "running" not in states(read_sweep(sweep_folder(tmp_path / "runs", "mine")))


def test_a_signal_while_a_cell_is_given_to_a_worker_loses_no_run(tmp_path, monkeypatch):
    real = module.new_run

    def interrupted(config: object, runs: Path) -> RunFolder:
        run = real(config, runs)
        signal.raise_signal(signal.SIGINT)
        return run

    monkeypatch.setattr(module, "new_run", interrupted)
    # A shell lets what it starts in the background ignore this signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path, plan_of(GRID, "x"), lambda run, models: ("cancelled", ""))
    finally:
        signal.signal(signal.SIGINT, before)
    sweep = read_sweep(sweep_folder(tmp_path / "runs", "mine"))
    (run,) = list_runs(tmp_path / "runs")
    assert list(sweep.runs.values()) == [run.name]
    assert run.stop_file.exists()


def test_the_stop_file_stops_it_and_is_gone_when_it_goes_on(tmp_path):
    work = Workers()

    def press(progress: SweepProgress) -> None:
        if progress.finished:
            pause_sweep(sweep_folder(tmp_path / "runs", "mine"))

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, plan_of(GRID, "x"), work, count=lambda: 1, on_progress=press)
    assert work.given == ["sar_none_seed0"]
    assert states(train(tmp_path, None, work)) == ["finished", "finished"]


def test_a_request_to_stop_at_the_start_of_a_run_is_not_lost(tmp_path, monkeypatch):
    """Between the look for it and the start of the process."""
    from seaice.training import start

    launched = []
    monkeypatch.setattr(start, "_launch", lambda folder, models: launched.append(folder))
    config = plan_of(GRID, "x").config(plan_of(GRID, "x").cells[0], None)
    run = module.new_run(config, tmp_path)
    start.cancel(run)
    start.resume(run, tmp_path, unless_stopped=True)
    assert run.stop_file.exists()
    start.resume(run, tmp_path)
    assert not run.stop_file.exists()
    assert launched == [run, run]
