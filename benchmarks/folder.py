"""A folder of scenes predicted: one stage after the other, and all three at once.

Run: python benchmarks/folder.py [FOLDER]

Both ways take turns, so that other work on the machine slows both.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from machine import describe
from precisions import settled

from seaice.core.device import best_device
from seaice.core.folders import data_folder, models_folder
from seaice.core.pipeline import in_stages
from seaice.network.checkpoint import load_checkpoint
from seaice.results.many import Order, stages
from seaice.scenes.catalogue import read_catalogue

_ROUNDS = 3


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder()
    scenes = read_catalogue(folder).scenes
    path = models_folder() / "sar+amsr2-18-36_6-12-18_seed0.safetensors"
    checkpoint = load_checkpoint(path, best_device().torch_name)
    work = stages(checkpoint)

    def alone(orders: Sequence[Order]) -> None:
        for order in orders:
            work.run(order)

    def together(orders: Sequence[Order]) -> None:
        for _ in in_stages(work, orders, ()):
            pass

    ways = {"one stage after the other": alone, "three stages at once": together}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    print(describe())
    print(f"computes in {settled(checkpoint, scenes)}")
    with tempfile.TemporaryDirectory() as out:
        orders = [Order(each, Path(out) / f"{each.id}.nc", False, False, "") for each in scenes]
        alone(orders[:1])
        for _ in range(_ROUNDS):
            for name, way in ways.items():
                taken[name].append(_seconds(way, orders))
    for name, each in taken.items():
        print(f"{name:28} {statistics.median(each) / len(scenes):6.2f} s a scene")
    ratio = statistics.median(a / b for a, b in zip(*taken.values(), strict=True))
    print(f"ratio, median of rounds      {ratio:6.2f}")


def _seconds(way: Callable[[Sequence[Order]], None], orders: Sequence[Order]) -> float:
    begun = time.perf_counter()
    way(orders)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
