"""Cells on Dask's workers: one dies in the middle, and a scheduler that is not there."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import cloudpickle
import pytest

from seaice.core import cluster
from seaice.core.cluster import cluster_workers
from seaice.core.errors import ClusterError
from seaice.experiment.sweep.folder import planned, sweep_folder
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.sweep.progress import standings
from seaice.experiment.sweep.train import train_sweep

pytestmark = pytest.mark.slow

GRID = {"rates": ["none", "1-2-3", "3-6-9"], "channels": ["sar"]}


def pretend(run: str, models: str) -> tuple[str, str]:
    """Leave the worker's id in the run; the first cell waits for its worker's end."""
    from dataclasses import replace

    from seaice.training.runs.folder import RunFolder
    from seaice.training.runs.status import read_status, write_status

    folder = RunFolder(Path(run))
    (folder.path / f"{os.getpid()}.worker").touch()
    first = "_none_" in run and len(list(folder.path.glob("*.worker"))) == 1
    while first:
        time.sleep(0.05)
    checkpoint = folder.path / "made"
    checkpoint.touch()
    done = replace(read_status(folder), state="finished", checkpoint=str(checkpoint))
    write_status(folder, done)
    return "finished", ""


def test_the_cell_of_a_killed_worker_is_done_again_and_no_other(tmp_path: Path):
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    sweep = planned(sweep_folder(tmp_path / "runs", "mine"), plan_of(GRID, "x"))
    killed: list[int] = []

    def kill() -> None:
        while not (found := list((tmp_path / "runs").glob("*_none_*/*.worker"))):
            time.sleep(0.05)
        killed.append(int(found[0].stem))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    with cluster_workers(workers=2) as (executor, count):
        assert count() == 2
        killer.start()
        sweep = train_sweep(sweep, tmp_path / "models", executor, count, work=pretend)
        killer.join()
    assert [state for _, state, _ in standings(sweep)] == ["finished"] * 3
    workers = {
        cell.name: [int(each.stem) for each in sweep.run_of(cell).path.glob("*.worker")]
        for cell in sweep.plan.cells
    }
    assert len(workers.pop("sar_none_seed0")) == 2
    assert [len(each) for each in workers.values()] == [1, 1]
    assert len(list((tmp_path / "runs").glob("2*"))) == 3


def test_a_scheduler_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "_CONNECT_S", 1.0)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with (
            pytest.raises(ClusterError, match=f"There is no Dask scheduler at {address}"),
            cluster_workers(address),
        ):
            pass


def sleep_in(folder: str) -> int:
    """Leave the worker's id, and sleep until the folder holds a file `awake`."""
    (Path(folder) / f"{os.getpid()}.worker").touch()
    while not (Path(folder) / "awake").exists():
        time.sleep(0.05)
    return os.getpid()


def test_a_worker_that_was_stopped_for_a_while_goes_on(tmp_path: Path):
    """A laptop that sleeps stops its worker, and Dask must not take it for dead."""
    import dask

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with (
        dask.config.set({"distributed.scheduler.worker-ttl": "1s"}),
        cluster_workers(workers=1) as (executor, _),
    ):
        future = executor.submit(sleep_in, str(tmp_path))
        while not (found := list(tmp_path.glob("*.worker"))):
            time.sleep(0.05)
        worker = int(found[0].stem)
        os.kill(worker, signal.SIGSTOP)
        time.sleep(8)
        os.kill(worker, signal.SIGCONT)
        (tmp_path / "awake").touch()
        assert future.result(timeout=30) == worker
    assert len(list(tmp_path.glob("*.worker"))) == 1
