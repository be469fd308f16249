"""The status of a run: written by its process only, read by anyone."""

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

import psutil

from seaice.core.durations import time_left_text
from seaice.core.errors import OutputError
from seaice.core.files import atomic_write
from seaice.training.runs.folder import RunFolder, json_object, read_text
from seaice.training.runs.saved import saved_step

State = Literal["waiting", "running", "finished", "cancelled", "failed", "interrupted"]
"""`interrupted` is never written: it is the state of a run whose process died unexpectedly."""
LIVE: tuple[State, ...] = ("waiting", "running")

_MOST_LETTERS = 20
_SILENT_S = 300
"""A run of another machine, whose lock is not visible here, counts as dead after this silence."""
_BEAT_S = 30
"""Interval of heartbeats: reading labels or validating can take longer than that silence."""
_SPARE_S = 0.5
"""Shortest time between two writes: steps can be faster than anybody reads."""
_LARGEST = 1e11
"""Above any count and time. Later years are not valid dates."""
_UNMEASURED = 1e300
"""Above any loss and score. Larger whole numbers do not fit into a float."""


@dataclass(frozen=True)
class Status:
    """The status of a run.

    Attributes:
        state: What it is doing.
        step: Steps done.
        steps: Steps in all.
        seconds_left: Estimated; None if not known yet.
        left_out: What takes time too and is not part of that yet, in a word; empty if nothing is.
        loss: Weighted loss of the last step.
        score: Best combined score so far.
        message: A sentence for the user.
        checkpoint: Path of the finished checkpoint.
        device: What it computes on.
        scenes: Number of training scenes.
        simulated: Whether all of them are simulated.
        folder: Working directory that the configuration's paths are relative to.
        models: Folder for the finished checkpoint.
        host: Machine of the process.
        pid: Its id.
        pid_created: When it was created, seconds since 1970. For people and other software: here
            the lock distinguishes it from a later process with the same id.
        begun: When the run was first started, seconds since 1970.
        heartbeat: When this was written, seconds since 1970.
    """

    state: State = "waiting"
    step: int = 0
    steps: int = 0
    seconds_left: float | None = None
    left_out: str = ""
    loss: float | None = None
    score: float | None = None
    message: str = ""
    checkpoint: str = ""
    device: str = ""
    scenes: int = 0
    simulated: bool = False
    folder: str = ""
    models: str = ""
    host: str = ""
    pid: int = 0
    pid_created: float = 0.0
    begun: float = 0.0
    heartbeat: float = 0.0

    @property
    def live(self) -> bool:
        """Whether a process works on the run or waits to."""
        return self.state in LIVE

    @property
    def time_left(self) -> str:
        """The time that is left, in words; empty if it is not known."""
        return time_left_text(self.seconds_left, self.left_out[:_MOST_LETTERS])

    @property
    def share(self) -> float:
        """Fraction of the steps that are done, 0 to 1."""
        return min(1.0, max(0.0, self.step / self.steps)) if self.steps > 0 else 0.0


def write_status(folder: RunFolder, status: Status) -> None:
    """Replace the status of a run atomically.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
    """
    with atomic_write(folder.status_file) as temporary:
        temporary.write_text(_text(status))


def _write_in_place(folder: RunFolder, status: Status) -> None:
    """Write over the status of a run: a full disk has no room for another file, but for this."""
    with contextlib.suppress(OSError), open(folder.status_file, "r+", encoding="utf-8") as file:
        # Spaces over the rest: who reads it meanwhile never finds the end of the former one.
        file.write(_text(status).ljust(os.fstat(file.fileno()).st_size))


def _text(status: Status) -> str:
    return json.dumps(asdict(status), indent=2)


