"""Runs in this process: how they wait, stop, go on and tell how they end."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import seaice.training.callback
import seaice.training.candidate
import seaice.training.module
import seaice.training.process
import seaice.training.run
import seaice.training.validation
from seaice.core.errors import ConfigError, RunError
from seaice.training.process import LOCK_VARIABLE, run_here
from seaice.training.run_context import RunResult
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import inspect_run
from seaice.training.runs.lock import hold, is_held
from seaice.training.runs.metrics import read_metrics
from seaice.training.runs.queue import MAX_WAITING, Ticket, queue
from seaice.training.runs.status import Status, read_status, write_status
from seaice.training.start import cancel, new_run

STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)

# The size of the network does not matter here.
pytestmark = pytest.mark.usefixtures("small_network")


@pytest.fixture
def ahead(tmp_path: Path) -> Iterator[Ticket]:
    """Another run, which works on the machine's device."""
    ticket = Ticket(tmp_path / "other")
    ticket.take(["cpu"], 1)
    yield ticket
    ticket.release()


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> Callable[[RunFolder], None]:
    """Hold a run's lock and hand it over to this process, as whoever starts one does."""

    def give(run: RunFolder) -> None:
        monkeypatch.setenv(LOCK_VARIABLE, str(hold(run.lock_file).descriptor))

    return give


def when_waiting(run: RunFolder, act: Callable[[], object]) -> "list[Any]":
    """Do something once a run waits; how it was seen from outside then.

    It is done after a while in any case: the run would wait for it without an end.
    """
    seen: list[Any] = []

    def watch() -> None:
        deadline = time.monotonic() + 30
        try:
            while (looked := inspect_run(run)).ahead != 1 or not looked.status.message:
                assert time.monotonic() < deadline, looked
                time.sleep(0.02)
            seen.append(looked)
        finally:
            act()

    threading.Thread(target=watch, daemon=True).start()
    return seen


@pytest.mark.parametrize("number", STOPS)
def test_a_signal_lets_the_step_be_finished_and_saved(run, models, monkeypatch, number):
    """Ctrl-C, the end of the machine's day, a lost connection, a scheduler's notice; it goes on."""
    handlers = [signal.getsignal(each) for each in STOPS]
    total_loss, begun = seaice.training.module.total_loss, []

    def in_the_middle(*arguments: Any) -> Any:
        begun.append(1)
        if len(begun) == 2:
            os.kill(os.getpid(), number)
        return total_loss(*arguments)

    monkeypatch.setattr(seaice.training.module, "total_loss", in_the_middle)
    stopped = run_here(run, models)
    assert (stopped.path, stopped.step) == (None, 2)
    status = read_status(run)
    assert (status.state, status.step, status.seconds_left) == ("cancelled", 2, None)
    assert status.message == "Stopped after step 2 of 3. It can be resumed."
    assert [entry["step"] for entry in read_metrics(run).steps] == [1, 2]
    assert not run.alive()
    assert queue() == []
    assert handlers == [signal.getsignal(each) for each in STOPS]
    told = []
    ended = run_here(run, models, lambda progress: told.append(progress.step))
    assert told == [3]
    assert ended.path == models / "sar_1-2_seed0.safetensors"
    assert [entry["step"] for entry in read_metrics(run).steps] == [1, 2, 3]
    assert (read_status(run).state, read_status(run).message) == ("finished", "")


