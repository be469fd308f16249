"""`seaice predict` and `evaluate` on Dask's workers, of which some die."""

import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cloudpickle
import dask
import netCDF4
import pytest
from distributed import LocalCluster

from seaice.commands import scorers
from seaice.core.files import atomic_write
from seaice.results import many

pytestmark = pytest.mark.slow

BAD = "20180311"
"""The scene that is worked on when a worker dies."""


@pytest.fixture
def scheduler() -> Iterator[str]:
    """Address of a scheduler with two workers. What this module holds, they take as it is here."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with (
        # A scene may cost two workers, not four: each imports torch again.
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
    ):
        yield cluster.scheduler_address
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.fixture
def scenes(make_scene: Callable[..., Path], tmp_path: Path) -> Path:
    """A folder of four scenes."""
    for day in range(10, 14):
        name = f"201803{day}T000000_dmi_prep.nc"
        make_scene(64, 64, folder=tmp_path / "scenes", name=name, seed=day)
    return tmp_path / "scenes"


def begin_and_wait(
    work: Callable[..., object], marks: str, path: Path, order: many.Order
) -> object:
    """Leave the worker's id beside the scene's name; the first one writes half of a bad scene."""
    name = order.scene.path.name[:8]
    first = name == BAD and not list(Path(marks).glob(f"{BAD}.*"))
    (Path(marks) / f"{name}.{os.getpid()}").touch()
    if first:
        with atomic_write(order.target) as temporary:
            temporary.write_text("half")
            (Path(marks) / "writing").touch()
            time.sleep(600)
    return work(path, order)


def test_the_scene_of_a_killed_worker_is_done_by_another(
    seaice, scheduler, scenes: Path, make_checkpoint, tmp_path: Path, monkeypatch
) -> None:
    """What the dead one had half-written goes."""
    out, marks = tmp_path / "out", tmp_path / "marks"
    marks.mkdir()
    held: list[Path] = []

    def kill() -> None:
        give_up = time.monotonic() + 300
        while not (marks / "writing").exists():
            if time.monotonic() > give_up:
                return
            time.sleep(0.02)
        held.extend(out.glob(".*.part"))
        (begun,) = marks.glob(f"{BAD}.*")
        os.kill(int(begun.suffix[1:]), signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    work = functools.partial(begin_and_wait, many.work_off, str(marks))
    monkeypatch.setattr(many, "work_off", work)
    killer.start()
    status, answer, said = seaice(
        "predict", make_checkpoint(), scenes, "--out", out, "--scheduler", scheduler
    )
    killer.join()
    assert status == 0, said
    written = [Path(line) for line in answer.split()]
    assert [path.name[:8] for path in written] == [f"201803{day}" for day in range(10, 14)]
    assert len(held) >= 1
    assert {*out.iterdir()} == {*written}
    for path in written:
        with netCDF4.Dataset(path) as file:
            assert file["SOD"][:].count() > 0
        workers = list(marks.glob(f"{path.name[:8]}.*"))
        assert len(workers) == (2 if path.name.startswith(BAD) else 1)


def die_over(work: Callable[..., object], path: Path, task: object) -> object:
    """End the worker at once over one scene, as the system does that is short of memory."""
    if BAD in str(task):
        os._exit(1)
    return work(path, task)


def test_a_scene_over_which_workers_die_is_named_and_left_out(
    seaice, scheduler, scenes: Path, make_checkpoint, tmp_path: Path, monkeypatch
) -> None:
    bad = scenes / f"{BAD}T000000_dmi_prep.nc"
    line = f"left out: {bad}: One worker after the other died over it, perhaps because memory ran"
    out, checkpoint, far = tmp_path / "out", make_checkpoint(), ("--scheduler", scheduler)
    monkeypatch.setattr(many, "work_off", functools.partial(die_over, many.work_off))
    status, answer, said = seaice("predict", checkpoint, scenes, "--out", out, *far)
    assert status == 3
    assert [each[: len(line)] for each in said if "left out:" in each] == [line]
    assert said[-1] == "The predictions are without 1 file, named above."
    assert sorted(path.name[:8] for path in out.iterdir()) == ["20180310", "20180312", "20180313"]
    score = functools.partial(die_over, scorers.score_scene_with)
    monkeypatch.setattr(scorers, "score_scene_with", score)
    status, answer, said = seaice(
        *("evaluate", checkpoint, "--data", scenes, "--baselines", "none", "--json"), *far
    )
    assert status == 3
    assert [each[: len(line)] for each in said if "left out:" in each] == [line]
    assert len(json.loads(answer)["scenes"]) == 3


def test_workers_score_as_this_machine_does(
    scheduler, scenes: Path, make_checkpoint, tmp_path: Path
) -> None:
    score = ["evaluate", make_checkpoint(), "--data", scenes, "--baselines", "none", "--json"]
    far, here = (
        subprocess.run(
            [sys.executable, "-m", "seaice", *map(str, each), "--again"],
            capture_output=True,
            text=True,
            check=True,
        )
        for each in ([*score, "--scheduler", scheduler], score)
    )
    assert json.loads(far.stdout) == json.loads(here.stdout)
