"""Training the cells of a sweep, with workers that are threads and runs that are made up."""

import json
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from made_sweeps import GRID, Workers, end, states, train

from seaice.core.errors import ConfigError, SweepError
from seaice.experiment.sweep import train as module
from seaice.experiment.sweep.folder import (
    Sweep,
    list_sweeps,
    planned,
    read_sweep,
    sweep_folder,
)
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.sweep.progress import SweepProgress, standings, sweep_matrix, sweep_progress
from seaice.experiment.sweep.start import start_sweep
from seaice.experiment.sweep.train import train_sweep
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.lock import hold
from seaice.training.runs.status import Status

pytestmark = pytest.mark.usefixtures("quick")


def test_every_cell_is_trained_once_and_the_sweep_remembers_its_runs(tmp_path):
    work, reports = Workers(), []
    sweep = train(tmp_path, plan_of(GRID, "x"), work, on_progress=reports.append)
    assert sorted(work.given) == ["sar_1-2-3_seed0", "sar_none_seed0"]
    assert read_sweep(sweep.folder) == sweep
    assert set(sweep.runs) == set(work.given)
    assert [path.name for path in sweep.checkpoints()] == [
        "sar_none_seed0.safetensors",
        "sar_1-2-3_seed0.safetensors",
    ]
    assert reports[0].finished == 0
    assert reports[-1].done
    assert reports[-1].share == 1
    # Started again, it trains nothing; a larger grid trains what is new, a lost one again.
    train(tmp_path, None, work)
    assert len(work.given) == 2
    sweep.checkpoints()[0].unlink()
    larger = train(tmp_path, plan_of({**GRID, "seeds": [1]}, "x"), work)
    assert sorted(work.given[2:]) == ["sar_1-2-3_seed1", "sar_none_seed0", "sar_none_seed1"]
    assert states(larger) == ["finished"] * 4
    assert len(list_runs(tmp_path / "runs")) == 5
    assert sweep_matrix(standings(larger)).to_dict() == {
        "sar": {"none": "2 of 2", "1-2-3": "2 of 2"}
    }


def test_a_failed_cell_is_tried_twice_and_the_others_go_on(tmp_path):
    work = Workers({"sar_none_seed0": ["failed", "failed"], "sar_1-2-3_seed0": ["failed"]})
    sweep = train(tmp_path, plan_of(GRID, "x"), work)
    assert sorted(work.given) == ["sar_1-2-3_seed0"] * 2 + ["sar_none_seed0"] * 2
    assert states(sweep) == ["failed", "finished"]
    progress = sweep_progress(standings(sweep))
    assert progress.failed == (("sar_none_seed0", "it failed"),)
    assert not progress.done
    # Each cell kept its run, and a later start tries the failed one again.
    assert len(list_runs(tmp_path / "runs")) == 2
    assert states(train(tmp_path, None, work)) == ["finished", "finished"]


def test_a_trunk_comes_first_and_without_it_its_cells_are_left(tmp_path):
    plan = plan_of({**GRID, "channels": ["sar", "amsr2"], "trunk": {"steps": 5}}, "x")
    work = Workers({"amsr2_trunk_seed0": ["failed", "failed"]})
    sweep = train(tmp_path, plan, work)
    assert work.given.index("sar_trunk_seed0") < work.given.index("sar_none_seed0")
    assert states(sweep) == ["finished", "failed", *["finished"] * 2, *["not started"] * 2]
    trunk = sweep.folder.trunks / "sar_trunk_seed0.safetensors"
    arm = sweep.run_of(plan.cells[1])
    assert arm is not None
    assert Path(read_config(arm).start_from) == trunk.resolve()
    assert trunk not in sweep.checkpoints()


