"""The process of a run: it waits for its turn, trains, and records how it ends.

torch is imported only after joining the queue, so that runs go in the order they were started.
"""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from seaice.core.endings import POLITE
from seaice.core.errors import OutputError, RunError, SeaIceError
from seaice.training.cluster import launched, require_others
from seaice.training.config import TrainingConfig
from seaice.training.priority import niceness
from seaice.training.run_context import OnProgress, RunContext, RunResult
from seaice.training.runs.config_file import read_config, require_supported
from seaice.training.runs.folder import RunFolder, remove_partial_files
from seaice.training.runs.lock import Lock, hold, inherit
from seaice.training.runs.queue import Ticket
from seaice.training.runs.status import StatusWriter, read_status, resume_hint
from seaice.training.stop_signals import Asked, preparing, stop_signals

log = logging.getLogger(__name__)

LOCK_VARIABLE = "SEAICE_RUN_LOCK"
"""Environment variable with the descriptor of the lock that a started process inherits."""
_WAITING = "waiting for other runs to end"
_DEVICES = "SEAICE_RUN_DEVICES"
"""Environment variable with a run's devices, for the further processes it starts on them."""
_POLL_S = 1.0
"""How often a waiting run checks whether it is its turn."""


def run_here(folder: RunFolder, models: Path, on_progress: OnProgress | None = None) -> RunResult:
    """Train a run in this process, from its last saved state if it has one.

    Waits for its turn in the queue, unless a cluster's launcher has started this process.

    Args:
        folder: The run.
        models: Folder for the finished checkpoint.
        on_progress: Called after every step.

    Returns:
        What it made; no checkpoint if it was asked to stop.

    Raises:
        RunError: It is finished, another process works on it, or its format is newer.
        SeaIceError: See `seaice.training.run.train`. The run's status says the same.
    """
    folder, models = RunFolder(folder.path.resolve()), models.resolve()
    lock, detached = _lock(folder)
    try:
        require_supported(folder)
        require_unfinished(folder, starting=True)
        require_others()
        remove_partial_files(folder)
        before = replace(read_status(folder), message="", checkpoint="", models=str(models))
        status_writer = StatusWriter(folder, before)
        if not detached:
            folder.stop_file.unlink(missing_ok=True)
        with _logged(None if detached else folder), _failure_recorded(status_writer):
            return _in_turn(read_config(folder), models, status_writer, lock, on_progress)
    finally:
        lock.release()


def follow(config: TrainingConfig, folder: RunFolder | None, models: Path) -> None:
    """Train beside the first process of a run, as one of several that share its steps.

    Args:
        config: The run's settings.
        folder: The run, if it continues from a saved state.
        models: Folder for the finished checkpoint.
    """
    require_others()
    from seaice.training.meeting import meet
    from seaice.training.run import train

    meet(lambda: False)
    # A terminal and torchrun signal all processes: they stop together with the first.
    for number in (signal.SIGINT, *POLITE):
        signal.signal(number, signal.SIG_IGN)
    # A folder that does not exist has no state. Only the first process knows a new run's folder.
    known = folder or RunFolder(Path(os.devnull))
    devices = os.environ.get(_DEVICES)
    assigned = devices.split(",") if devices else None
    home = read_status(known).folder if folder else ""
    train(config, RunContext(known, models, assigned, home=home))


def _in_turn(
    config: TrainingConfig,
    models: Path,
    status_writer: StatusWriter,
    lock: Lock,
    on_progress: OnProgress | None,
) -> RunResult:
    with stop_signals() as signalled:
        try:
            result = _trained(config, models, status_writer, lock, on_progress, signalled)
        except KeyboardInterrupt:
            if not signalled.at_once:
                raise
            result = RunResult(None, {}, status_writer.status.step, 0.0)
        # Still inside `stop_signals`: a signal that comes now does not prevent this update.
        if result.path is None:
            message = f"Stopped after step {result.step} of {config.steps}. It can be resumed."
            if signalled.at_once:
                message = f"Stopped in the middle. {resume_hint(status_writer.folder, result.step)}"
            status_writer.update(state="cancelled", message=message, seconds_left=None)
        else:
            status_writer.update(
                state="finished", message="", seconds_left=None, checkpoint=str(result.path)
            )
    return result


def _trained(
    config: TrainingConfig,
    models: Path,
    status_writer: StatusWriter,
    lock: Lock,
    on_progress: OnProgress | None,
    signalled: Asked,
) -> RunResult:
    """Train a run once it is its turn."""

    def stop_requested() -> bool:
        asked = signalled.is_set() or status_writer.stop_requested()
        # Whoever is told so stops, and has only to save.
        signalled.ends = signalled.ends or asked
        return asked

    with (
        _turn(config, status_writer, stop_requested) as (devices, locks),
        status_writer.heartbeats(),
    ):
        context = RunContext(
            status_writer.folder,
            models,
            devices,
            status_writer,
            [lock, *locks],
            stop_requested,
            on_progress,
            status_writer.status.folder,
        )
        result = _train_unless_stopped(config, context, status_writer)
        signalled.ends = True
    return result


