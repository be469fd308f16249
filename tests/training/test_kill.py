"""Runs that are killed at any moment and resumed end like one that was not."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from safetensors.numpy import load_file

from seaice.training.process import run_here
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import inspect_run
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.queue import queue
from seaice.training.runs.status import read_status
from seaice.training.start import new_run, resume, start

STEPS, EVERY = 12, 4
WORK = """
import os, signal, sys
from pathlib import Path
import seaice.training.run
from seaice.training.process import run_here
from seaice.training.runs.folder import RunFolder
# Nobody waits for who is killed.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    run, models = map(Path, line.split())
    if (child := os.fork()) == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        run_here(RunFolder(run), models)
        os._exit(0)
    print(child, flush=True)
"""

Work = Callable[[RunFolder, Path], int]


@pytest.fixture
def work() -> Iterator[Work]:
    """Work on a run in a process that has torch already; gives its id."""
    server = subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

    def begin(run: RunFolder, models: Path) -> int:
        print(run.path, models, file=server.stdin, flush=True)
        return int(server.stdout.readline())

    yield begin
    # All that it began too: a run that hangs would hold its output open.
    os.killpg(server.pid, signal.SIGKILL)
    server.communicate()


def require_same(first: Path, second: Path) -> None:
    """Check that two files hold the same tensors, bit for bit."""
    ours, theirs = load_file(first), load_file(second)
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name].tobytes() != theirs[name].tobytes()] == []
    assert all(np.isfinite(each).all() for each in ours.values())


def require_as_if_nothing_had_been(run: RunFolder, whole: RunFolder) -> None:
    """Check that a run left what an undisturbed one did: weights, measures, and no more files."""
    require_same(whole.state_file, run.state_file)
    made, expected = (Path(read_status(each).checkpoint) for each in (run, whole))
    require_same(expected, made)
    assert list(made.parent.iterdir()) == [made]
    assert {path.name for path in run.path.iterdir()} - {"log.txt"} == {
        path.name for path in whole.path.iterdir()
    } - {"log.txt"}
    # Every step and every validation once.
    lines = [json.loads(line) for line in run.metrics_file.read_text().splitlines()]
    assert len(lines) == STEPS + STEPS // EVERY
    ours, theirs = (read_metrics(each) for each in (run, whole))
    assert [each["step"] for each in ours.steps] == list(range(1, STEPS + 1))
    assert [each["loss"] for each in ours.steps] == [each["loss"] for each in theirs.steps]
    scores = [[each["SOD"] for each in found.validations] for found in (ours, theirs)]
    assert scores[0] == scores[1]


def kill(run: RunFolder, pid: int) -> bool:
    """Kill a run's process, if it has not come to its end; what it held is free at once.

    Its workers see only seconds later that it has gone.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 3
    while run.alive() or queue():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    looked = inspect_run(run)
    assert looked.can_resume == (looked.status.state != "finished")
    return looked.can_resume


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_run_that_is_killed_ends_like_one_that_is_not(run_config, runs, models, work, kills):
    settings = run_config(steps=STEPS, validate_every=EVERY, workers=1)
    whole = new_run(settings, runs)
    begun = time.monotonic()
    run_here(whole, models / "whole")
    longest, chance, killed = time.monotonic() - begun, random.Random(kills), 0
    while killed < kills:
        # It saves its state on the way, and so gets to its end.
        run = new_run(settings, runs)
        while read_status(run).state != "finished":
            pid = work(run, models / run.name)
            if killed < kills:
                time.sleep(chance.uniform(0, longest / 2))
                killed += kill(run, pid)
            deadline = time.monotonic() + 120
            while psutil.pid_exists(pid):
                assert time.monotonic() < deadline, run.log_tail()
                time.sleep(0.02)
        require_as_if_nothing_had_been(run, whole)


@pytest.mark.slow
def test_a_run_of_its_own_process_that_is_killed_does_so_too(run_config, runs, models, until):
    settings, chance = run_config(steps=STEPS, validate_every=EVERY, workers=1), random.Random(1)
    whole = new_run(settings, runs)
    run_here(whole, models / "whole")
    run = start(settings, runs, models / "killed")
    for least in (1, 5):
        status = until(run, lambda status, least=least: status.step >= least)
        time.sleep(chance.uniform(0, 0.3))
        assert kill(run, status.pid)
        assert read_status(run).message.startswith("Its process ended unexpectedly. It")
        resume(run, models / "killed")
    until(run, lambda status: status.state == "finished")
    require_as_if_nothing_had_been(run, whole)
