"""Time and memory of simulating and writing scenes, each in a process of its own on one core.

Run: python benchmarks/simulation.py [--full] [--jobs N]

With --full also a whole frame at 80 m (5000 x 5200 pixels); with --jobs also 2 N scenes at 400 m on
one process and on N.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

from machine import alone, describe

RUNS, FULL_RUNS = 5, 3


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=0)
    chosen = parser.parse_args()
    print(describe())
    for spacing_m, runs in ((800.0, RUNS), (400.0, RUNS), *([(80.0, FULL_RUNS)] * chosen.full)):
        taken = [_alone(spacing_m, seed) for seed in range(runs)]
        seconds, gib = (statistics.median(values) for values in zip(*taken, strict=True))
        print(f"a frame of 400 x 416 km at {spacing_m:3g} m   {seconds:6.2f} s  {gib:5.2f} GiB")
    for jobs in (1, chosen.jobs) if chosen.jobs else ():
        seconds = statistics.median(_folder(jobs, 2 * chosen.jobs) for _ in range(3))
        print(f"{2 * chosen.jobs} of them at 400 m with --jobs {jobs}   {seconds:6.2f} s")


def _alone(spacing_m: float, seed: int) -> tuple[float, float]:
    """Seconds and peak memory in GiB of one scene in a fresh process."""
    # Set before numpy is loaded there: its libraries start no thread of their own.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    return alone(_simulate, spacing_m, seed)


def _simulate(spacing_m: float, seed: int) -> tuple[float, float]:
    from seaice.simulate import simulate_folder

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        simulate_folder(Path(folder), 1, seed, spacing_m=spacing_m)
        seconds = time.perf_counter() - begun
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _folder(jobs: int, scenes: int) -> float:
    from seaice.simulate import simulate_folder

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        simulate_folder(Path(folder), scenes, 1, jobs=jobs)
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
