"""Memory of a sweep: the largest of each of its processes, and of those of a worker together.

Run: python benchmarks/sweep_memory.py TRAINING VALIDATION [--channels NAME] [--steps 90]

One cell is trained from scratch and validated three times. Memory is the proportional set: what
processes share counts once. A worker is its own process, the one that trains and its readers.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil
from machine import describe

_LOOK_S = 0.3
_VALIDATIONS = 3
COMMAND, WORKER, TRAINING, READER = "command and scheduler", "worker", "training", "readers"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("training", type=Path)
    parser.add_argument("validation", type=Path)
    parser.add_argument("--channels", default="sar+amsr2")
    parser.add_argument("--rates", default="6-12-18")
    parser.add_argument("--steps", type=int, default=90)
    asked = parser.parse_args()
    print(describe())
    peaks: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as work:
        for processes in _while_it_runs(_command(asked, Path(work)), Path(work) / "log"):
            of_worker = sum(processes[part] for part in (WORKER, TRAINING, READER))
            for part, size in {**processes, "worker, its training and readers": of_worker}.items():
                peaks[part] = max(peaks[part], size)
    for part, size in peaks.items():
        print(f"{part:34}{size / 2**30:.2f} GiB")


def _command(asked: argparse.Namespace, work: Path) -> list[str]:
    settings = {
        "validation": asked.validation.resolve(),
        "steps": asked.steps,
        "validate_every": asked.steps // _VALIDATIONS,
    }
    folders = "--data", asked.training, "--models", work / "models", "--runs", work / "runs"
    grid = "--rates", asked.rates, "--channels", asked.channels, "--seeds", "0"
    options = [word for pair in settings.items() for word in ("--set", "=".join(map(str, pair)))]
    command = sys.executable, "-m", "seaice", "sweep", "memory", *grid, *folders, *options
    return [*map(str, command)]


def _while_it_runs(command: list[str], log: Path) -> Iterator[dict[str, int]]:
    """Bytes by kind of process, again and again until the command ends.

    Raises:
        SystemExit: It failed.
    """
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        while process.poll() is None:
            time.sleep(_LOOK_S)
            yield _sizes(process.pid)
    if process.returncode:
        raise SystemExit(log.read_text()[-2000:])


def _sizes(pid: int) -> dict[str, int]:
    """Bytes of a sweep's processes by their kind."""
    sizes: dict[str, int] = defaultdict(int)
    below: dict[int, str] = {}
    with_parents = [psutil.Process(pid)]
    with_parents += with_parents[0].children(recursive=True)
    for each in with_parents:
        try:
            parent = below.get(each.ppid(), "")
            below[each.pid] = part = _kind(each, parent) if parent else COMMAND
            sizes[part] += each.memory_full_info().pss
        except psutil.Error:
            continue  # It has just ended.
    return sizes


def _kind(process: psutil.Process, parent: str) -> str:
    if "seaice" in process.cmdline() and parent == WORKER:
        return TRAINING
    return {COMMAND: WORKER, WORKER: WORKER}.get(parent, READER)


if __name__ == "__main__":
    main()
