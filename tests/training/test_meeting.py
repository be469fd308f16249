"""Processes that srun has started wait for each other, and not for ever."""

import gc
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from seaice.core.errors import ConfigError
from seaice.training import meeting
from seaice.training.process import run_here
from seaice.training.runs.status import read_status

FIRST = {
    "SLURM_JOB_ID": "77",
    "SLURM_PROCID": "0",
    "SLURM_LOCALID": "0",
    "SLURM_NODEID": "0",
    "SLURM_NNODES": "1",
    "SLURM_NTASKS": "2",
    "SLURM_STEP_NUM_TASKS": "2",
    "SLURM_JOB_NAME": "job.sh",
    "MASTER_ADDR": "127.0.0.1",
}


@pytest.fixture
def slurm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process is the first of two; nobody has started the second."""
    for name, value in FIRST.items():
        monkeypatch.setenv(name, value)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MASTER_PORT", str(probe.getsockname()[1]))
    # Changed by `environment`.
    monkeypatch.setenv("SLURM_NTASKS_PER_NODE", "8")
    yield
    # A store that a later test's worker inherits by fork waits in its end for a thread it lacks.
    gc.collect()


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        ("0", r"Only 1 of 2 processes of this job have come to 127.0.0.1:\d+\. Start all with one"),
        ("1", r"The first of 2 processes of this job was not found at 127.0.0.1:\d+\. Start all"),
    ],
)
def test_a_process_does_not_wait_for_ever(slurm, monkeypatch, rank, words):
    monkeypatch.setattr(meeting, "_LIMIT_S", 0.3)
    monkeypatch.setenv("SLURM_PROCID", rank)
    with pytest.raises(ConfigError, match=words):
        meeting.meet(lambda: False)
    # Lightning compares it with the devices, whatever the job has asked for.
    assert os.environ["SLURM_NTASKS_PER_NODE"] == "2"


def test_a_port_in_use_is_named(slurm):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", int(os.environ["MASTER_PORT"])))
        taken.listen()
        with pytest.raises(ConfigError, match=r"Port \d+ cannot be used .* export MASTER_PORT="):
            meeting.meet(lambda: False)


def test_who_is_asked_to_stop_waits_no_longer(slurm):
    asked = iter([False, False, True])
    assert meeting.meet(lambda: next(asked)) is False


def test_a_process_that_is_alone_waits_for_nobody(monkeypatch):
    for name in FIRST:
        monkeypatch.delenv(name, raising=False)
    assert meeting.meet(lambda: False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wait(slurm, run, models, monkeypatch, number):
    store = meeting._store

    def signalled(*arguments: Any) -> Any:
        os.kill(os.getpid(), number)
        return store(*arguments)

    monkeypatch.setattr(meeting, "_store", signalled)
    assert run_here(run, models).path is None
    assert read_status(run).state == "cancelled"
