"""Opening files that may be damaged, in a process that can be killed.

A single flipped bit can send the HDF5 library into an endless loop. No exception and no signal gets
it out of there, and every other thread waits for its lock. `docs/damaged-files.md` has the numbers.
So a file that was never opened before is opened in another process first.
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
from typing import Any, cast

import psutil

from seaice.core.cache import cache_folder
from seaice.core.errors import ConfigError, ResultFileError, SceneError

MOST_CPU_S = 3.0
"""Processor time for names and attributes of one file. A good file takes some hundredths of a
second; on a busy machine, or from a sleeping disk, it takes no more of it."""
_MOST_WALL_S = 60.0
"""Wall-clock time for the same."""
_MOST_START_CPU_S = 60.0
"""Processor time for the process to import what it needs, which is one second or two."""
_MOST_START_S = 600.0
"""Wall-clock time for the same: a low priority on a busy machine stretches it a hundred times."""
_POLL_S = 0.1

_MODULE = "seaice.scenes.catalogue.sandbox_process"


class UnopenableFileError(SceneError):
    """A file that crashes the process that opens it, or keeps it busy for ever."""


class _EndlessError(Exception):
    """The process computes, and there is no end in sight."""


class Sandbox:
    """A process that opens files. It starts with the first request and again after each fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def inspect(self, path: Path, *, reference: bool = True) -> dict[str, Any]:
        """What a file holds.

        Args:
            path: The file.
            reference: Whether to look for the scene's charts in a file beside it, too.

        Returns:
            JSON values. Of a scene: what `catalogue.index.to_json` writes, under `scene`. Of a
            reference: the names of its charts, under `reference`.

        Raises:
            UnopenableFileError: Opening it crashes or does not end.
            ResultFileError: It holds results of seaice.
            SceneError: It is not a scene, or takes too long this time.
            ConfigError: The process cannot be started.
        """
        request = json.dumps(
            {
                "path": str(path),
                "folder": os.getcwd(),
                "cache": str(cache_folder().absolute()),
                "reference": reference,
            }
        )
        with self._lock:
            # The process may have ended by itself, idle or out of memory. Twice, it is the file.
            reply = self._reply(path, request) or self._reply(path, request)
        if reply is None:
            raise _unopenable(path, "opening it crashes")
        if "result" in reply:
            raise ResultFileError(reply["result"])
        if "problem" in reply:
            raise SceneError(reply["path"], reply["problem"], reply.get("remedy", ""))
        return reply

    def close(self) -> None:
        """Kill the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _reply(self, path: Path, request: str) -> dict[str, Any] | None:
        """The reply to a request; None where the process ended.

        Raises:
            UnopenableFileError, SceneError, ConfigError: As `inspect`.
        """
        process = self._running()
        lines = _next_line(process)
        try:
            print(request, file=process.stdin, flush=True)
            line = _reply_line(process, lines, MOST_CPU_S, _MOST_WALL_S)
        except _EndlessError:
            self.close()
            raise _unopenable(path, "opening it does not end") from None
        except TimeoutError:
            self.close()
            waited = f"could not be opened within {_MOST_WALL_S:g} s"
            raise SceneError(path, waited, "Try again.") from None
        except OSError:
            self.close()
            return None
        if not line:
            self.close()
        return cast(dict[str, Any], json.loads(line)) if line else None  # The process is ours.

    def _running(self) -> "subprocess.Popen[str]":
        """The process, started where there is none."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        try:
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            lines = _next_line(process)
            if _reply_line(process, lines, _MOST_START_CPU_S, _MOST_START_S):
                return process
        except (OSError, _EndlessError):
            pass
        self.close()
        raise ConfigError(
            f"The process that opens files cannot be started. Try: {sys.executable} -m {_MODULE}"
        )


def _unopenable(path: Path, what: str) -> UnopenableFileError:
    return UnopenableFileError(path, f"is damaged: {what}", "Copy or download it again.")


def _next_line(process: "subprocess.Popen[str]") -> "queue.Queue[str]":
    """Receives the next line that a process prints, or an empty one where the process ends."""
    lines: queue.Queue[str] = queue.Queue()
    output = process.stdout
    assert output is not None
    threading.Thread(target=lambda: lines.put(output.readline()), daemon=True).start()
    return lines


def _reply_line(
    process: "subprocess.Popen[str]", lines: "queue.Queue[str]", most_cpu_s: float, most_s: float
) -> str:
    """The next line that a process prints; empty where the process ends.

    Raises:
        _EndlessError: It computes for too long.
        TimeoutError: It waits for too long.
    """
    cpu_before, began = _cpu_s(process), time.monotonic()
    while time.monotonic() - began < most_s:
        try:
            return lines.get(timeout=_POLL_S)
        except queue.Empty:
            if _cpu_s(process) - cpu_before > most_cpu_s:
                raise _EndlessError from None
    raise TimeoutError


def _cpu_s(process: "subprocess.Popen[str]") -> float:
    """Processor time that a process has used, seconds; 0 where it has ended."""
    try:
        times = psutil.Process(process.pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


SANDBOX = Sandbox()
"""Shared by all threads of this process, one file at a time."""
atexit.register(SANDBOX.close)
