"""A training step whose process keeps freed memory, beside one that gives it back.

Run: python benchmarks/freed_memory.py [--rounds N]

Steps of the default network on noise, float32, on the CPU. Both take turns in each round, each in a
process of its own: what the C library is told cannot be taken back.
"""

import argparse
import resource
import statistics
import subprocess
import sys

from machine import describe

from seaice.core.freed_memory import keep_freed_memory
from seaice.training.config import TrainingConfig
from seaice.training.run_time import step_seconds

GIVEN, KEPT = "given back", "kept"
SHAPES = ("sar+amsr2", 160, 32), ("sar", 576, 4)
"""Channel set, side of a patch, patches in a step."""


def step(kind: str, channels: str, patch: int, batch: int) -> None:
    """Print the seconds of a step and the peak of this process, GiB."""
    if kind == KEPT:
        keep_freed_memory()
    shape = {"patch": patch, "batch": batch, "workers": 0, "precision": "float32"}
    seconds = step_seconds(TrainingConfig("data", (6, 12, 18), channels, **shape))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(seconds, peak)


def in_own_process(kind: str, shape: tuple[str, int, int]) -> tuple[float, float]:
    """Seconds of a step, and the peak of its process in GiB."""
    command = [sys.executable, __file__, "--step", kind, *map(str, shape)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak


def main() -> None:
    """Print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--step", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        kind, channels, patch, batch = asked.step
        step(kind, channels, int(patch), int(batch))
        return
    print(describe())
    for shape in SHAPES:
        taken: dict[str, list[tuple[float, float]]] = {GIVEN: [], KEPT: []}
        for _ in range(asked.rounds):
            for kind, measured in taken.items():
                measured.append(in_own_process(kind, shape))
        medians = {}
        for kind, measured in taken.items():
            medians[kind], peak = map(statistics.median, zip(*measured, strict=True))
            print(f"{shape!s:26}{kind:12}{medians[kind]:6.2f} s{peak:6.2f} GiB")
        print(f"{shape!s:26}{'ratio':12}{medians[KEPT] / medians[GIVEN]:6.2f}", flush=True)


if __name__ == "__main__":
    main()
