"""Sweeps on a disk that fills: they stop at once, keep what is finished, and go on.

Workers are threads and runs are made up, but for the last test.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest
from made_sweeps import GRID, Workers, end, states, train

from seaice.core.errors import OutputError, SweepError
from seaice.experiment.sweep import train as module
from seaice.experiment.sweep.folder import Sweep, planned, read_sweep, sweep_folder
from seaice.experiment.sweep.plan_values import plan_of
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.lock import Lock, hold

pytestmark = pytest.mark.usefixtures("quick")

FULL = "x cannot be written (No space left on device). Name a writable folder."
SETTINGS = ("steps=2", "patch=32", "batch=2", "workers=0", "validate_every=1", "patience=0")
THREE = {**GRID, "rates": ["none", "1-2-3", "3-6-9"]}


def test_a_full_disk_keeps_finished_cells(tmp_path, monkeypatch):
    first, work = [], Workers()
    real = module.new_run

    def full(config: object, runs: Path) -> RunFolder:
        if first:
            raise OutputError(runs, "No space left on device")
        first.append(config)
        return real(config, runs)

    with monkeypatch.context() as patch:
        patch.setattr(module, "new_run", full)
        with pytest.raises(OutputError, match="No space left on"):
            train(tmp_path, plan_of(GRID, "x"), work, count=lambda: 1)
    assert states(kept(tmp_path)) == ["finished", "not started"]
    assert states(train(tmp_path, None, work)) == ["finished", "finished"]
    assert work.given == ["sar_none_seed0", "sar_1-2-3_seed0"]


def failing(work: Workers, cell: str, **says: str) -> Callable[[str, str], tuple[str, str]]:
    """Workers on which a cell fails."""

    def act(run: str, models: str) -> tuple[str, str]:
        folder = RunFolder(Path(run))
        if read_config(folder).name != cell:
            return work(run, models)
        work.given.append(cell)
        end(folder, **says)
        return says["state"], ""

    return act


@pytest.mark.parametrize("told", [True, False])
def test_a_cell_that_a_full_disk_ends_is_the_last_one(tmp_path, monkeypatch, told: bool):
    work, full = Workers(), {"state": "failed", "message": FULL}
    if not told:
        # There was no room for what its run had to say.
        full = {"state": "interrupted", "message": "Its process ended unexpectedly."}
    on_full = failing(work, "sar_1-2-3_seed0", **full)
    with monkeypatch.context() as patch:
        patch.setattr(module, "is_full", lambda folder: not told)
        with pytest.raises(SweepError) as said:
            train(tmp_path, plan_of(THREE, "x"), on_full, count=lambda: 1)
    assert "cannot be written (No space left on device)" in str(said.value)
    assert str(said.value).endswith(
        " The sweep has stopped at sar_1-2-3_seed0. Finished cells are kept: make room, start the "
        "same command again, and it goes on with the others."
    )
    assert work.given == ["sar_none_seed0", "sar_1-2-3_seed0"]
    assert states(kept(tmp_path))[0] == "finished"
    assert states(train(tmp_path, None, work, count=lambda: 1)) == ["finished"] * 3
    assert work.given[2:] == ["sar_1-2-3_seed0", "sar_3-6-9_seed0"]


def until(happened: Callable[[], bool]) -> None:
    """Wait, but not for ever."""
    give_up = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_the_runs_beside_it_are_asked_to_save(tmp_path, monkeypatch):
    """Also where one of them cannot be asked."""
    work, real = Workers(), module.cancel

    def cancel(run: RunFolder) -> None:
        if "1-2-3" in run.name:
            run.stop_file.touch()
            raise OutputError(run.path, "No space left on device")
        real(run)

    def act(run: str, models: str) -> tuple[str, str]:
        folder = RunFolder(Path(run))
        if "none" in run:
            until(lambda: (tmp_path / "other").exists())
            end(folder, "failed", message=FULL)
            return "failed", ""
        lock = hold(folder.lock_file)
        end(folder, "running")
        (tmp_path / "other").touch()
        until(folder.stop_file.exists)
        end(folder, "cancelled")
        lock.release()
        return "cancelled", ""

    monkeypatch.setattr(module, "cancel", cancel)
    with pytest.raises(SweepError, match=r"^x cannot be written .* has stopped at sar_none_seed0"):
        train(tmp_path, plan_of(GRID, "x"), act)
    assert states(kept(tmp_path)) == ["failed", "stopped"]
    assert states(train(tmp_path, None, work)) == ["finished", "finished"]


class AtOnce(Executor):
    """Workers that are done as soon as they are given a run."""

    def submit(self, work: Callable, *arguments: str) -> Future:
        future: Future = Future()
        future.set_result(work(*arguments))
        return future


def test_all_cells_that_ended_at_once_are_noted(tmp_path, caplog):
    """Not asked to stop: they have ended."""

    def act(run: str, models: str) -> tuple[str, str]:
        end(RunFolder(Path(run)), "failed", message="why" if "1-2-3" in run else FULL)
        return "failed", ""

    sweep = planned(sweep_folder(tmp_path / "runs", "mine"), plan_of(THREE, "x"))
    with pytest.raises(SweepError, match="has stopped at sar_none_seed0"):
        module.train_sweep(sweep, tmp_path / "models", AtOnce(), lambda: 3, work=act)
    assert caplog.messages == ["sar_1-2-3_seed0 failed, and is tried again: why"]
    runs = list_runs(tmp_path / "runs")
    assert [run.stop_file.exists() for run in runs] == [False] * 3


def test_a_run_that_the_sweep_cannot_note_is_removed(tmp_path, monkeypatch):
    """Although no file can be made to lock it."""
    work, written, real = Workers(), [], module.write_sweep

    def full(sweep: Sweep) -> None:
        if written:
            raise OutputError(sweep.folder.file, "No space left on device")
        written.append(real(sweep))

    def no_lock(path: Path) -> Lock:
        raise OutputError(path, "No space left on device")

    sentence = r"sweep\.json cannot be written \(No space left"
    with monkeypatch.context() as patch:
        patch.setattr(module, "write_sweep", full)
        patch.setattr("seaice.training.runs.listing.hold", no_lock)
        with pytest.raises(OutputError, match=sentence):
            train(tmp_path, plan_of(GRID, "x"), work, count=lambda: 1)
    assert len(list_runs(tmp_path / "runs")) == 1
    assert states(kept(tmp_path)) == ["finished", "not started"]
    assert states(train(tmp_path, None, work)) == ["finished", "finished"]
    assert work.given == ["sar_none_seed0", "sar_1-2-3_seed0"]


@pytest.mark.slow
def test_the_command_on_a_small_disk(tmp_path, small_disk: Path, leave_room, make_scene):
    for day in (1, 2, 3):
        make_scene(folder=tmp_path / "data", name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
    # Not for the state of a run.
    leave_room(1_000_000)
    runs, models = small_disk / "runs", tmp_path / "models"
    command = [sys.executable, "-m", "seaice", "sweep", "mine", "--rates", "none 1-2-3"]
    command += ["--channels", "sar", f"--data={tmp_path / 'data'}", f"--runs={runs}"]
    command += [f"--models={models}", *(word for each in SETTINGS for word in ("--set", each))]
    full = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert full.returncode == 2, full.stderr
    assert "Traceback" not in full.stderr
    sentence = full.stderr.splitlines()[-1]
    assert "cannot be written (" in sentence
    assert "No space left on device" in sentence
    assert "The sweep has stopped at sar_none_seed0. Finished cells are kept" in sentence
    assert "tried again" not in full.stderr
    (run,) = list_runs(runs)
    assert list(run.path.glob(".*.part")) == []
    assert list(models.glob("*")) == []


def kept(tmp_path: Path) -> Sweep:
    return read_sweep(sweep_folder(tmp_path / "runs", "mine"))
