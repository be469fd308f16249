"""Opening files that may be damaged, in a process that can be ended.

A single flipped bit can send the HDF5 library into a loop without end, from where no exception and
no signal brings it back while every other thread waits for its lock; `docs/damaged-files.md` tells
how often. So a file that was never opened before is opened in another process first.
"""

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from seaice.core.cache import cache_folder
from seaice.core.errors import ConfigError, SceneError

MOST_CPU_S = 3.0
"""For names and attributes of one file; a good one takes some hundredths of a second. By the
processor's clock: on a busy machine, or from a sleeping disk, a good file may take longer."""
_MOST_S = 60.0
"""For the same by the clock on the wall."""
_START_S = 60.0
"""For the process to import what it needs, on a busy machine."""
_LOOK_S = 0.1


class HopelessFileError(SceneError):
    """A file that cannot be opened without ending the process or waiting for ever."""


class Reader:
    """A process that opens files, started with the first question and again after each fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def look_at(self, path: Path, *, reference: bool = True) -> dict[str, Any]:
        """What a file holds.

        Args:
            path: The file.
            reference: Whether to look for a scene's charts beside it, too.

        Returns:
            JSON values: of a scene under `scene` what `catalogue.entries.to_json` writes,
            of a file with the charts of a scene their names under `reference`.

        Raises:
            HopelessFileError: Opening it crashes or does not end.
            SceneError: It is no scene, or takes too long this time.
            ConfigError: The process cannot be started.
        """
        question = json.dumps(
            {
                "path": str(path),
                "folder": os.getcwd(),
                "cache": str(cache_folder().absolute()),
                "reference": reference,
            }
        )
        with self._lock:
            # It may have ended by itself, idle or for want of memory; twice, and it is the file.
            answer = self._answer(path, question) or self._answer(path, question)
        if answer is None:
            raise _hopeless(path, "opening it crashes")
        if "problem" in answer:
            raise SceneError(answer["path"], answer["problem"], answer.get("remedy", ""))
        return answer

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answer(self, path: Path, question: str) -> dict[str, Any] | None:
        """The answer to a question; None where the process ended.

        Raises:
            HopelessFileError, SceneError, ConfigError: As `look_at`.
        """
        process = self._running()
        lines = _line_of(process)
        try:
            print(question, file=process.stdin, flush=True)
            line = self._line(path, process, lines)
        except OSError as error:
            self.end()
            if isinstance(error, SceneError):
                raise
            return None
        if not line:
            self.end()
        return json.loads(line) if line else None

    def _line(self, path: Path, process: "subprocess.Popen[str]", lines: "queue.Queue[str]") -> str:
        """What the process says of a file; empty where it ends.

        Raises:
            HopelessFileError, SceneError: It computes, or waits, for too long.
        """
        cpu_before, began = _cpu_s(process), time.monotonic()
        while time.monotonic() - began < _MOST_S:
            try:
                return lines.get(timeout=_LOOK_S)
            except queue.Empty:
                if _cpu_s(process) - cpu_before > MOST_CPU_S:
                    raise _hopeless(path, "opening it does not end") from None
        raise SceneError(path, f"could not be opened within {_MOST_S:g} s", "Try again.")

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "seaice.scenes.catalogue.reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            greeting = _line_of(self._process).get(timeout=_START_S)
        except (OSError, queue.Empty):
            greeting = ""
        if not greeting:
            self.end()
            raise ConfigError(
                f"The process that opens files cannot be started ({sys.executable} -m "
                "seaice.scenes.catalogue.reader)."
            )
        return self._process


def _hopeless(path: Path, what: str) -> HopelessFileError:
    return HopelessFileError(path, f"is damaged: {what}", "Copy or download it again.")


def _line_of(process: "subprocess.Popen[str]") -> "queue.Queue[str]":
    """Where the next line that a process prints will be; an empty one where it ends."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
    return lines


def _cpu_s(process: "subprocess.Popen[str]") -> float:
    """Processor time that a process has taken, seconds; 0 where it has ended."""
    try:
        times = psutil.Process(process.pid).cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system


READER = Reader()
"""Of this process: all its threads ask the same one, in turn."""
atexit.register(READER.end)
