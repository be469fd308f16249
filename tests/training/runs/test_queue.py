import json
import os
import signal
from pathlib import Path

import pytest

from seaice.core.errors import OutputError, RunError
from seaice.training.runs.folder import RunFolder, create_run
from seaice.training.runs.listing import inspect_run
from seaice.training.runs.lock import hold
from seaice.training.runs.queue import (
    MAX_WAITING,
    Place,
    Ticket,
    queue,
    require_room,
    waiting_before,
)
from seaice.training.runs.status import Status, write_status

DRAW = """
import sys
from pathlib import Path
from seaice.training.runs.queue import Ticket
print("here", flush=True)
for line in sys.stdin:
    verb, *rest = line.split()
    if verb == "draw":
        ticket = Ticket(Path(rest[0]))
        answer = ticket.take([], 1)
    else:
        answer = ticket.take(rest[1:], int(rest[0]))
    print(answer, flush=True)
"""
CPU = ["cpu"]
GPUS = ["cuda:0", "cuda:1"]


def names() -> list[str]:
    """Names of the runs in the queue, in order."""
    return [Path(place.run).name for place in queue()]


def tell(process: object, *words: object) -> str:
    """Tell a process of `DRAW` something; what it answers."""
    print(*words, file=process.stdin, flush=True)
    return process.stdout.readline().strip()


def test_one_run_at_a_time_in_the_order_of_their_tickets(tmp_path: Path):
    assert queue() == []
    first, second, third = (Ticket(tmp_path / name) for name in ("a", "b", "c"))
    assert names() == ["a", "b", "c"]
    # Who comes later does not go first, though the device is free.
    assert second.take(CPU, 1) is None
    assert first.take(CPU, 1) == CPU
    assert second.take(CPU, 1) is None
    assert [place.devices for place in queue()] == [("cpu",), (), ()]
    first.release()
    assert third.take(CPU, 1) is None
    assert second.take(CPU, 1) == CPU
    second.release()
    assert third.take(CPU, 1) == CPU
    third.release()
    assert queue() == []


def test_two_devices_compute_two_runs(tmp_path: Path):
    first, second, third = (Ticket(tmp_path / name) for name in ("a", "b", "c"))
    assert first.take(GPUS, 1) == ["cuda:0"]
    assert second.take(GPUS, 1) == ["cuda:1"]
    assert third.take(GPUS, 1) is None
    first.release()
    assert third.take(GPUS, 1) == ["cuda:0"]
    for ticket in (second, third):
        ticket.release()


def test_a_run_that_needs_two_devices_is_not_overtaken(tmp_path: Path):
    first, large, small = (Ticket(tmp_path / name) for name in ("a", "b", "c"))
    assert first.take(GPUS, 1) == ["cuda:0"]
    assert large.take(GPUS, 2) is None
    # One device is free, and goes to nobody.
    assert small.take(GPUS, 1) is None
    first.release()
    assert small.take(GPUS, 1) is None
    assert large.take(GPUS, 2) == GPUS
    assert small.take(GPUS, 1) is None
    large.release()
    assert small.take(GPUS, 1) == ["cuda:0"]
    small.release()


def test_processes_take_turns(start, tmp_path: Path):
    processes = [start(DRAW) for _ in range(3)]
    for process in processes:
        process.stdout.readline()
    for process, name in zip(processes, ("a", "b", "c"), strict=True):
        assert tell(process, "draw", tmp_path / name) == "None"
    assert names() == ["a", "b", "c"]
    answers = [tell(process, "take", 1, "cpu") for process in processes]
    assert answers == ["['cpu']", "None", "None"]
    # However it ends: the next one's turn comes, and its ticket goes.
    processes[0].send_signal(signal.SIGKILL)
    processes[0].wait()
    assert names() == ["b", "c"]
    assert tell(processes[2], "take", 1, "cpu") == "None"
    assert len(list(tickets())) == 2
    assert tell(processes[1], "take", 1, "cpu") == "['cpu']"
    # One that is killed while it waits holds up nobody either.
    processes[1].kill()
    processes[1].wait()
    assert tell(processes[2], "take", 1, "cpu") == "['cpu']"


def tickets() -> list[Path]:
    return list((Path(os.environ["SEAICE_CACHE"]) / "queue").glob("*/*.ticket"))


def test_tickets_drawn_at_once_are_distinct(start, tmp_path: Path):
    processes = [start(DRAW) for _ in range(5)]
    for process in processes:
        process.stdout.readline()
    drawn = [(process, tmp_path / str(number)) for number, process in enumerate(processes)]
    for process, run in drawn:
        print("draw", run, file=process.stdin, flush=True)
    for process, _ in drawn:
        process.stdout.readline()
    places = queue()
    assert len({place.number for place in places}) == 5
    assert {place.run for place in places} == {str(run) for _, run in drawn}