def press(*_: object) -> None:
    """Press Ctrl-C, and be at something that takes long."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)


@pytest.mark.parametrize(
    ("module", "work", "changes"),
    [
        (seaice.training.validation, "score", {}),
        (seaice.training.candidate, "estimate_norms", {}),
        # Behind the last step, when Lightning has nothing to do with it any more.
        (seaice.training.candidate, "estimate_norms", {"validation_share": 0.0}),
    ],
)
def test_a_second_ctrl_c_ends_what_would_take_long(
    run_config, runs, models, monkeypatch, module, work, changes
):
    config = run_config(norm_patches=2, validate_every=2, **changes)
    run = new_run(config, runs)
    last = 3 if changes else 2

    def take_long(*_: object) -> None:
        for _ in range(3):
            press()
        pytest.fail("the run has gone on")

    with monkeypatch.context() as patch:
        patch.setattr(module, work, take_long)
        stopped = run_here(run, models)
    assert (stopped.path, stopped.step) == (None, last)
    status = read_status(run)
    assert (status.state, status.step) == ("cancelled", last)
    assert status.message == f"Stopped in the middle. It can be resumed from step {last}."
    assert not run.alive()
    assert queue() == []
    assert run_here(run, models).step == 3


def test_a_second_ctrl_c_tells_which_steps_are_lost(run_config, runs, models, monkeypatch):
    run = new_run(run_config(validate_every=2, steps=6), runs)
    total_loss, begun = seaice.training.module.total_loss, []

    def take_long(*arguments: Any) -> Any:
        begun.append(1)
        if len(begun) == 4:
            press()
            press()
        return total_loss(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(seaice.training.module, "total_loss", take_long)
        stopped = run_here(run, models)
    assert (stopped.path, stopped.step) == (None, 3)
    hint = "It can be resumed from step 2; steps after 2 are lost."
    assert read_status(run).message == f"Stopped in the middle. {hint}"
    # As after one that was killed there.
    write_status(run, replace(read_status(run), state="running"))
    assert read_status(run).message == f"Its process ended unexpectedly. {hint}"
    told: list[int] = []
    run_here(run, models, lambda progress: told.append(progress.step))
    assert told == [3, 4, 5, 6]


def test_a_second_ctrl_c_does_not_keep_a_run_from_saving_its_state(run, models, monkeypatch):
    """It came while the state was saved, or while the processes that read patches were ended."""
    save = seaice.training.callback.save_state

    def save_and_press(*arguments: Any) -> None:
        press()
        save(*arguments)
        press()

    monkeypatch.setattr(seaice.training.callback, "save_state", save_and_press)
    stopped = run_here(run, models, press)
    assert (stopped.path, stopped.step) == (None, 1)
    assert read_status(run).message == "Stopped after step 1 of 3. It can be resumed."
    monkeypatch.undo()
    assert run.state_file.is_file()


def test_a_second_ctrl_c_ends_a_run_that_waits(run, models, untrained, ahead, monkeypatch):
    monkeypatch.setattr(seaice.training.process.time, "sleep", press)
    assert run_here(run, models).path is None
    status = read_status(run)
    assert status.state == "cancelled"
    assert status.message.endswith("so resuming starts from the beginning.")
    assert untrained == []


def test_a_run_that_is_asked_to_stop_says_when_it_did(run, models):
    """By a page, say; the request holds no longer than the run."""
    stopped = run_here(run, models, lambda _: cancel(run))
    assert (stopped.path, stopped.step) == (None, 1)
    assert read_status(run).state == "cancelled"
    assert inspect_run(run).can_resume
    assert run.state_file.is_file()
    ended = run_here(run, models)
    assert ended.step == 3


def test_a_run_that_is_asked_to_stop_before_it_starts_trains_nothing(
    run, models, untrained, handed_over
):
    handed_over(run)
    cancel(run)
    result = run_here(run, models)
    assert (result.path, untrained) == (None, [])
    status = read_status(run)
    assert status.state == "cancelled"
    assert status.message == "Stopped after step 0 of 3. It can be resumed."
    assert LOCK_VARIABLE not in os.environ
    assert not run.alive()
    # Whoever starts it in a terminal has not asked that.
    assert run_here(run, models).path
    assert len(untrained) == 1


def test_a_run_waits_until_it_is_its_turn(run, models, untrained, ahead, monkeypatch, caplog):
    caplog.set_level("INFO", "seaice")
    monkeypatch.setattr(seaice.training.process, "_POLL_S", 0.05)
    seen = when_waiting(run, ahead.release)
    run_here(run, models)
    (waited,) = seen
    assert caplog.text.count("waiting for other runs to end; `seaice runs` lists them") == 1
    assert waited.status.state == "waiting"
    assert waited.status.message == "waiting for other runs to end"
    assert waited.can_cancel
    ((_, context, _, in_queue),) = untrained
    assert (context.devices, in_queue) == (["cpu"], 1)
    assert read_status(run).state == "finished"
    assert queue() == []


@pytest.mark.slow
def test_who_waits_far_behind_does_so_without_torch(run, models, tmp_path):
    """Twenty that wait would fill a laptop's memory."""
    before = Ticket(tmp_path / "another")
    script = f"""if True:
        import sys
        from pathlib import Path
        from seaice.training import process
        from seaice.training.runs.folder import RunFolder

        folder = RunFolder(Path({str(run.path)!r}))

        def wait(status_writer):
            print("torch" in sys.modules)
            folder.stop_file.touch()

        process._wait = wait
        process.run_here(folder, Path({str(models)!r}))
    """
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=90
    )
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr
    assert read_status(run).state == "cancelled"
    before.release()


@pytest.mark.parametrize("how", ["asked", signal.SIGTERM])
def test_a_waiting_run_can_be_cancelled(run, models, untrained, ahead, monkeypatch, how):
    monkeypatch.setattr(seaice.training.process, "_POLL_S", 0.05)
    act = (lambda: cancel(run)) if how == "asked" else (lambda: os.kill(os.getpid(), how))
    when_waiting(run, act)
    assert run_here(run, models).path is None
    assert untrained == []
    status = read_status(run)
    assert (status.state, status.step) == ("cancelled", 0)
    assert not run.alive()
    # The one before it still has its place.
    assert [place.devices for place in queue()] == [("cpu",)]


