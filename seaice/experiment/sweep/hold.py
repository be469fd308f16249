"""Who works on a sweep: one process at a time, with what all before it have left."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from seaice.core.errors import OutputError, RunError, SweepError
from seaice.experiment.sweep.folder import Sweep, SweepFolder, planned, write_sweep
from seaice.training.runs.lock import Lock, hold, inherit

LOCK_VARIABLE = "SEAICE_SWEEP_LOCK"
"""Environment variable with the descriptor of the lock that a started process inherits."""


@contextmanager
def held(sweep: Sweep) -> Iterator[tuple[Sweep, Lock]]:
    """Keep other processes from working on a sweep, and write it; its folder is created.

    Until this process has the lock, another one may have begun the sweep, enlarged it or trained
    its cells: what the folder holds by then is read again.

    Args:
        sweep: The sweep as it was planned.

    Yields:
        The sweep of the folder with that plan too, and the lock.

    Raises:
        SweepError: Another process works on it, or has begun one of that name with other settings.
        OutputError: The folder is not writable, or the disk is full.
    """
    folder = sweep.folder
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(folder.path, error.strerror or str(error)) from error
    try:
        lock = _inherited(folder) or _taken(folder)
    except RunError as error:
        raise SweepError(
            f"Another process works on the sweep {folder.name!r}. Stop it, or wait for its end."
        ) from error
    try:
        current = planned(folder, sweep.plan)
        write_sweep(current)
        yield current, lock
    finally:
        lock.release()


def _taken(folder: SweepFolder) -> Lock:
    lock = hold(folder.lock_file)
    # Whoever begins takes an earlier request to stop back.
    folder.stop_file.unlink(missing_ok=True)
    return lock


def _inherited(folder: SweepFolder) -> Lock | None:
    """The lock that a page gave this process, so that the sweep is worked on from the first."""
    descriptor = os.environ.pop(LOCK_VARIABLE, "")
    return inherit(folder.lock_file, int(descriptor)) if descriptor.isdecimal() else None
