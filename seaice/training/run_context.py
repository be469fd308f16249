"""What a run gets from whoever starts it, and what it gives back. Needs no torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seaice.training.runs.folder import RunFolder
from seaice.training.runs.lock import Lock
from seaice.training.runs.status import StatusWriter


@dataclass(frozen=True)
class StepReport:
    """Progress of a run after a step.

    Attributes:
        step: Steps done.
        steps: Steps in all.
        loss: Weighted loss of the last batch.
        seconds_left: Estimated from the steps and validations so far; None while unknown. The
            first step, which includes set-up, does not count.
        left_out: What takes time too and is not part of that yet; empty if nothing is.
        score: Best combined score so far; None if there is none yet.
        follows: What is done before the next step or the end, in words; empty if nothing is.
    """

    step: int
    steps: int
    loss: float
    seconds_left: float | None
    score: float | None
    follows: str = ""
    left_out: str = ""


OnProgress = Callable[[StepReport], object]
"""Called after every step."""


@dataclass(frozen=True)
class RunContext:
    """Where and how a run runs, apart from its configuration.

    Attributes:
        folder: Its folder. With several processes, only the first one writes there.
        models: Folder for the finished checkpoint.
        devices: Devices that the queue has assigned; None if a cluster's launcher decides.
        status_writer: Writes the run's status; None in all processes but the first.
        locks: Locks that show that the run's process is alive.
        stop_requested: Called after every step: whether to stop.
        on_progress: Called after every step.
        home: Folder that the configuration's paths are relative to; the working directory if empty.
        on_begin: Called once all is prepared, before the first step.
    """

    folder: RunFolder
    models: Path
    devices: list[str] | None
    status_writer: StatusWriter | None = None
    locks: Sequence[Lock] = ()
    stop_requested: Callable[[], bool] = lambda: False
    on_progress: OnProgress | None = None
    home: str = ""
    on_begin: Callable[[], None] = lambda: None

    def tell(self, message: str) -> None:
        """Say in the run's status what it is doing, in the process that writes it."""
        if self.status_writer:
            self.status_writer.update(message=message)


@dataclass(frozen=True)
class RunResult:
    """What a run made.

    Attributes:
        path: The checkpoint; None if the run was stopped before its end.
        scores: Its scores as JSON values; empty if there are no validation scenes.
        step: Steps done.
        seconds: Duration since it was last started.
    """

    path: Path | None
    scores: dict[str, Any]
    step: int
    seconds: float
