"""How a run stands: written by its process alone, read by anyone."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

import psutil

from seaice.core.errors import OutputError
from seaice.core.files import atomic_write
from seaice.training.runs.folder import RunFolder, json_object, read_text

State = Literal["waiting", "running", "finished", "cancelled", "failed", "interrupted"]
"""`interrupted` is never written: it is what a run is whose process has gone without a word."""
LIVE: tuple[State, ...] = ("waiting", "running")

_SILENT_S = 300
"""Silence after which a run of another machine, whose lock cannot be asked, counts as over."""
_BEAT_S = 30
"""Reading an archive's labels, or validating on it, can take longer than that silence."""
_SPARE_S = 0.5
"""Steps can be faster than anybody reads."""
_LARGEST = 1e11
"""No count and no time comes near it; later years are no dates."""
_UNMEASURED = 1e300
"""Nor a loss or a score to this one; larger whole numbers are no floats."""


@dataclass(frozen=True)
class Status:
    """How a run stands.

    Attributes:
        state: What it does.
        step: Steps done.
        steps: Steps in all.
        seconds_left: Estimated; None where nothing is known yet.
        loss: Weighted loss of the last step.
        score: Best combined score so far.
        message: A sentence to the person.
        checkpoint: Path of the finished checkpoint.
        device: What it computes on.
        scenes: Number of training scenes.
        simulated: Whether all of them are simulated.
        folder: Working directory that the configuration's paths start from.
        models: Folder that the finished checkpoint goes to.
        host: Machine of the process.
        pid: Its id.
        pid_created: When it was created, seconds since 1970; for people and other software. Here
            the lock tells it from a later process of that id.
        begun: When the run was first started, seconds since 1970.
        heartbeat: When this was written, seconds since 1970.
    """

    state: State = "waiting"
    step: int = 0
    steps: int = 0
    seconds_left: float | None = None
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
    def share(self) -> float:
        """Share of the steps that is done, 0 to 1."""
        return min(1.0, max(0.0, self.step / self.steps)) if self.steps > 0 else 0.0


def write_status(folder: RunFolder, status: Status) -> None:
    """Replace the status of a run, whole or not at all.

    Raises:
        OutputError: The folder cannot be written to, or the disk is full.
    """
    with atomic_write(folder.status_file) as temporary:
        temporary.write_text(json.dumps(asdict(status), indent=2))


def read_status(folder: RunFolder) -> Status:
    """How a run stands, as its process wrote it and as the system knows of that process.

    A status that is missing or damaged is made up from what there is.
    """
    written = _written(folder)
    while written is not None:
        if not written.live or _lives(folder, written):
            return written
        # It may have said how it ends between the one look and the other.
        before, written = written, _written(folder)
        if written == before:
            words = f"Its process ended early. {resumed_from(folder)}"
            return replace(written, state="interrupted", seconds_left=None, message=words)
    state: State = "running" if folder.alive() else "interrupted"
    words = "The run's status cannot be read."
    if state == "interrupted":
        words = f"{words} {resumed_from(folder)}"
    return Status(state=state, message=words)


def resumed_from(folder: RunFolder) -> str:
    """What resuming a run begins with, in a sentence."""
    if folder.state_file.is_file():
        return "It can be resumed from its last saved state."
    return "It had saved no state yet: resumed, it begins anew."


def _lives(folder: RunFolder, status: Status) -> bool:
    if folder.alive():
        return True
    # The lock of another machine's process is not always seen; a clock may be off either way.
    elsewhere = status.host != socket.gethostname()
    return elsewhere and abs(time.time() - status.heartbeat) < _SILENT_S


def _written(folder: RunFolder) -> Status | None:
    values = json_object(read_text(folder.status_file))
    known = {field.name: values[field.name] for field in fields(Status) if field.name in values}
    status = Status(**known)
    return status if values and _sound(status) else None


def _sound(status: Status) -> bool:
    """Whether every value is of its kind."""
    if status.state not in get_args(State):
        return False
    return all(
        _fits(getattr(status, field.name), _kinds(field.type))
        for field in fields(Status)
        if field.name != "state"
    )


def _fits(value: object, kinds: tuple[Any, ...]) -> bool:
    """Whether a value is of one of the kinds, and no number that nothing could be told of."""
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


class Recorder:
    """Writes how one's own run stands.

    A status that cannot be written, on a full disk say, is let pass: the next may be.

    Args:
        folder: The run.
        status: What is known at its start.
    """

    def __init__(self, folder: RunFolder, status: Status) -> None:
        self.folder = folder
        me = psutil.Process()
        self.status = replace(
            status, host=socket.gethostname(), pid=me.pid, pid_created=me.create_time()
        )
        self._written = 0.0
        self._one_writer = threading.Lock()

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - fields of `Status`
        """Change the status; written at once where the state or message changes."""
        with self._one_writer:
            before, self.status = self.status, replace(self.status, **changes)
            now = time.monotonic()
            told = (before.state, before.message) != (self.status.state, self.status.message)
            if not told and now - self._written < _SPARE_S and self._written:
                return
            self._written = now
            self.status = replace(self.status, heartbeat=time.time())
            with contextlib.suppress(OutputError):
                write_status(self.folder, self.status)

    @contextlib.contextmanager
    def beating(self) -> Iterator[None]:
        """Let the status show that the process lives, also while nothing else changes in it."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(_BEAT_S):
                self.update()

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def asked_to_stop(self) -> bool:
        """Whether somebody wants the run to stop."""
        return self.folder.stop_file.exists()
