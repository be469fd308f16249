"""Runs as others see them: made, started, asked to stop, resumed."""

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
from seaice.training.config import TrainingConfig
from seaice.training.process import LOCK_HANDED_OVER, require_unfinished
from seaice.training.runs.folder import RunFolder, create_run, list_runs
from seaice.training.runs.lock import hold
from seaice.training.runs.queue import MOST_WAITING, require_room
from seaice.training.runs.status import Status, read_status, write_status


def new_run(config: TrainingConfig, runs: Path) -> RunFolder:
    """Make the folder of a run that is not started yet.

    Raises:
        ConfigError: The checkpoint cannot have that name.
        OutputError: The folder cannot be written to.
    """
    name = config.name or checkpoint_name(config.rates, config.channel_set, config.seed)
    folder = create_run(runs, config.to_json(), check_name(name))
    begun = time.time()
    write_status(
        folder,
        Status(
            steps=config.steps,
            folder=str(Path.cwd()),
            host=socket.gethostname(),
            begun=begun,
            heartbeat=begun,
        ),
    )
    return folder


def start(config: TrainingConfig, runs: Path, models: Path) -> RunFolder:
    """Start a run as a process of its own, which outlives this one.

    Raises:
        RunError: Too many runs are waiting already.
        ConfigError, OutputError: See `new_run`.
    """
    _require_room(runs)
    folder = new_run(config, runs)
    _launch(folder, models)
    return folder


def resume(folder: RunFolder, models: Path) -> None:
    """Go on with a run as a process of its own, from its last saved state.

    Raises:
        RunError: It is finished, a process works on it, or too many runs are waiting already.
    """
    require_unfinished(folder)
    _require_room(folder.path.parent)
    _launch(folder, models)


def _require_room(runs: Path) -> None:
    """Check that one more run may wait, those counted that are on their way to the queue."""
    require_room()
    waiting = sum(read_status(each).state == "waiting" for each in list_runs(runs))
    if waiting >= MOST_WAITING:
        raise RunError(f"{waiting} runs are waiting already, and no more may. Cancel one.")


def cancel(folder: RunFolder) -> None:
    """Ask a run to stop: it finishes the step at hand, saves its state, and says so.

    Raises:
        OutputError: The folder cannot be written to.
    """
    try:
        folder.stop_file.touch()
    except OSError as error:
        raise OutputError(folder.path, error.strerror or str(error)) from error


def _launch(folder: RunFolder, models: Path) -> None:
    lock = hold(folder.lock_file)
    try:
        # Another one may have brought it to its end since somebody looked.
        require_unfinished(folder, starting=True)
        folder.stop_file.unlink(missing_ok=True)
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
                # Nothing that happens to lie in the working directory is taken for a module.
                env={
                    **os.environ,
                    LOCK_HANDED_OVER: str(lock.descriptor),
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
        lock.let_go()
    # Else it would stay as a zombie for as long as this process lives.
    threading.Thread(target=process.wait, daemon=True).start()
