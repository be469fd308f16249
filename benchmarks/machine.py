"""What machine a benchmark ran on, and how a figure is taken."""

import multiprocessing
import platform
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

P, R = ParamSpec("P"), TypeVar("R")


def describe() -> str:
    """The machine in a line."""
    # Here, so that what a process of a benchmark takes is not all torch's.
    import torch

    from seaice.core.device import best_device

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    return (
        f"{cpu}, {torch.get_num_threads()} threads, {best_device().label}"
        f"{' with bfloat16' if best_device().bfloat16 else ''}, "
        f"Python {platform.python_version()}, torch {torch.__version__}"
    )


def peak_gib() -> float:
    """Largest memory of this process so far, GiB; not that of the one which started it."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 2**20


def median_s(work: Callable[[], object], runs: int = 5) -> float:
    """Median duration of several runs after one to warm up, seconds."""
    return medians_s(work, runs)[0]


def medians_s(work: Callable[[], object], runs: int = 5) -> tuple[float, float]:
    """The same, and the median of the processor time, of which other work takes nothing."""
    work()
    taken, worked = [], []
    for _ in range(runs):
        begun, began = time.perf_counter(), time.process_time()
        work()
        taken.append(time.perf_counter() - begun)
        worked.append(time.process_time() - began)
    return statistics.median(taken), statistics.median(worked)


def alone(work: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
    """What a function of a module returns in a fresh process, whose peak memory is its own.

    Raises:
        BrokenProcessPool: The process was killed, for want of memory for instance.
    """
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned) as pool:
        return pool.submit(work, *arguments, **options).result()
