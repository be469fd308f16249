"""Control of sweeps from outside: begin or enlarge, go on, pause. Needs no torch."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from seaice.core.errors import OutputError
from seaice.experiment.sweep.folder import Sweep, SweepFolder
from seaice.experiment.sweep.hold import LOCK_VARIABLE, held
from seaice.training.start import leave_stop_file


def start_sweep(sweep: Sweep, models: Path) -> None:
    """Write a sweep and work on it as `seaice sweep NAME` does, in a process of its own.

    The process outlives this one.

    Args:
        sweep: The sweep as it was planned; what its folder holds by now is kept.
        models: Folder for the cells' checkpoints.

    Raises:
        SweepError: A process works on it already, or has begun another sweep of that name.
        OutputError: The folder is not writable, or the disk is full.
    """
    folder = sweep.folder
    command = [sys.executable, "-m", "seaice", "sweep", folder.name]
    places = ["--models", str(models.resolve()), "--runs", str(folder.runs.resolve())]
    with held(sweep) as (_, lock):
        variables = {LOCK_VARIABLE: str(lock.descriptor), "PYTHONSAFEPATH": "1"}
        try:
            with open(folder.log_file, "wb") as out:
                process = subprocess.Popen(
                    [*command, *places],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    # Files in the working directory are not imported as modules.
                    env={**os.environ, **variables},
                    pass_fds=[lock.descriptor],
                    # Neither Ctrl-C in the server's terminal nor the server's end reaches it.
                    start_new_session=True,
                )
        except OSError as error:
            raise OutputError(folder.path, error.strerror or str(error)) from error
    # Otherwise it would stay a zombie as long as this process lives.
    threading.Thread(target=process.wait, daemon=True).start()


def pause_sweep(folder: SweepFolder) -> None:
    """Ask the process that works on a sweep to stop: its runs save their state and end.

    Raises:
        OutputError: The folder is not writable.
    """
    leave_stop_file(folder.stop_file)