def test_two_folders_of_runs_share_one_queue(tmp_path: Path):
    runs = [create_run(tmp_path / name, "{}", "same") for name in ("one", "two")]
    first, second = (Ticket(run.path) for run in runs)
    assert first.take(CPU, 1) == CPU
    assert second.take(CPU, 1) is None
    assert [waiting_before(run.path) for run in runs] == [None, 1]
    for ticket in (first, second):
        ticket.release()


def test_a_waiting_run_shows_how_many_are_before_it(run: RunFolder, tmp_path: Path, monkeypatch):
    others = [Ticket(tmp_path / name) for name in ("a", "b")]
    assert others[0].take(CPU, 1) == CPU
    write_status(run, Status(state="waiting"))
    lock = hold(run.lock_file)
    # Started, and its process has not come so far.
    assert inspect_run(run).ahead is None
    # The folder as a person names it.
    monkeypatch.chdir(run.path.parent)
    ticket = Ticket(Path(run.name))
    assert (inspect_run(run).status.state, inspect_run(run).ahead) == ("waiting", 2)
    others[0].release()
    assert inspect_run(run).ahead == 1
    assert inspect_run(RunFolder(Path(run.name))).ahead == 1
    others[1].release()
    assert inspect_run(run).ahead == 0
    ticket.take(CPU, 1)
    assert waiting_before(run.path) is None
    ticket.release()
    assert waiting_before(run.path) is None
    lock.release()


def test_so_many_wait_and_no_more(tmp_path: Path):
    works = Ticket(tmp_path / "works")
    works.take(CPU, 1)
    waiting = [Ticket(tmp_path / str(number)) for number in range(MAX_WAITING - 1)]
    require_room()
    waiting.append(Ticket(tmp_path / "last"))
    sentence = (
        r"^20 runs are waiting already, which is the limit\. "
        r"Cancel one or wait until one has ended\.$"
    )
    with pytest.raises(RunError, match=sentence):
        require_room()
    with pytest.raises(RunError, match=sentence):
        Ticket(tmp_path / "one too many")
    # Who is refused has left nothing behind.
    assert len(queue()) == len(tickets()) == MAX_WAITING + 1
    waiting.pop(3).release()
    require_room()
    waiting.append(Ticket(tmp_path / "now"))
    assert names()[-1] == "now"
    for ticket in (works, *waiting):
        ticket.release()


def test_a_ticket_that_cannot_be_read_holds_its_place(tmp_path: Path):
    """As it is while its process writes it."""
    first = Ticket(tmp_path / "a")
    second = Ticket(tmp_path / "b")
    path = min(tickets())
    for content in (b"", b"{", b"[1]", b'{"devices": "cpu"}', b"[" * 200_000, b"\xff"):
        path.write_bytes(content)
        assert queue()[0] == Place(1, "", ())
        assert second.take(CPU, 1) is None
    path.write_text(json.dumps({"run": "x", "devices": ["cpu", 1]}))
    assert queue()[0] == Place(1, "x", ("cpu", "1"))
    for ticket in (first, second):
        ticket.release()


def test_other_files_in_the_queue_are_no_tickets(tmp_path: Path):
    first = Ticket(tmp_path / "a")
    (tickets()[0].parent / "notes.ticket").touch()
    (tickets()[0].parent / "9.txt").touch()
    assert names() == ["a"]
    second = Ticket(tmp_path / "b")
    assert [place.number for place in queue()] == [1, 2]
    for ticket in (first, second):
        ticket.release()


def test_a_queue_that_cannot_be_written_is_said(tmp_path: Path, own_cache: Path, monkeypatch):
    (own_cache / "queue").touch()
    assert queue() == []
    with pytest.raises(OutputError, match="cannot be written"):
        Ticket(tmp_path / "a")
    (own_cache / "queue").unlink()
    Ticket(tmp_path / "a").release()
    (lock,) = (own_cache / "queue").glob("*/queue.lock")
    lock.unlink()
    lock.mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        Ticket(tmp_path / "a")


def test_a_full_disk_is_said_and_leaves_no_place(tmp_path: Path, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OutputError, match="No space left on device"):
            Ticket(tmp_path / "a")
        assert queue() == []
    ticket = Ticket(tmp_path / "b")
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OutputError, match="No space left on device"):
            ticket.take(CPU, 1)
    ticket.release()
