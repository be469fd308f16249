"""Scoring the finished cells of a sweep while the others are trained, one process at a time."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from seaice.core.errors import OutputError
from seaice.experiment.sweep.folder import Sweep, SweepFolder
from seaice.training.runs.folder import read_text

_STOP_S = 60.0
"""How long it may take to write what is scored so far."""
LEFT_OUT = "left out: "
"""How `seaice evaluate-all` begins a line about what it cannot score."""
NOTICE = "notice: "
"""How it begins a line about a scene that it scores."""


class Scoring:
    """Fills the evaluation table of a sweep as `seaice evaluate-all SWEEP --data DIR` does.

    In a process of its own: predicting needs torch, and must not hold up the sweep.

    Args:
        folder: The sweep.
        models: Folder of the checkpoints, for their baselines.
    """

    def __init__(self, folder: SweepFolder, models: Path) -> None:
        self._folder = folder
        self._places = "--models", str(models), "--runs", str(folder.runs)
        self._process: subprocess.Popen[bytes] | None = None
        self._given: frozenset[Path] = frozenset()
        self._wanted: frozenset[Path] = frozenset()

    def score(self, sweep: Sweep) -> None:
        """Score what has not been given to a process yet, as soon as the last one has ended.

        Args:
            sweep: The sweep as it is by now. Without a folder of test scenes, nothing is scored.

        Raises:
            OutputError: The process cannot be started.
        """
        if not sweep.plan.test:
            return
        self._wanted = frozenset(sweep.checkpoints())
        if self._wanted > self._given and not self._runs():
            self._given = self._wanted
            self._process = self._start(sweep.plan.test)

    def is_done(self) -> bool:
        """Whether all that was wanted has been scored, as far as it can be."""
        return self._wanted <= self._given and not self._runs()

    def problems(self) -> list[str]:
        """What the last process could not score, in sentences; its error, if it ended by one."""
        left_out = self._said(LEFT_OUT)
        return [*left_out, *(self._lines()[-1:] if self.failed else [])]

    def notices(self) -> list[str]:
        """What to know about the scenes that the last process scored."""
        return self._said(NOTICE)

    def _said(self, start: str) -> list[str]:
        """The lines of the last process that begin so, without that."""
        return [line.removeprefix(start) for line in self._lines() if line.startswith(start)]

    def _lines(self) -> list[str]:
        return read_text(self._folder.scores_log).splitlines()

    @property
    def failed(self) -> bool:
        """Whether the last process ended with an error."""
        return self._process is not None and self._process.poll() not in (None, 0)

    def ask_to_stop(self) -> None:
        """Ask the process to end; what it has scored is kept."""
        if self._process:
            self._process.terminate()

    def wait(self) -> None:
        """Wait until the process has ended."""
        with suppress(subprocess.TimeoutExpired):
            if self._process:
                self._process.wait(_STOP_S)

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _start(self, test: str) -> "subprocess.Popen[bytes]":
        # By its folder: another folder can have the sweep's name, that of its scenes for instance.
        command = [sys.executable, "-m", "seaice", "evaluate-all", str(self._folder.path)]
        try:
            with open(self._folder.scores_log, "wb") as out:
                return subprocess.Popen(
                    [*command, "--data", test, *self._places],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                )
        except OSError as error:
            raise OutputError(self._folder.path, error.strerror or str(error)) from error
