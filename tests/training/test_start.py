"""Runs as they are started and resumed, mostly without the process that would work on them."""

import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

import seaice.training.start
from seaice.core.errors import ConfigError, LockError, OutputError, RunError
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.listing import delete_run, inspect_run
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.queue import MAX_WAITING, Ticket, queue
from seaice.training.runs.status import Status, read_status, write_status
from seaice.training.start import cancel, new_run, resume, start

START = """
import json, sys
from pathlib import Path
from seaice.training.start import start
from seaice.training.config import TrainingConfig
config = TrainingConfig.from_json(sys.argv[1])
print(start(config, Path("runs"), Path("models")).path.resolve())
"""


def left(status: Status, message: str = "") -> Status:
    """A status of a run that was left before its end."""
    return Status(state="cancelled", step=2, steps=9, host=socket.gethostname(), message=message)


def test_a_run_whose_status_has_no_room_is_none(run_config, runs, monkeypatch):
    def full(folder: RunFolder, status: Status) -> None:
        raise OutputError(folder.status_file, "No space left on device")

    monkeypatch.setattr(seaice.training.start, "write_status", full)
    with pytest.raises(OutputError, match="No space left on device"):
        new_run(run_config(), runs)
    assert list(runs.iterdir()) == []


@pytest.mark.slow
def test_a_run_outlives_who_started_it(run_config, runs, models, tmp_path, until, seaice):
    """It works where it was started, and takes nothing that lies there for a module."""
    for name in ("typer", "torch", "seaice", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from the working directory')")
    starter = subprocess.run(
        [sys.executable, "-P", "-c", START, run_config(data="scenes").to_json()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (run,) = list_runs(runs)
    assert starter.stdout.strip() == str(run.path)
    seen: list[str] = []

    def over(status: Status) -> bool:
        if seen[-1:] != [status.state]:
            seen.append(status.state)
        if status.state == "running":
            assert status.pid in psutil.pids()
            assert status.pid != os.getpid()
        return not status.live

    ended = until(run, over)
    assert seen == ["waiting", "running", "finished"], run.log_tail()
    assert ended.checkpoint == str(models / "sar_1-2_seed0.safetensors")
    assert Path(ended.checkpoint).is_file()
    assert (ended.step, ended.steps, ended.device, ended.scenes) == (3, 3, "CPU", 2)
    assert [entry["step"] for entry in read_metrics(run).steps] == [1, 2, 3]
    assert "step 3/3" in run.log_tail()
    assert list(run.path.glob(".*.part")) == []
    deadline = time.monotonic() + 10
    while run.alive() or queue():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # It is over: there is nothing to resume, in one sentence, and all stays as it is.
    sentence = f"Run {run.name} is finished. Its checkpoint is {ended.checkpoint}."
    with pytest.raises(RunError) as refused:
        resume(run, models)
    assert str(refused.value) == sentence
    status, out, said = seaice("train", "--resume", run.path, "--models", models)
    assert (status, out, said) == (2, "", [sentence])
    assert read_status(run) == ended


def test_a_run_that_is_made_waits_and_says_where_it_belongs(
    run_config, runs, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    run = new_run(run_config(name="mine", steps=7), runs)
    assert run.name.endswith("_mine")
    assert read_config(run).steps == 7
    status = read_status(run)
    assert (status.steps, status.folder) == (7, str(tmp_path))
    assert abs(status.begun - time.time()) < 60
    # Nobody has started it.
    assert status.state == "interrupted"
    with pytest.raises(ConfigError, match="name"):
        new_run(run_config(name="../mine"), runs)
    assert list_runs(runs) == [run]


def test_a_run_that_is_started_holds_its_lock_at_once(run_config, runs, models, stand_in):
    run = start(run_config(), runs, models)
    looked = inspect_run(run)
    assert (looked.status.state, looked.status.message) == ("waiting", "starting")
    assert looked.can_cancel
    assert not looked.can_resume
    with pytest.raises(RunError, match=r"is still active: it is waiting\."):
        resume(run, models)
    with pytest.raises(RunError, match=r"is still active\. Cancel it first\."):
        delete_run(run)
    # Killed, and waited for at once: it is over, and no zombie stays.
    process = psutil.Process(stand_in())
    os.kill(process.pid, signal.SIGKILL)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.wait(10)
    assert read_status(run).state == "interrupted"
    assert inspect_run(run).can_resume


def test_it_reaches_neither_the_terminal_nor_its_signals(run_config, runs, models, stand_in):
    start(run_config(), runs, models)
    pid = stand_in()
    assert os.getsid(pid) == pid
    assert psutil.Process(pid).nice() >= 0
    files = {os.readlink(f"/proc/{pid}/fd/{number}") for number in (0, 1, 2)}
    (run,) = list_runs(runs)
    assert files == {os.devnull, str(run.log_file)}


def test_a_process_that_never_comes_so_far_is_not_waited_for(run_config, runs, models, monkeypatch):
    """Its host is known before it says a word: it does not pass for another machine's."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    run = start(run_config(), runs, models)
    deadline = time.monotonic() + 10
    while run.alive():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    status = read_status(run)
    assert status.state == "interrupted"
    assert status.message.startswith("Its process ended unexpectedly. It")


def test_a_process_that_cannot_be_started_is_said_and_leaves_no_run(
    run_config, runs, models, monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match="No such file"):
        start(run_config(), runs, models)
    assert list(runs.iterdir()) == []
    # One that was there before stays.
    run = new_run(run_config(), runs)
    with pytest.raises(OutputError, match="No such file"):
        resume(run, models)
    assert not run.alive()
    assert read_status(run).state == "interrupted"


def test_where_nothing_can_be_locked_no_run_is_left(
    seaice, run_config, scenes, runs, models, monkeypatch
):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(LockError):
        start(run_config(), runs, models)
    assert list(runs.iterdir()) == []
    options = ("--rates", "1-2", "--channels", "sar", "--patch", 64, "--data", scenes)
    status, out, said = seaice("train", *options, "--runs", runs, "--models", models)
    assert (status, out, "cannot be locked (No locks available)" in said[-1]) == (2, "", True)
    assert list(runs.iterdir()) == []


def test_a_disk_without_room_for_a_lock_leaves_no_run(
    seaice, run_config, scenes, runs, models, monkeypatch
):
    """As where all inodes are used up."""
    opened = os.open

    def refuse(path: Any, *arguments: Any, **named: Any) -> int:
        if str(path).endswith("/.lock"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, *arguments, **named)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match="No space left on device"):
        start(run_config(), runs, models)
    assert list(runs.iterdir()) == []
    options = ("--rates", "1-2", "--channels", "sar", "--patch", 64, "--data", scenes)
    status, out, said = seaice("train", *options, "--runs", runs, "--models", models)
    assert (status, out, "(No space left on device)" in said[-1]) == (2, "", True)
    assert list(runs.iterdir()) == []


def test_a_full_disk_is_one_sentence(run_config, runs, models, monkeypatch, stand_in):
    run = new_run(run_config(), runs)
    write_status(run, left(read_status(run)))
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "Full")))
    with pytest.raises(OutputError) as said:
        resume(run, models)
    assert str(said.value).count("cannot be written") == 1
    assert not run.alive()


def test_of_two_that_resume_at_once_one_is_refused(run_config, runs, models, stand_in):
    run = new_run(run_config(), runs)
    write_status(run, left(read_status(run)))
    together = threading.Barrier(6)
    ended: list[str] = []

    def go_on() -> None:
        together.wait()
        try:
            resume(run, models)
            ended.append("")
        except RunError as error:
            ended.append(str(error))

    threads = [threading.Thread(target=go_on) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended.count("") == 1
    refused = [words for words in ended if words]
    assert all("in use by another process" in w or "is still active" in w for w in refused)
    assert run.alive()


def test_what_was_finished_meanwhile_is_not_begun_again(
    run_config, runs, models, stand_in, monkeypatch
):
    run = new_run(run_config(), runs)
    write_status(run, left(read_status(run)))
    done = Status(state="finished", checkpoint="a.safetensors")
    monkeypatch.setattr(seaice.training.start, "require_room", lambda: write_status(run, done))
    with pytest.raises(RunError, match=r"is finished. Its checkpoint is a\.safetensors\."):
        resume(run, models)
    assert read_status(run) == done
    assert not run.alive()


def test_a_resumed_run_keeps_where_it_stands(run_config, runs, models, stand_in, tmp_path):
    run = new_run(run_config(), runs)
    (tmp_path / "home").mkdir()
    before = Status(state="failed", step=2, steps=9, score=4.0, folder=str(tmp_path / "home"))
    write_status(run, before)
    cancel(run)
    resume(run, models)
    status = read_status(run)
    assert (status.state, status.step, status.score) == ("waiting", 2, 4.0)
    assert not run.stop_file.exists()
    assert os.readlink(f"/proc/{stand_in()}/cwd") == before.folder


@pytest.mark.parametrize("content", ["", "{", '{"state": "running", "folder": "/gone"}'])
def test_a_damaged_status_does_not_keep_a_run_from_being_resumed(
    run_config, runs, models, stand_in, content
):
    run = new_run(run_config(), runs)
    run.status_file.write_text(content)
    resume(run, models)
    assert read_status(run).state == "waiting"
    assert os.readlink(f"/proc/{stand_in()}/cwd") == os.getcwd()


def test_a_full_queue_takes_no_more(run_config, runs, models, tmp_path, stand_in):
    tickets = [Ticket(tmp_path / str(number)) for number in range(MAX_WAITING)]
    with pytest.raises(RunError, match="20 runs are waiting already"):
        start(run_config(), runs, models)
    assert list_runs(runs) == []
    run = new_run(run_config(), runs)
    with pytest.raises(RunError, match="20 runs are waiting already"):
        resume(run, models)
    tickets.pop().release()
    resume(run, models)
    for ticket in tickets:
        ticket.release()


def test_a_run_that_is_gone_cannot_be_cancelled(run_config, runs):
    run = new_run(run_config(), runs)
    delete_run(run)
    with pytest.raises(OutputError, match="No such file or directory"):
        cancel(run)
    assert not run.path.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.slow
def test_a_signal_to_the_whole_group_stops_it_in_order(run_config, runs, models, until, number):
    """As a service manager or a terminal sends it: to the run and to the process that reads."""
    run = start(run_config(steps=2000, workers=1, validate_every=2000), runs, models)
    status = until(run, lambda status: status.step >= 3)
    os.killpg(status.pid, number)
    status = until(run, lambda status: status.state == "cancelled")
    assert status.step >= 3
    assert "It can be resumed." in status.message
    assert run.state_file.exists()
    assert "Traceback" not in run.log_tail()
