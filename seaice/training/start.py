"""Control of runs from outside: create, start, cancel, resume. Needs no torch."""

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from seaice.core.errors import OutputError, RunError, SeaIceError
from seaice.network.checkpoint_files import check_name, checkpoint_name
from seaice.training.cluster import without_launcher
from seaice.training.config import TrainingConfig
from seaice.training.process import LOCK_VARIABLE, require_unfinished
from seaice.training.runs.config_file import require_supported
from seaice.training.runs.folder import RunFolder, create_run, discard_run, list_runs
from seaice.training.runs.listing import delete_run
from seaice.training.runs.lock import hold
from seaice.training.runs.queue import MAX_WAITING, require_room
from seaice.training.runs.status import Status, read_status, write_status


def new_run(config: TrainingConfig, runs: Path) -> RunFolder:
    """Create the folder of a run that is not started yet.

    Raises:
        ConfigError: The checkpoint cannot have that name.
        OutputError: The folder is not writable, or the disk is full.
    """
    name = config.name or checkpoint_name(config.rates, config.channel_set, config.seed)
    folder = create_run(runs, config.to_json(), check_name(name))
    begun = time.time()
    status = Status(
        steps=config.steps,
        folder=str(Path.cwd()),
        host=socket.gethostname(),
        begun=begun,
        heartbeat=begun,
    )
    try:
        write_status(folder, status)
    except OutputError:
        # Nobody is given it.
        discard_run(folder)
        raise
    return folder


def start(config: TrainingConfig, runs: Path, models: Path) -> RunFolder:
    """Start a run in a process of its own, which outlives this one.

    Raises:
        RunError: Too many runs are waiting already.
        ConfigError: See `new_run`.
        OutputError: See `new_run`, or its process cannot be started.
    """
    _require_room(runs)
    folder = new_run(config, runs)
    try:
        _launch(folder, models)
    except SeaIceError:
        # Nothing has begun that could be resumed. Why it did not begin is what must be told.
        remove_unbegun(folder)
        raise
    return folder


def remove_unbegun(folder: RunFolder) -> None:
    """Remove the folder of a run that failed before it began, unless a process works on it.

    Where the disk has no room for a lock, it is removed without one.
    """
    try:
        delete_run(folder)
    except OutputError:
        # A full disk may have no room for the lock.
        discard_run(folder)
    except RunError:
        return


def resume(folder: RunFolder, models: Path, *, unless_stopped: bool = False) -> None:
    """Continue a run in a process of its own, from its last saved state.

    Args:
        folder: The run.
        models: Folder for the finished checkpoint.
        unless_stopped: Whether an earlier request to stop still counts, so that one that is made
            at this moment is not lost. By default, resuming takes it back.

    Raises:
        RunError: It is finished, a process works on it, its format is newer, or too many runs
            are waiting already.
    """
    require_supported(folder)
    require_unfinished(folder)
    _require_room(folder.path.parent)
    if not unless_stopped:
        folder.stop_file.unlink(missing_ok=True)
    _launch(folder, models)


def _require_room(runs: Path) -> None:
    """Check that one more run may wait, counting those that are about to join the queue."""
    require_room()
    waiting = sum(read_status(each).state == "waiting" for each in list_runs(runs))
    if waiting >= MAX_WAITING:
        raise RunError(f"{waiting} runs are waiting already, which is the limit. Cancel one.")


def cancel(folder: RunFolder) -> None:
    """Ask a run to stop: it finishes the current step, saves its state and ends.

    Raises:
        OutputError: The folder is not writable.
    """
    leave_stop_file(folder.stop_file)


def leave_stop_file(path: Path) -> None:
    """Leave the file whose presence asks a process to stop, in the folder that it works on.

    Raises:
        OutputError: The folder is not writable.
    """
    try:
        path.touch()
    except OSError as error:
        raise OutputError(path.parent, error.strerror or str(error)) from error


def _launch(folder: RunFolder, models: Path) -> None:
    lock = hold(folder.lock_file)
    try:
        # Another process may have finished it in the meantime.
        require_unfinished(folder, starting=True)
        status = replace(
            read_status(folder),
            state="waiting",
            message="starting",
            host=socket.gethostname(),
            heartbeat=time.time(),
        )
        write_status(folder, status)
        home = status.folder if os.path.isdir(status.folder) else None
        command = [sys.executable, "-m", "seaice", "train", "--resume", str(folder.path.resolve())]
        with open(folder.log_file, "ab") as out:
            process = subprocess.Popen(
                [*command, "--models", str(models.resolve())],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=home,
                # Files in the working directory are not imported as modules.
                # Whatever started this process did not start that one.
                env={
                    **without_launcher(os.environ),
                    LOCK_VARIABLE: str(lock.descriptor),
                    "PYTHONSAFEPATH": "1",
                },
                pass_fds=[lock.descriptor],
                # Neither Ctrl-C in the server's terminal nor the server's end reaches it.
                start_new_session=True,
            )
    except SeaIceError:
        raise
    except OSError as error:
        raise OutputError(folder.path, error.strerror or str(error)) from error
    finally:
        lock.release()
    # Otherwise it would stay a zombie as long as this process lives.
    threading.Thread(target=process.wait, daemon=True).start()
