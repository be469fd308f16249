"""Runs on a disk without room: they end in one sentence, and lose no more than the last minute."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import seaice.training.callback
from seaice.core.errors import OutputError
from seaice.training.process import run_here
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import inspect_run
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.status import read_status
from seaice.training.start import cancel, new_run


@pytest.fixture
def no_room() -> Iterator[Callable[[int], None]]:
    """Let no file grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_state_without_room_leaves_the_one_before(run_config, runs, models, no_room, monkeypatch):
    # Every step is saved.
    monkeypatch.setattr(seaice.training.callback, "_SAVE_S", 0)
    run = new_run(run_config(steps=4), runs)
    run_here(run, models, lambda progress: progress.step == 1 and cancel(run))
    before = run.state_file.read_bytes()
    with pytest.raises(OutputError) as said:
        run_here(run, models, lambda _: no_room(3_000_000))
    assert str(said.value).startswith(f"{run.state_file} cannot be written (")
    assert "\n" not in str(said.value)
    status = read_status(run)
    assert (status.state, status.message) == ("failed", str(said.value))
    assert run.state_file.read_bytes() == before
    assert list(run.path.glob(".*.part")) == []
    assert inspect_run(run).can_resume
    no_room(resource.RLIM_INFINITY)
    ended = run_here(run, models)
    assert ended.path.is_file()
    assert [entry["step"] for entry in read_metrics(run).steps] == [1, 2, 3, 4]


@pytest.mark.slow
def test_a_full_disk_ends_a_run_in_one_sentence(run_config, small_disk: Path, models):
    run = new_run(run_config(validate_every=1), small_disk / "runs")
    ended = subprocess.run(
        [sys.executable, "-m", "seaice", "train", f"--resume={run.path}", f"--models={models}"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    sentence = ended.stderr.splitlines()[-1]
    assert sentence.startswith(f"{run.state_file} cannot be written (")
    assert "No space left on device" in sentence
    assert "Traceback" not in ended.stderr
    assert (read_status(run).state, read_status(run).message) == ("failed", sentence)
    assert not run.state_file.exists()
    assert list(run.path.glob(".*.part")) == []
    assert list(models.glob("*")) == []
    # Made to go on where there is room.
    moved = RunFolder(Path(shutil.copytree(run.path, models.parent / "moved")))
    assert run_here(moved, models).path.is_file()
    assert os.path.isfile(read_status(moved).checkpoint)
