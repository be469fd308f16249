"""Processes that hold locks and places in the queue, and folders of runs without a training."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seaice.training.runs.folder import RunFolder, create_run

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Python with a program and arguments, its input and output here; it ends with the test.

    A program says that it is ready, or what it found, in a line.
    """
    started: list[subprocess.Popen[str]] = []

    def run(program: str, *arguments: object, **more: object) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **more,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """The folder of a run that nobody works on."""
    return create_run(tmp_path / "runs", '{"seed": 3}', "test")
