"""Locks that tell whether a process lives: the system lets go of them however it ends.

Unlike a process id they cannot be reused, and unlike a heartbeat they need no clock.
"""

import fcntl
import os
import time
from pathlib import Path

from seaice.core.errors import OutputError, RunError

_TRIES, _WAIT_S = 40, 0.005


class Lock:
    """A file that this process, and whoever inherits it, holds.

    Attributes:
        descriptor: The open file.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def let_go(self) -> None:
        """Close it; free once no other process has inherited it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def hold(path: Path) -> Lock:
    """Lock a file, which is made.

    Raises:
        RunError: Another process holds it.
        OutputError: The file cannot be made, or its disk knows no locks.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error
    try:
        # A reader that asks whether it is held has it for an instant.
        for _ in range(_TRIES):
            if _locked(descriptor, fcntl.LOCK_EX):
                return Lock(descriptor)
            time.sleep(_WAIT_S)
    except OSError as error:
        # Not every network's disk knows locks.
        os.close(descriptor)
        raise OutputError(path, error.strerror or str(error)) from error
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    raise RunError(f"{path.parent.name} is being worked on by another process.")


def inherited(path: Path, descriptor: int) -> Lock | None:
    """The lock that the starting process has handed over; None where it is of another file."""
    try:
        same = os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return None
    return Lock(descriptor) if same else None


def is_held(path: Path) -> bool:
    """Whether any process holds a lock."""
    try:
        # A pipe in its place would be waited at for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # Shared: two that ask at once do not take each other for the holder.
        return not _locked(descriptor, fcntl.LOCK_SH)
    except OSError:
        # Where no lock can be asked for, none can be had.
        return False
    finally:
        os.close(descriptor)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
