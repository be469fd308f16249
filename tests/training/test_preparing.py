"""Runs that are asked to stop before their first step: they do not read the rest of an archive."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

import seaice.training.process
import seaice.training.run
import seaice.training.stop_signals
from seaice.training.process import run_here
from seaice.training.run_context import RunResult
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.status import read_status
from seaice.training.start import cancel

STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)

# The size of the network does not matter here.
pytestmark = pytest.mark.usefixtures("small_network")


def asked(how: str | signal.Signals) -> Callable[[RunFolder], object]:
    """What asks a run to stop: a page, or a signal to its process."""
    return cancel if isinstance(how, str) else lambda _: os.kill(os.getpid(), how)


@pytest.mark.parametrize("how", ["asked", *STOPS])
@pytest.mark.parametrize("work", ["split_scenes", "warn_of_implausible", "patches"])
def test_a_run_that_is_asked_to_stop_while_it_reads_ends_there(run, models, monkeypatch, how, work):
    monkeypatch.setattr(seaice.training.stop_signals, "_LOOK_S", 0.05)
    handlers = [signal.getsignal(each) for each in STOPS]

    def read_an_archive(*_: object) -> Any:
        asked(how)(run)
        time.sleep(60)
        pytest.fail("the run has read on")

    with monkeypatch.context() as patch:
        patch.setattr(seaice.training.run, work, read_an_archive)
        stopped = run_here(run, models)
    assert (stopped.path, stopped.step) == (None, 0)
    status = read_status(run)
    assert status.state == "cancelled"
    assert status.message == "Stopped after step 0 of 3. It can be resumed."
    assert not run.alive()
    assert handlers == [signal.getsignal(each) for each in STOPS]
    assert run_here(run, models).step == 3


def test_a_run_ends_though_a_library_loses_the_request(run, models, monkeypatch):
    """One that takes any exception for what it expects, as netCDF4 does while it reads."""
    monkeypatch.setattr(seaice.training.stop_signals, "_LOOK_S", 0.05)

    def read_an_archive(*_: object) -> Any:
        with contextlib.suppress(SystemExit):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)
        time.sleep(60)
        pytest.fail("the run has read on")

    monkeypatch.setattr(seaice.training.run, "split_scenes", read_an_archive)
    assert run_here(run, models).path is None
    assert read_status(run).state == "cancelled"


def test_one_of_several_processes_does_not_leave_the_others_behind(run, models, monkeypatch):
    """They would wait for it: it stops with them, after their step."""
    monkeypatch.setattr(seaice.training.process, "launched", lambda: True)
    reached = []

    def read(*_: object) -> RunResult:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        reached.append(True)
        return RunResult(None, {}, 1, 0.0)

    monkeypatch.setattr(seaice.training.run, "train", read)
    assert run_here(run, models).step == 1
    assert reached == [True]
