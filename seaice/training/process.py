"""The process of a run: it waits for its turn, trains, and tells how it ends.

torch is imported once the place in the queue is taken: who was started first goes first.
"""

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seaice.core.errors import OutputError, RunError, SeaIceError
from seaice.training.config import TrainingConfig
from seaice.training.runs.cluster import launched
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder, clear_parts
from seaice.training.runs.lock import Lock, hold, inherited
from seaice.training.runs.queue import Ticket
from seaice.training.runs.status import Recorder, read_status

if TYPE_CHECKING:
    from seaice.training.callback import Progress
    from seaice.training.run import RunResult, Surroundings

LOCK_HANDED_OVER = "SEAICE_RUN_LOCK"
"""Names the descriptor of the lock that a started process inherits."""
_DEVICES = "SEAICE_RUN_DEVICES"
"""Names the devices of a run to the further processes that it starts on them."""
_LOOK_S = 1.0
"""How often a waiting run looks whether it is its turn."""
_NICE = 19
"""A run steps back behind the pages that people look at meanwhile."""


def run_here(
    folder: RunFolder, models: Path, tell: "Callable[[Progress], object] | None" = None
) -> "RunResult":
    """Work on a run in this process, from its last saved state if it has one.

    Waits for its turn in the queue, unless a cluster's launcher has started this process.

    Args:
        folder: The run.
        models: Folder that the finished checkpoint goes to.
        tell: Told after every step.

    Returns:
        What it made; no checkpoint where it was asked to stop.

    Raises:
        RunError: It is finished, or another process works on it.
        SeaIceError: See `seaice.training.run.train`; the run's status says the same.
    """
    folder, models = RunFolder(folder.path.resolve()), models.resolve()
    lock, detached = _lock(folder)
    try:
        require_unfinished(folder, starting=True)
        clear_parts(folder)
        before = replace(read_status(folder), message="", checkpoint="", models=str(models))
        recorder = Recorder(folder, before)
        if not detached:
            folder.stop_file.unlink(missing_ok=True)
        with _logged(None if detached else folder), _told_how_it_ends(recorder):
            return _in_turn(read_config(folder), models, recorder, lock, tell)
    finally:
        lock.let_go()


def follow(config: TrainingConfig, folder: RunFolder | None, models: Path) -> None:
    """Compute beside the first process of a run: one of several that share its steps.

    Args:
        config: The run's settings.
        folder: The run, where it goes on from a saved state.
        models: Folder that the finished checkpoint goes to.
    """
    from seaice.training.run import Surroundings, train

    # A terminal and torchrun tell all processes to stop: they stop together, with the first.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # One that is not there has no state: the first process alone knows a fresh run's folder.
    known = folder or RunFolder(Path(os.devnull))
    devices = os.environ.get(_DEVICES)
    taken = devices.split(",") if devices else None
    home = read_status(known).folder if folder else ""
    train(config, Surroundings(known, models, taken, home=home))


def _in_turn(
    config: TrainingConfig,
    models: Path,
    recorder: Recorder,
    lock: Lock,
    tell: "Callable[[Progress], object] | None",
) -> "RunResult":
    with _stop_signals() as signalled:

        def stop() -> bool:
            return signalled.is_set() or recorder.asked_to_stop()

        with _turn(config, recorder, stop) as (devices, locks), recorder.beating():
            from seaice.training.run import Surroundings

            around = Surroundings(
                recorder.folder,
                models,
                devices,
                recorder,
                [lock, *locks],
                stop,
                tell,
                recorder.status.folder,
            )
            result = _trained(config, around)
        # A signal that comes now finds all done, and does not leave it unsaid.
        if result.path is None:
            words = f"Stopped after step {result.step} of {config.steps}. It can be resumed."
            recorder.update(state="cancelled", message=words, seconds_left=None)
        else:
            recorder.update(
                state="finished", message="", seconds_left=None, checkpoint=str(result.path)
            )
    return result


def _trained(config: TrainingConfig, around: "Surroundings") -> "RunResult":
    """What the training makes, unless it is stopped before or on the way."""
    from seaice.training.run import RunResult, train

    recorder = around.recorder
    if not around.stop():
        recorder.update(state="running", message="reading the scenes")
        try:
            return train(config, around)
        except SystemExit:
            # Lightning's answer to a SIGTERM that came while it was being set up.
            if not around.stop():
                raise
    return RunResult(None, {}, recorder.status.step, 0.0)


@contextlib.contextmanager
def _turn(
    config: TrainingConfig, recorder: Recorder, stop: Callable[[], bool]
) -> Iterator[tuple[list[str] | None, list[Lock]]]:
    """Wait until devices are free; gives them, and what is held with them."""
    if launched():
        # The cluster has its own queue.
        yield None, []
        return
    ticket = Ticket(recorder.folder.path)
    try:
        devices = _waited_for(ticket, config, recorder, stop)
        if devices is not None:
            os.environ[_DEVICES] = ",".join(devices)
            os.nice(max(0, _NICE - os.nice(0)))
        yield devices, [ticket.lock]
    finally:
        os.environ.pop(_DEVICES, None)
        ticket.give_back()


def _waited_for(
    ticket: Ticket, config: TrainingConfig, recorder: Recorder, stop: Callable[[], bool]
) -> list[str] | None:
    """Devices for a run, as soon as it is its turn; None where it is asked to stop before."""
    # Without torch, that is without half a gigabyte, as long as others are before it.
    while not ticket.is_next() and not stop():
        _wait(recorder)
    if stop():
        return None
    from seaice.training.devices import all_devices, needed_devices

    need = needed_devices(config)
    while (devices := ticket.take(all_devices(), need)) is None and not stop():
        _wait(recorder)
    return devices


def _wait(recorder: Recorder) -> None:
    recorder.update(state="waiting", message="waiting for other runs to end")
    time.sleep(_LOOK_S)


@contextlib.contextmanager
def _told_how_it_ends(recorder: Recorder) -> Iterator[None]:
    """Note in a run's status what has ended it."""
    try:
        yield
    except BaseException as error:
        foreseen = isinstance(error, SeaIceError)
        words = str(error) if foreseen else f"Ended by {type(error).__name__}: see the log."
        recorder.update(state="failed", message=words, seconds_left=None)
        raise


@contextlib.contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """Let Ctrl-C or SIGTERM end the run after the step at hand; a second Ctrl-C ends it at once.

    An exception thrown into the middle of a step can be lost or leave its workers waiting.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread receives signals.
        yield asked
        return

    def ask(number: int, frame: object) -> None:
        if asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _logged(folder: RunFolder | None) -> Iterator[None]:
    """Let what is said during a run stand in its log too, where that is not its output anyway."""
    if folder is None:
        yield
        return
    try:
        handler = logging.FileHandler(folder.log_file)
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
    """The run's lock, and whether whoever started this process has handed it over."""
    descriptor = os.environ.pop(LOCK_HANDED_OVER, "")
    if descriptor.isdecimal() and (lock := inherited(folder.lock_file, int(descriptor))):
        return lock, True
    return hold(folder.lock_file), False


def require_unfinished(folder: RunFolder, *, starting: bool = False) -> None:
    """Check that there is something left to do for a run.

    Args:
        folder: The run.
        starting: Whether this process is the one that works on it.

    Raises:
        RunError: It is finished, or a process works on it or waits to.
    """
    status = read_status(folder)
    if status.state == "finished":
        raise RunError(f"Run {folder.name} is finished: its checkpoint is {status.checkpoint}.")
    if status.live and not starting:
        raise RunError(f"Run {folder.name} is not over: it is {status.state}.")
