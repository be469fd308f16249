"""The command line as a user starts it: each command in a process of its own, start included."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
SHIPPED = HOME / "models/sar+amsr2-18-36_6-12-18_seed0.safetensors"
"""The checkpoint that benchmarks predict with."""


@dataclass(frozen=True)
class Ran:
    """What a command took.

    Attributes:
        seconds: From its start to its end.
        gib: Its peak memory. This process's is the least that can be seen: import nothing large.
    """

    seconds: float
    gib: float


def seaice(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, status: int = 0
) -> Ran:
    """Run a command to its end.

    Args:
        arguments: What stands behind `seaice`. It starts in the project's folder.
        environment: Variables that are set for it.
        status: The exit status that it must end with.

    Raises:
        RuntimeError: It ended with another one. The message holds what it said.
    """
    command = [sys.executable, "-m", "seaice", *map(str, arguments)]
    variables = {**os.environ, **(environment or {})}
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=HOME, env=variables, stdout=subprocess.DEVNULL, stderr=said
        )
        _, ended, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(ended)
        if process.returncode != status:
            said.seek(0)
            raise RuntimeError(
                f"{' '.join(command)} ended with {process.returncode}: {said.read()}"
            )
    return Ran(seconds, used.ru_maxrss / 2**20)
