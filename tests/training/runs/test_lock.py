import errno
import fcntl
import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from seaice.core.errors import LockError, OutputError, RunError
from seaice.training.runs.lock import Lock, hold, inherit, is_held

HOLD = """
import sys
from pathlib import Path
from seaice.training.runs.lock import hold
lock = hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""
WAIT = "print('here', flush=True); input()"


def test_a_lock_is_held_by_one_alone_until_it_is_let_go(tmp_path: Path):
    path = tmp_path / "lock"
    assert not is_held(path)
    lock = hold(path)
    assert is_held(path)
    with pytest.raises(RunError, match=f"{tmp_path.name} is in use by another process"):
        hold(path)
    lock.release()
    assert not is_held(path)
    # Twice is once: the number may be another file's by now.
    other = os.open(path, os.O_RDONLY)
    lock.release()
    os.close(other)
    hold(path).release()


def test_one_that_is_killed_lets_go(start, tmp_path: Path):
    path = tmp_path / "lock"
    process = start(HOLD, path)
    assert process.stdout.readline() == "held\n"
    assert is_held(path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not is_held(path)
    hold(path).release()


def test_a_zombie_holds_nothing(start, tmp_path: Path):
    path = tmp_path / "lock"
    process = start(HOLD, path)
    process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    # Waited for by nobody, so that its id is still taken.
    deadline = time.monotonic() + 10
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert psutil.pid_exists(process.pid)
    assert not is_held(path)


def test_who_inherits_a_lock_holds_it_when_it_is_let_go_here(start, tmp_path: Path):
    path = tmp_path / "lock"
    lock = hold(path)
    heir = start(WAIT, pass_fds=[lock.descriptor])
    heir.stdout.readline()
    lock.release()
    assert is_held(path)
    heir.communicate("\n")
    assert not is_held(path)


def test_a_process_that_is_not_handed_a_lock_does_not_have_it(start, tmp_path: Path):
    path = tmp_path / "lock"
    lock = hold(path)
    other = start(WAIT, close_fds=False)
    other.stdout.readline()
    lock.release()
    assert not is_held(path)


def test_a_descriptor_of_another_file_is_no_lock(tmp_path: Path):
    path = tmp_path / "lock"
    lock = hold(path)
    taken = inherit(path, lock.descriptor)
    assert isinstance(taken, Lock)
    assert taken.descriptor == lock.descriptor
    other = os.open(tmp_path / "other", os.O_CREAT | os.O_RDWR)
    assert inherit(path, other) is None
    os.close(other)
    assert inherit(path, other) is None
    # Another one in its place.
    path.unlink()
    path.touch()
    assert inherit(path, lock.descriptor) is None
    path.unlink()
    assert inherit(path, lock.descriptor) is None
    lock.release()


def test_two_that_ask_at_once_do_not_take_each_other_for_the_holder(tmp_path: Path):
    path = tmp_path / "lock"
    path.touch()
    other = os.open(path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_SH)
    assert not is_held(path)
    os.close(other)


def test_the_instant_of_one_that_asks_is_waited_for(tmp_path: Path):
    path = tmp_path / "lock"
    path.touch()
    reader = os.open(path, os.O_RDONLY)
    fcntl.flock(reader, fcntl.LOCK_SH)
    threading.Timer(0.05, os.close, [reader]).start()
    hold(path).release()


def test_locks_are_had_while_others_ask_all_the_time(start, tmp_path: Path):
    path = tmp_path / "lock"
    ask = (
        "import sys; from pathlib import Path; from seaice.training.runs.lock import is_held\n"
        "print('asking', flush=True)\n"
        "while True: is_held(Path(sys.argv[1]))"
    )
    path.touch()
    assert start(ask, path).stdout.readline() == "asking\n"
    for _ in range(200):
        hold(path).release()


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"lock cannot be written \(Not a directory\)"):
        hold(tmp_path / "file" / "lock")
    assert not is_held(tmp_path / "file" / "lock")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(
        LockError, match=r"lock cannot be locked \(No locks available\), as on some"
    ):
        hold(tmp_path / "lock")
    assert not is_held(tmp_path / "lock")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_pipe_in_place_of_a_lock_is_not_waited_at(tmp_path: Path):
    os.mkfifo(tmp_path / "lock")
    asked = threading.Thread(target=is_held, args=[tmp_path / "lock"], daemon=True)
    asked.start()
    asked.join(5)
    assert not asked.is_alive()
