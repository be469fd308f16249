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
from pathlib import Path
from typing import Any

from seaice.cache import cache_folder
from seaice.errors import SceneError

LONGEST_S = 4.0
"""For names and attributes of one file; a good one takes some hundredths of a second."""
_START_S = 60.0
"""For the process to import what it needs, on a busy machine."""


class HopelessFileError(SceneError):
    """A file that cannot be opened without ending the process or waiting for ever."""


class Reader:
    """A process that opens files, started with the first question and again after each fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def look_at(self, path: Path) -> dict[str, Any]:
        """What a file holds.

        Returns:
            JSON values: of a scene under `scene` what `seaice.catalogue.entries.to_json` writes,
            of a file with the charts of a scene their names under `reference`.

        Raises:
            HopelessFileError: Opening it crashed or did not end.
            SceneError: It is no scene.
        """
        question = json.dumps({"path": str(path), "cache": str(cache_folder())})
        with self._lock:
            answer = self._answer(question)
            if answer is None and self._process is None:
                # It may have ended by itself, idle; the second time it was the file.
                answer = self._answer(question)
            if answer is None:
                self.end()
                raise HopelessFileError(
                    path,
                    f"is damaged: opening it crashes or takes over {LONGEST_S:g} s",
                    "Copy or download it again.",
                )
        if "problem" in answer:
            raise SceneError(answer["path"], answer["problem"], answer.get("remedy", ""))
        return answer

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answer(self, question: str) -> dict[str, Any] | None:
        """The answer to a question; None where the process ended or the time is up."""
        process = self._running()
        try:
            print(question, file=process.stdin, flush=True)
        except OSError:
            self.end()
            return None
        line = _line_within(process, LONGEST_S)
        if line == "":
            self.end()
        return json.loads(line) if line else None

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "seaice.catalogue.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        _line_within(self._process, _START_S)
        return self._process


def _line_within(process: "subprocess.Popen[str]", seconds: float) -> str | None:
    """The next line that a process prints; empty where it has ended, None where time is up."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
    try:
        return lines.get(timeout=seconds)
    except queue.Empty:
        return None


READER = Reader()
"""Of this process: all its threads ask the same one, in turn."""
atexit.register(READER.end)