def read_status(folder: RunFolder) -> Status:
    """The status of a run, as its process wrote it, corrected if that process has died.

    A status that is missing or damaged is made up from what is known.
    """
    written = _written(folder)
    while written is not None:
        if not written.live or _lives(folder, written):
            return written
        # It may have ended between reading the file and checking the process.
        before, written = written, _written(folder)
        if written == before:
            message = f"Its process ended unexpectedly. {resume_hint(folder, written.step)}"
            return replace(written, state="interrupted", seconds_left=None, message=message)
    state: State = "running" if folder.alive() else "interrupted"
    message = "The run's status cannot be read."
    if state == "interrupted":
        message = f"{message} {resume_hint(folder)}"
    return Status(state=state, message=message)


def resume_hint(folder: RunFolder, step: int = 0) -> str:
    """Where a resumed run would continue, in a sentence, and what is lost.

    Args:
        folder: The run.
        step: Steps that it has done.
    """
    if not os.path.isfile(folder.state_file):
        return "It had not saved a state yet, so resuming starts from the beginning."
    saved = saved_step(folder)
    if saved is None:
        return "It can be resumed from its last saved state."
    lost = f"; steps after {saved} are lost" if step > saved else ""
    return f"It can be resumed from step {saved}{lost}."


def _lives(folder: RunFolder, status: Status) -> bool:
    if folder.alive():
        return True
    # The lock of another machine's process is not always visible. Clocks may be off either way.
    elsewhere = status.host != socket.gethostname()
    return elsewhere and abs(time.time() - status.heartbeat) < _SILENT_S


def _written(folder: RunFolder) -> Status | None:
    values = json_object(read_text(folder.status_file))
    known = {field.name: values[field.name] for field in fields(Status) if field.name in values}
    status = Status(**known)
    return status if values and _sound(status) else None


def _sound(status: Status) -> bool:
    """Whether every value is of its field's type."""
    if status.state not in get_args(State):
        return False
    return all(
        _fits(getattr(status, field.name), _kinds(field.type))
        for field in fields(Status)
        if field.name != "state"
    )


def _fits(value: object, kinds: tuple[Any, ...]) -> bool:
    """Whether a value is of one of the types, and a number within plausible bounds."""
    if value is None:
        return None in kinds
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int | float):
        low, high = (-_UNMEASURED, _UNMEASURED) if None in kinds else (0, _LARGEST)
        return (float in kinds or type(value) in kinds) and low <= value < high
    return type(value) in kinds


def _kinds(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type or a union of types
    """The types of a union; None for its absence."""
    args = get_args(kind) or (kind,)
    return tuple(None if arg is type(None) else arg for arg in args)


class StatusWriter:
    """Writes the status of the run that this process works on.

    A status that cannot be written, for example on a full disk, is skipped: the next one may work.
    How the run ended is then written over the one before.

    Args:
        folder: The run.
        status: What is known at its start.
    """

    def __init__(self, folder: RunFolder, status: Status) -> None:
        self.folder = folder
        process = psutil.Process()
        self.status = replace(
            status, host=socket.gethostname(), pid=process.pid, pid_created=process.create_time()
        )
        self._last_write = 0.0
        self._lock = threading.Lock()

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - fields of `Status`
        """Change the status. A new state or message is written at once."""
        with self._lock:
            before, self.status = self.status, replace(self.status, **changes)
            now = time.monotonic()
            urgent = (before.state, before.message) != (self.status.state, self.status.message)
            if not urgent and now - self._last_write < _SPARE_S and self._last_write:
                return
            self._last_write = now
            self.status = replace(self.status, heartbeat=time.time())
            try:
                write_status(self.folder, self.status)
            except OutputError:
                if not self.status.live:
                    _write_in_place(self.folder, self.status)

    @contextlib.contextmanager
    def heartbeats(self) -> Iterator[None]:
        """Keep updating the status, so that the process counts as alive while nothing changes."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(_BEAT_S):
                self.update()

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def stop_requested(self) -> bool:
        """Whether the run has been asked to stop."""
        return os.path.exists(self.folder.stop_file)
