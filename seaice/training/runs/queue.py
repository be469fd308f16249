"""The queue for the devices of a machine: one run at a time on each, the others in order.

There is no service. Each run holds a locked ticket as long as it waits or works. A ticket whose
lock is free belongs to a run that has ended, however it ended. A ticket's file names the devices
that its run has taken. All runs of a user on a machine share one queue, whatever their folders.
"""

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from seaice.core.cache import cache_folder
from seaice.core.errors import OutputError, RunError
from seaice.core.files import files_in
from seaice.training.runs.folder import json_object, read_text
from seaice.training.runs.lock import Lock, hold, is_held, refusal

MAX_WAITING = 20
_SUFFIX = ".ticket"


@dataclass(frozen=True)
class Place:
    """A run in the queue.

    Attributes:
        number: Number of its ticket. Lower numbers go first.
        run: Path of its folder.
        devices: Devices that it has taken; empty while it waits.
    """

    number: int
    run: str
    devices: tuple[str, ...]


def queue() -> list[Place]:
    """Runs that wait or work on this machine, in order."""
    folder = _folder()
    if not os.path.isdir(folder):
        return []
    return [_place(path) for path in _tickets(folder) if is_held(path)]


def waiting_before(run: Path) -> int | None:
    """Number of runs ahead of a waiting run; None if it does not wait."""
    places = queue()
    for ahead, place in enumerate(places):
        if place.run == str(run.resolve()):
            return None if place.devices else ahead
    return None


def require_room() -> None:
    """Check that one more run may wait.

    Raises:
        RunError: The queue is full.
    """
    waiting = sum(not place.devices for place in queue())
    if waiting >= MAX_WAITING:
        raise RunError(
            f"{waiting} runs are waiting already, which is the limit. Cancel one or wait until "
            "one has ended."
        )


class Ticket:
    """This process's place in the queue.

    Args:
        run: Folder of the run.

    Raises:
        RunError: The queue is full.
        OutputError: The cache folder is not writable.
    """

    def __init__(self, run: Path) -> None:
        self._folder = _folder()
        with _exclusive(self._folder):
            _remove_stale(self._folder)
            require_room()
            numbers = [int(path.stem) for path in _tickets(self._folder)]
            self._path = self._folder / f"{max(numbers, default=0) + 1:012d}{_SUFFIX}"
            self._lock = hold(self._path)
            self._run = str(run.resolve())
            try:
                self._write(())
            except OutputError:
                self.release()
                raise

    @property
    def lock(self) -> Lock:
        """The lock that is held together with the place."""
        return self._lock

    def is_next(self) -> bool:
        """Whether no other run has waited longer."""
        mine = int(self._path.stem)
        return all(place.devices or place.number >= mine for place in queue())

    def take(self, devices: Sequence[str], count: int) -> list[str] | None:
        """Take devices if it is this run's turn and enough of them are free.

        Args:
            devices: All devices of the machine.
            count: How many the run needs.

        Returns:
            The devices, or None if the run has to wait.

        Raises:
            OutputError: The cache folder is not writable.
        """
        with _exclusive(self._folder):
            _remove_stale(self._folder)
            taken = {name for place in queue() for name in place.devices}
            free = [name for name in devices if name not in taken]
            if len(free) < count or not self.is_next():
                return None
            self._write(free[:count])
            return free[:count]

    def release(self) -> None:
        """Leave the queue and give back the devices."""
        self._path.unlink(missing_ok=True)
        self._lock.release()

    def _write(self, devices: Sequence[str]) -> None:
        text = json.dumps({"run": self._run, "devices": list(devices)}).encode()
        try:
            os.ftruncate(self._lock.descriptor, 0)
            os.pwrite(self._lock.descriptor, text, 0)
        except OSError as error:
            raise OutputError(self._path, error.strerror or str(error)) from error


def _folder() -> Path:
    # A home folder may be shared by several machines.
    return cache_folder() / "queue" / socket.gethostname()


@contextlib.contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / "queue.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise refusal(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def _tickets(folder: Path) -> list[Path]:
    return sorted(path for path in files_in(folder, f"*{_SUFFIX}") if path.stem.isdecimal())


def _remove_stale(folder: Path) -> None:
    """Remove the tickets of runs that have ended. Only while nobody else changes the queue."""
    for path in _tickets(folder):
        if not is_held(path):
            path.unlink(missing_ok=True)


def _place(path: Path) -> Place:
    # Empty if it is read while it is being written.
    values = json_object(read_text(path))
    devices = values.get("devices")
    taken = tuple(map(str, devices)) if isinstance(devices, list) else ()
    return Place(int(path.stem), str(values.get("run", "")), taken)
