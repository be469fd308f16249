"""Simulated scenes as compressed files and plain ones: their size, and reading a step's patches.

Run: python benchmarks/scene_files.py [--scenes 8]

The patches are those of 32 x 160 x 160 pixels that a network of the default recipe takes in a step,
read in one process. The time is the processor's, of which other work takes nothing.
"""

import argparse
import statistics
import tempfile
from itertools import count
from pathlib import Path

from machine import describe, medians_s

CHANNEL_SETS = "sar", "sar+amsr2"
SEED, STEPS = 3003, 5


def main() -> None:
    """Print the figures."""
    from seaice.simulate import simulate_folder

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=8)
    scenes = parser.parse_args().scenes
    print(describe())
    for compress in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            paths = simulate_folder(Path(folder), scenes, SEED, compress=compress)
            sizes = [path.stat().st_size / 1e6 for path in paths]
            mean, kind = statistics.mean(sizes), "compressed" if compress else "plain"
            print(f"{kind:10} {mean:5.1f} MB a scene ({min(sizes):.1f} to {max(sizes):.1f})")
            for channel_set in CHANNEL_SETS:
                print(f"{'':10} {_step_s(paths, channel_set):5.2f} s a step, {channel_set}")


def _step_s(paths: list[Path], channel_set: str) -> float:
    """Processor time of reading the patches of a step, seconds."""
    from seaice.scenes.scene import Scene
    from seaice.training.config import TrainingConfig
    from seaice.training.patches.dataset import PatchDataset

    config = TrainingConfig("data", (1, 2, 3), channel_set)
    drawn = PatchDataset(
        [Scene.open(path) for path in paths],
        config.channels,
        config.spacing_m,
        config.patch,
        config.batch * (STEPS + 1),
        SEED,
        augment=config.augment,
        gain_jitter_db=config.gain_jitter_db,
        noise_jitter_db=config.noise_jitter_db,
    )
    numbers = count()

    def step() -> None:
        for _ in range(config.batch):
            drawn[next(numbers)]

    return medians_s(step, STEPS)[1]


if __name__ == "__main__":
    main()
