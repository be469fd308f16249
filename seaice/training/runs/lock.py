"""Locks that show whether a process is alive: the system releases them however it ends.

Unlike a process id they cannot be reused, and unlike a heartbeat they need no clock.
"""

import fcntl
import os
import time
from pathlib import Path

from seaice.core.cache import NO_LOCKS
from seaice.core.errors import LockError, OutputError, RunError

_TRIES, _WAIT_S = 40, 0.005


class Lock:
    """A locked file, held by this process and by those that inherit it.

    Attributes:
        descriptor: The open file.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def release(self) -> None:
        """Close the file. The lock is free once no other process has inherited it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def hold(path: Path) -> Lock:
    """Create a file if necessary and lock it.

    Raises:
        RunError: Another process holds the lock.
        OutputError: The file cannot be created.
        LockError: Its file system does not support locks.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error
    try:
        # A reader that checks whether it is held holds it for an instant.
        for _ in range(_TRIES):
            if _locked(descriptor, fcntl.LOCK_EX):
                return Lock(descriptor)
            time.sleep(_WAIT_S)
    except OSError as error:
        # Not every network file system supports locks.
        os.close(descriptor)
        raise refusal(path, error) from error
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    raise RunError(f"{path.parent.name} is in use by another process.")


def refusal(path: Path, error: OSError) -> OutputError:
    """The error that says why a file cannot be locked."""
    kind = LockError if error.errno in NO_LOCKS else OutputError
    return kind(path, error.strerror or str(error))


def inherit(path: Path, descriptor: int) -> Lock | None:
    """The lock that this process has inherited; None if the descriptor is of another file."""
    try:
        same = os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return None
    return Lock(descriptor) if same else None


def is_held(path: Path) -> bool:
    """Whether any process holds a lock."""
    try:
        # Opening a pipe in its place would block forever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # Shared, so that two readers do not take each other for the holder.
        return not _locked(descriptor, fcntl.LOCK_SH)
    except OSError:
        # Where locks cannot be queried, nobody can hold one.
        return False
    finally:
        os.close(descriptor)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