def _train_unless_stopped(
    config: TrainingConfig, context: RunContext, status_writer: StatusWriter
) -> RunResult:
    """Train, unless the run is asked to stop before it begins."""
    if context.stop_requested():
        return RunResult(None, {}, status_writer.status.step, 0.0)
    from seaice.training.meeting import meet
    from seaice.training.run import train

    status_writer.update(state="running", message="starting")
    if meet(context.stop_requested):
        status_writer.update(message="reading the scenes")
        try:
            if launched():
                # The others would wait for this process: it stops with them, after a step.
                return train(config, context)
            with preparing(context.stop_requested) as begin:
                return train(config, replace(context, on_begin=begin))
        except SystemExit:
            # Also Lightning's response to a SIGTERM during its set-up.
            if not context.stop_requested():
                raise
    return RunResult(None, {}, status_writer.status.step, 0.0)


@contextlib.contextmanager
def _turn(
    config: TrainingConfig, status_writer: StatusWriter, stop_requested: Callable[[], bool]
) -> Iterator[tuple[list[str] | None, list[Lock]]]:
    """Wait until devices are free. Yields them and the locks that are held with them."""
    if launched():
        # The cluster has its own queue.
        yield None, []
        return
    own = niceness()
    ticket = Ticket(status_writer.folder.path)
    try:
        devices = _wait_for_devices(ticket, config, status_writer, stop_requested)
        if devices is not None:
            os.environ[_DEVICES] = ",".join(devices)
            os.nice(max(0, own - os.nice(0)))
        yield devices, [ticket.lock]
    finally:
        os.environ.pop(_DEVICES, None)
        ticket.release()


def _wait_for_devices(
    ticket: Ticket,
    config: TrainingConfig,
    status_writer: StatusWriter,
    stop_requested: Callable[[], bool],
) -> list[str] | None:
    """Devices for a run, as soon as it is its turn; None if it is asked to stop before."""
    # Without torch, which takes half a gigabyte, as long as other runs are ahead.
    while not ticket.is_next() and not stop_requested():
        _wait(status_writer)
    if stop_requested():
        return None
    from seaice.training.devices import all_devices, needed_devices

    need = needed_devices(config)
    while (devices := ticket.take(all_devices(), need)) is None and not stop_requested():
        _wait(status_writer)
    return devices


def _wait(status_writer: StatusWriter) -> None:
    if status_writer.status.message != _WAITING:
        log.info("%s; `seaice runs` lists them", _WAITING)
    status_writer.update(state="waiting", message=_WAITING)
    time.sleep(_POLL_S)


@contextlib.contextmanager
def _failure_recorded(status_writer: StatusWriter) -> Iterator[None]:
    """Record in a run's status what has ended it."""
    try:
        yield
    except BaseException as error:
        expected = isinstance(error, SeaIceError)
        message = str(error) if expected else f"Ended by {type(error).__name__}. See the log."
        status_writer.update(state="failed", message=message, seconds_left=None)
        raise


@contextlib.contextmanager
def _logged(folder: RunFolder | None) -> Iterator[None]:
    """Copy log messages into the run's log, unless that is where its output goes anyway."""
    if folder is None:
        yield
        return
    try:
        handler = logging.FileHandler(folder.log_file, encoding="utf-8")
    except OSError as error:
        raise OutputError(folder.log_file, error.strerror or str(error)) from error
    handler.setFormatter(logging.Formatter("%(message)s"))
    ours = logging.getLogger("seaice")
    ours.addHandler(handler)
    try:
        yield
    finally:
        ours.removeHandler(handler)
        handler.close()


def _lock(folder: RunFolder) -> tuple[Lock, bool]:
    """The run's lock, and whether it was inherited from the starting process."""
    descriptor = os.environ.pop(LOCK_VARIABLE, "")
    if descriptor.isdecimal() and (lock := inherit(folder.lock_file, int(descriptor))):
        return lock, True
    return hold(folder.lock_file), False


def require_unfinished(folder: RunFolder, *, starting: bool = False) -> None:
    """Check that a run is not finished and that nobody else works on it.

    Args:
        folder: The run.
        starting: Whether this process is the one that works on it.

    Raises:
        RunError: It is finished, or a process works on it or waits to.
    """
    status = read_status(folder)
    if status.state == "finished":
        raise RunError(f"Run {folder.name} is finished. Its checkpoint is {status.checkpoint}.")
    if status.live and not starting:
        raise RunError(f"Run {folder.name} is still active: it is {status.state}.")