class Scores:
    """A scoring whose process takes a while."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.stopped = False
        self._until = 0.0

    def score(self, sweep: Sweep) -> None:
        checkpoints = len(sweep.checkpoints())
        if checkpoints > max(self.given, default=0) and self.is_done():
            self.given.append(checkpoints)
            self._until = time.monotonic() + 0.05

    def is_done(self) -> bool:
        return time.monotonic() > self._until

    def ask_to_stop(self) -> None:
        self.stopped = True

    def wait(self) -> None:
        """It ends at once."""


def test_finished_cells_are_scored_meanwhile_and_the_last_ones_at_the_end(tmp_path):
    scores = Scores()
    train(tmp_path, plan_of({**GRID, "seeds": [0, 1]}, "x"), Workers(), scoring=scores)
    assert scores.given[-1] == 4
    assert scores.is_done()
    assert not scores.stopped

    def press(progress: SweepProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, None, Workers(), scoring=scores, on_progress=press)
    assert scores.stopped


class Gone(Executor):
    """Workers whose scheduler drops everything."""

    def submit(self, *_: object) -> Future:
        future: Future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_a_scheduler_that_goes_away_is_a_sentence(tmp_path):
    sweep = planned(sweep_folder(tmp_path / "runs", "mine"), plan_of(GRID, "x"))
    with pytest.raises(SweepError, match=r"The scheduler or its workers are gone\. Finished"):
        train_sweep(sweep, tmp_path, Gone(), lambda: 1)
    # Its process could go on without workers.
    (run,) = list_runs(tmp_path / "runs")
    assert run.stop_file.exists()


def test_two_processes_and_two_plans_of_one_name_are_a_sentence(tmp_path):
    folder = sweep_folder(tmp_path / "runs", "mine")
    sweep = train(tmp_path, plan_of(GRID, "x"), Workers())
    with pytest.raises(SweepError, match=r"There is a sweep 'mine' already, and its settings diff"):
        planned(folder, plan_of({**GRID, "settings": {"steps": 11}}, "x"))
    lock = hold(folder.lock_file)
    try:
        with pytest.raises(SweepError, match="Another process works on the sweep 'mine'"):
            train_sweep(sweep, tmp_path, Gone(), lambda: 1)
    finally:
        lock.release()


def test_what_another_process_finished_since_the_plan_was_read_is_kept(tmp_path):
    """Each of two terminals reads the sweep before the first one has its lock."""
    folder, work = sweep_folder(tmp_path / "runs", "mine"), Workers()
    wider = planned(folder, plan_of({**GRID, "rates": ["none", "3-6-9"]}, "x"))
    other = planned(folder, plan_of({**GRID, "settings": {"steps": 11}}, "x"))
    mine = train(tmp_path, plan_of(GRID, "x"), work)
    with ThreadPoolExecutor(1) as threads:
        seen: list[Sweep] = []
        sweep = train_sweep(
            wider, tmp_path / "models", threads, lambda: 1, work=work, check=seen.append
        )
        assert [each.plan for each in seen] == [sweep.plan]
        train_sweep(sweep, tmp_path / "models", threads, lambda: 1, work=work, check=seen.append)
        assert len(seen) == 1
        assert work.given == ["sar_none_seed0", "sar_1-2-3_seed0", "sar_3-6-9_seed0"]
        assert read_sweep(folder) == sweep
        assert sweep.runs.items() > mine.runs.items()
        assert states(sweep) == ["finished"] * 3
        for begin in (
            lambda: train_sweep(other, tmp_path, threads, lambda: 1, work=work),
            lambda: start_sweep(other, tmp_path),
        ):
            with pytest.raises(SweepError, match="'mine' already, and its settings differ"):
                begin()
    assert read_sweep(folder) == sweep
    assert not folder.alive()


def test_damaged_sweeps_are_named_and_damaged_runs_begun_again(tmp_path):
    sweep, work = train(tmp_path, plan_of(GRID, "x"), Workers()), Workers()
    run = sweep.run_of(sweep.plan.cells[0])
    run.config_file.unlink()
    assert states(train(tmp_path, None, work)) == ["finished", "finished"]
    assert work.given == ["sar_none_seed0"]
    other = sweep_folder(tmp_path / "runs", "other")
    other.path.mkdir()
    good = sweep.folder.file.read_text()
    for text, words in (
        ("{", "is damaged"),
        (json.dumps({**json.loads(good), "format_version": 9}), "has format version 9"),
        (json.dumps({**json.loads(good), "rates": []}), "A sweep needs rates"),
        (json.dumps({**json.loads(good), "runs": {"a": 1}}), "is damaged"),
    ):
        other.file.write_text(text)
        with pytest.raises(SweepError, match=words):
            read_sweep(other)
    sweeps, problems = list_sweeps(tmp_path / "runs")
    assert [each.folder.name for each in sweeps] == ["mine"]
    assert len(problems) == 1
    with pytest.raises(SweepError, match=r"There is no sweep 'gone' in .*sweeps\. Begin it with"):
        read_sweep(sweep_folder(tmp_path / "runs", "gone"))


def test_a_sweep_of_a_name_that_is_taken_goes_on_in_a_renamed_folder(tmp_path):
    """Earlier versions let sweeps have such names."""
    runs, words = tmp_path / "runs", r"would hide\. Choose another name"
    with pytest.raises(ConfigError, match=f"{words}\\.$"):
        sweep_folder(runs, "shipped")
    work = Workers()
    own = train(tmp_path, plan_of(GRID, "x"), work).folder.path
    taken = own.rename(own.with_name("shipped"))
    with pytest.raises(ConfigError, match=f"{words}, or rename its folder in {own.parent}\\.$"):
        sweep_folder(runs, "shipped")
    taken.rename(own)
    assert states(train(tmp_path, None, work)) == ["finished", "finished"]
    assert len(work.given) == 2
    # Its cells would not find their trunks.
    (own.rename(taken) / "trunks").mkdir()
    with pytest.raises(ConfigError, match=f"{words}\\.$"):
        sweep_folder(runs, "shipped")


def test_cells_added_to_an_older_sweep_take_its_norms(tmp_path):
    sweep = train(tmp_path, plan_of({**GRID, "settings": {"data": "x"}}, "x"), Workers())
    values = json.loads(sweep.folder.file.read_text())
    older = {**values, "format_version": 1, "settings": {"data": "x", "norm_patch": 64}}
    for settings, expected in (({"data": "x"}, (200, 0)), (older["settings"], (200, 64))):
        sweep.folder.file.write_text(json.dumps({**older, "settings": settings}))
        config = read_sweep(sweep.folder).plan.config(sweep.plan.cells[0], None)
        assert (config.norm_patches, config.norm_patch) == expected
    sweep.folder.file.write_text(json.dumps(values))
    assert read_sweep(sweep.folder).plan.config(sweep.plan.cells[0], None).norm_patch == 512


def test_time_left_counts_running_and_open_cells(tmp_path):
    plan = plan_of({**GRID, "seeds": [0, 1]}, "x")
    cells = plan.cells
    took = Status(state="finished", begun=100.0, heartbeat=160.0, step=10, steps=10)
    runs = Status(state="running", step=5, steps=10, seconds_left=20.0)
    stand = [
        (cells[0], "finished", took),
        (cells[1], "running", runs),
        (cells[2], "not started", None),
        (cells[3], "stopped", replace(runs, state="cancelled", seconds_left=None)),
    ]
    progress = sweep_progress(stand)
    assert progress.seconds_left == 20 + 2 * 60
    assert progress.share == pytest.approx((1 + 0.5 + 0 + 0.5) / 4)
    assert progress.running == ("sar_1-2-3_seed0",)
    # Before the first is finished, a running one says how long one takes.
    assert sweep_progress(stand[1:]).seconds_left == 20 + 2 * 40
    assert sweep_progress(stand[2:]).seconds_left is None


def test_a_cell_on_a_worker_is_never_begun_twice(tmp_path, monkeypatch):
    from seaice.experiment.sweep import cell as of_worker

    monkeypatch.setattr(of_worker, "_POLL_S", 0.01)
    run = module.new_run(plan_of(GRID, "x").config(plan_of(GRID, "x").cells[0], None), tmp_path)
    resumed: list[RunFolder] = []
    # A process that a dead worker started still works on it.
    lock = hold(run.lock_file)
    end(run, "running")
    threading.Timer(0.1, lambda: (end(run, "finished"), lock.release())).start()
    monkeypatch.setattr(of_worker, "resume", lambda folder, models, **_: resumed.append(folder))
    assert of_worker.train_cell(str(run.path), "models")[0] == "finished"
    assert resumed == []
    # It died with its worker: another one goes on.
    end(run, "running")
    monkeypatch.setattr(
        of_worker,
        "resume",
        lambda folder, models, **_: (resumed.append(folder), end(run, "finished")),
    )
    assert of_worker.train_cell(str(run.path), "models")[0] == "finished"
    assert resumed == [run]
    # It was stopped before the other worker came to it.
    end(run, "cancelled")
    run.stop_file.touch()
    assert of_worker.train_cell(str(run.path), "models")[0] == "cancelled"
    assert len(resumed) == 1