def test_a_full_queue_refuses_a_run_and_says_so(run, models, untrained, tmp_path):
    tickets = [Ticket(tmp_path / str(number)) for number in range(MAX_WAITING)]
    with pytest.raises(RunError, match="20 runs are waiting already") as refused:
        run_here(run, models)
    status = read_status(run)
    assert (status.state, status.message) == ("failed", str(refused.value))
    assert untrained == []
    for ticket in tickets:
        ticket.release()


def test_a_run_works_where_it_was_started(
    run_config, runs, models, untrained, tmp_path, monkeypatch
):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    run = new_run(run_config(), runs)
    monkeypatch.chdir(tmp_path)
    run_here(run, Path("models"))
    ((_, context, place, _),) = untrained
    # In the directory of who resumes it, so that further processes find what was typed.
    assert (context.home, place) == (str(home), str(tmp_path))
    # The folder that the checkpoint goes to is of who resumes it.
    assert context.models == tmp_path / "models"
    assert os.getcwd() == str(tmp_path)


def test_a_run_that_another_process_works_on_is_refused(run, models, untrained):
    before = read_status(run)
    lock = hold(run.lock_file)
    with pytest.raises(RunError, match="is in use by another process"):
        run_here(run, models)
    lock.release()
    assert read_status(run) == before
    assert untrained == []


def test_a_lock_of_another_file_is_not_taken_for_the_runs(run, models, untrained, monkeypatch):
    """As it is where a run starts something that starts a run."""
    with open(run.config_file) as other:
        monkeypatch.setenv(LOCK_VARIABLE, str(other.fileno()))
        run_here(run, models)
        os.fstat(other.fileno())
    assert len(untrained) == 1
    monkeypatch.setenv(LOCK_VARIABLE, "²")
    with pytest.raises(RunError, match="is finished"):
        run_here(run, models)


def test_a_run_is_held_while_it_is_trained(run, models, monkeypatch):
    held = []

    def look(config: Any, context: Any) -> RunResult:
        held.extend([is_held(run.lock_file), read_status(run).state, len(context.locks)])
        return RunResult(None, {}, 0, 0.0)

    monkeypatch.setattr(seaice.training.run, "train", look)
    run_here(run, models)
    # The run's and its place's: its workers let go of both.
    assert held == [True, "running", 2]


def test_what_nobody_foresaw_is_said_too(run, models, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(seaice.training.run, "train", fail)
    with pytest.raises(ZeroDivisionError):
        run_here(run, models)
    status = read_status(run)
    assert (status.state, status.message) == (
        "failed",
        "Ended by ZeroDivisionError. See the log.",
    )
    assert not run.alive()
    assert queue() == []


def test_an_exit_that_nobody_asked_for_is_a_failure(run, models, monkeypatch):
    def leave(*_: object) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(seaice.training.run, "train", leave)
    with pytest.raises(SystemExit):
        run_here(run, models)
    assert read_status(run).message == "Ended by SystemExit. See the log."


def test_what_a_killed_process_left_is_removed(run, models, untrained):
    write_status(run, Status(state="running", steps=3))
    for name in (".x.part", ".tmpBfKVxH"):
        (run.path / name).touch()
    run_here(run, models)
    assert {path.name for path in run.path.glob(".*")} == {".lock"}


def test_the_log_tells_what_is_said_in_the_terminal(run, models, handed_over, caplog):
    caplog.set_level(logging.INFO, "seaice")
    run_here(run, models, lambda _: cancel(run))
    assert "training scenes: 2, validation scenes: 1" in run.log_tail()
    # Where the log is the process's output anyway it is not written twice.
    before = run.log_file.read_text()
    run.stop_file.unlink()
    handed_over(run)
    assert run_here(run, models).step == 3
    assert run.log_file.read_text() == before


@pytest.mark.parametrize("named", ["20", "-1", "low"])
def test_another_priority_is_a_number_from_0_to_19(run, models, monkeypatch, named):
    monkeypatch.setenv("SEAICE_NICE", named)
    with pytest.raises(ConfigError, match=f"SEAICE_NICE is '{named}'"):
        run_here(run, models)
    assert queue() == []


def test_a_run_takes_the_lowest_priority_unless_told_otherwise(run, models, monkeypatch):
    lowered = []
    # A process cannot take its own priority back.
    monkeypatch.setattr(os, "nice", lambda by: lowered.append(by) or 2)
    monkeypatch.setenv("SEAICE_NICE", "5")
    run_here(run, models)
    monkeypatch.delenv("SEAICE_NICE")
    run_here(new_run(read_config(run), run.path.parent), models)
    assert [by for by in lowered if by] == [3, 17]
