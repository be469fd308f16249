import json
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import seaice.training.runs.status
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import inspect_run
from seaice.training.runs.lock import hold
from seaice.training.runs.status import Status, StatusWriter, read_status, write_status

FULL = Status(
    state="finished",
    step=7,
    steps=9,
    seconds_left=1.5,
    left_out="validations",
    loss=0.25,
    score=-159.7,
    message="Ended “well”.",
    checkpoint="/models/a.safetensors",
    device="CPU",
    scenes=3,
    simulated=True,
    folder="/home/\udcff",
    models="/models",
    host="elsewhere",
    pid=12,
    pid_created=5.25,
    begun=6.5,
    heartbeat=7.5,
)

UNSAVED = "It had not saved a state yet, so resuming starts from the beginning."


def here(**changes: Any) -> Status:
    """A status as a process of this machine has just written it."""
    told = {"state": "running", "host": socket.gethostname(), "heartbeat": time.time()}
    return Status(**{**told, **changes})


def test_a_status_is_read_as_it_was_written(run: RunFolder):
    write_status(run, FULL)
    assert read_status(run) == FULL
    bare = Status(state="cancelled")
    write_status(run, bare)
    assert read_status(run) == bare
    assert [path.name for path in run.path.iterdir() if path.name.endswith(".part")] == []


def test_how_a_run_ended_is_kept_on_a_full_disk(small_disk: Path, leave_room):
    """Its status has room for no other file beside it, and pages would say that it was killed."""
    run = RunFolder(small_disk)
    writer = StatusWriter(run, Status())
    writer.update(state="running", message="a message that is longer than the one that comes last")
    leave_room(0)
    writer.update(message="validating")
    assert json.loads(run.status_file.read_text())["message"].startswith("a message that")
    writer.update(state="failed", message="a.nc cannot be written (No space left on device).")
    written = read_status(run)
    assert (written.state, written.message) == ("failed", writer.status.message)


def test_every_field_is_tried_by_the_round_trip():
    untold = [each.name for each in fields(Status) if getattr(FULL, each.name) == each.default]
    assert untold == []


DAMAGED = {
    "nothing": b"",
    "half": json.dumps(asdict(FULL)).encode()[:150],
    "no JSON": b"running",
    "a list": b"[]",
    "an empty object": b"{}",
    "no text": b'{"state": "\xff\xfe"}',
    "deep": b"[" * 200_000,
    "an unknown state": b'{"state": "resting"}',
    "a state that is a list": b'{"state": ["running"]}',
    "no state": b'{"state": null}',
    "a step in words": b'{"state": "finished", "step": "3"}',
    "half a step": b'{"state": "finished", "step": 3.5}',
    "a true step": b'{"state": "finished", "step": true}',
    "a negative step": b'{"state": "finished", "step": -1}',
    "steps beyond all floats": b'{"state": "finished", "steps": 1' + b"0" * 400 + b"}",
    "a loss beyond all floats": b'{"state": "finished", "loss": 1' + b"0" * 400 + b"}",
    "a loss that is none": b'{"state": "finished", "loss": NaN}',
    "endless": b'{"state": "finished", "seconds_left": Infinity}',
    "a message that is a number": b'{"state": "finished", "message": 1}',
    "a year that is none": b'{"state": "running", "host": "else", "heartbeat": 1e300}',
    "a heartbeat beyond all floats": b'{"state": "running", "host": "e", "heartbeat": 1'
    + b"0" * 400
    + b"}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_status_is_made_up(run: RunFolder, content: bytes):
    run.status_file.write_bytes(content)
    made_up = Status(state="interrupted", message=f"The run's status cannot be read. {UNSAVED}")
    assert read_status(run) == made_up
    lock = hold(run.lock_file)
    alone = "The run's status cannot be read."
    assert read_status(run) == replace(made_up, state="running", message=alone)
    lock.release()
    assert inspect_run(run).can_resume


def test_a_status_that_is_missing_is_made_up(run: RunFolder):
    assert read_status(run).state == "interrupted"
    run.status_file.mkdir()
    assert read_status(run).state == "interrupted"


def test_a_status_of_another_version_is_read(run: RunFolder):
    run.status_file.write_text('{"state": "finished", "step": 4, "mood": "good"}')
    assert read_status(run) == Status(state="finished", step=4)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """One folder for all tries of a property."""
    return RunFolder(tmp_path_factory.mktemp("run"))


WRITTEN = json.dumps(asdict(replace(FULL, state="running")), indent=2).encode()


@settings(deadline=None)
@given(st.integers(0, len(WRITTEN) - 1), st.integers(0, 255))
def test_no_flipped_byte_raises(shared: RunFolder, place: int, byte: int):
    content = bytearray(WRITTEN)
    content[place] = byte
    shared.status_file.write_bytes(content)
    status = read_status(shared)
    assert 0 <= status.share <= 1
    json.dumps(asdict(status))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([each.name for each in fields(Status)]), anything))
