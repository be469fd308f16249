"""One cell on a worker: its run is started as any other, and watched until it ends."""

import os
import time
from pathlib import Path

from seaice.training.runs.folder import RunFolder
from seaice.training.runs.status import State, read_status
from seaice.training.start import resume

_POLL_S = 0.2


def train_cell(run: str, models: str) -> tuple[State, str]:
    """Train a run to its end, in a process of its own.

    If a worker dies, another one is given its cell. It finds the run as it is: finished, still
    trained by the process that the dead worker started, or interrupted, and then goes on with it.
    So no step is done twice, and no two processes work on one run.

    Args:
        run: Folder of the run. Workers on other machines must see it under the same path.
        models: Folder for the finished checkpoint.

    Returns:
        How the run ended, and the sentence that says why.
    """
    folder, started = RunFolder(Path(run)), False
    while True:
        status = read_status(folder)
        if status.state == "finished" or (started and not status.live):
            return status.state, status.message
        # Whoever stopped the sweep meanwhile does not want it to be begun.
        if not status.live and os.path.exists(folder.stop_file):
            return "cancelled", status.message
        if not status.live:
            resume(folder, Path(models), unless_stopped=True)
            started = True
        time.sleep(_POLL_S)