def test_no_value_of_a_field_raises(shared: RunFolder, values: dict[str, Any]):
    shared.status_file.write_text(json.dumps({**asdict(here()), **values}))
    status = read_status(shared)
    assert 0 <= status.share <= 1
    time.gmtime(status.begun)
    f"{status.loss or 0:.3f} {status.message}"


def test_a_run_whose_process_has_gone_is_interrupted(run: RunFolder):
    write_status(run, here(step=4, steps=9, seconds_left=3.0, message="validating"))
    lock = hold(run.lock_file)
    assert read_status(run).state == "running"
    lock.release()
    gone = read_status(run)
    assert (gone.state, gone.step, gone.seconds_left) == ("interrupted", 4, None)
    assert gone.message == f"Its process ended unexpectedly. {UNSAVED}"
    run.state_file.touch()
    assert read_status(run).message.endswith("It can be resumed from its last saved state.")
    write_status(run, here(state="waiting"))
    assert read_status(run).state == "interrupted"


def test_a_process_id_says_nothing(run: RunFolder):
    """It lives, and is another one's by now."""
    write_status(run, here(pid=os.getpid()))
    assert read_status(run).state == "interrupted"


@pytest.mark.parametrize("off", [-1e6, -400, 400, 1e6])
def test_a_clock_that_is_set_does_not_count(run: RunFolder, off: float):
    write_status(run, here(heartbeat=time.time() + off))
    assert read_status(run).state == "interrupted"
    lock = hold(run.lock_file)
    assert read_status(run).state == "running"
    lock.release()


@pytest.mark.parametrize(
    ("off", "state"),
    [(0, "running"), (-250, "running"), (-400, "interrupted"), (400, "interrupted")],
)
def test_a_run_of_another_machine_lives_by_its_heartbeat(run: RunFolder, off: float, state: str):
    write_status(run, here(host="elsewhere", heartbeat=time.time() + off))
    assert read_status(run).state == state
    assert not run.alive()


def test_a_run_that_ends_between_two_looks_has_ended(run: RunFolder, monkeypatch):
    """Its process says so, and lets go, after the file was read and before the lock is asked."""
    write_status(run, here())

    def end(*_: object) -> bool:
        write_status(run, here(state="finished", checkpoint="a"))
        return False

    monkeypatch.setattr(RunFolder, "alive", end)
    assert read_status(run).state == "finished"


def test_what_is_read_while_it_is_written_is_whole(run: RunFolder):
    write_status(run, here(state="finished"))
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            write_status(run, here(state="finished", message="x" * 5000))
            write_status(run, here(state="cancelled"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        states = {read_status(run).state for _ in range(500)}
    finally:
        stop.set()
        writer.join()
    assert states <= {"finished", "cancelled"}


def test_a_pipe_in_place_of_a_file_is_not_waited_at(run: RunFolder):
    for path in (run.status_file, run.metrics_file, run.log_file):
        os.mkfifo(path)
    found: list[Any] = []

    def look() -> None:
        found.append((inspect_run(run).status.state, run.log_tail()))

    asked = threading.Thread(target=look, daemon=True)
    asked.start()
    asked.join(5)
    assert found == [("interrupted", "")]


def test_a_recorder_writes_what_changes_and_spares_the_rest(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
):
    written = []
    monkeypatch.setattr(
        seaice.training.runs.status, "write_status", lambda _, status: written.append(status)
    )
    status_writer = StatusWriter(run, Status(host="elsewhere", pid=1))
    status_writer.update(state="running")
    for step in range(1, 50):
        status_writer.update(step=step)
    status_writer.update(message="validating")
    status_writer.update(state="finished", step=50)
    told = [(status.state, status.message, status.step) for status in written]
    assert told[0] == ("running", "", 0)
    assert told[-2:] == [("running", "validating", 49), ("finished", "validating", 50)]
    assert len(written) < 10
    assert (written[0].host, written[0].pid) == (socket.gethostname(), os.getpid())


def test_a_heartbeat_is_written_now_and_then(run: RunFolder, clock: Callable[[float], None]):
    status_writer = StatusWriter(run, Status())
    status_writer.update(state="running")
    first = run.status_file.read_text()
    status_writer.update(step=1)
    assert run.status_file.read_text() == first
    clock(0.6)
    status_writer.update(step=2)
    assert json.loads(run.status_file.read_text())["step"] == 2


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the monotonic clock go on by seconds."""
    passed = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])

    def go_on(seconds: float) -> None:
        passed[0] += seconds

    return go_on


def test_a_status_that_cannot_be_written_ends_nothing(run: RunFolder, tmp_path: Path):
    status_writer = StatusWriter(run, Status())
    kept = tmp_path / "kept"
    run.path.rename(kept)
    run.path.touch()
    status_writer.update(state="running")
    run.path.unlink()
    kept.rename(run.path)
    status_writer.update(message="again")
    assert json.loads(run.status_file.read_text())["message"] == "again"


def test_who_asks_it_to_stop_is_heard(run: RunFolder):
    status_writer = StatusWriter(run, Status())
    assert not status_writer.stop_requested()
    run.stop_file.touch()
    assert status_writer.stop_requested()
