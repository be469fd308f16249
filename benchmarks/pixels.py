"""`seaice predict` of one scene against its number of pixels.

Run: python benchmarks/pixels.py FOLDER [--millions 1 4 16 26] [--rounds N]

Scenes of 80 m are simulated into FOLDER, once, and kept. A network of the default geometry with
random weights predicts them at their own spacing, and a shipped one at its 400 m. Each prediction
is a command in a process of its own. The start is what the same command takes for a scene of
almost no pixels; prints medians of rounds, after one that is not counted. That one tells whether
bfloat16 pays, which takes three scenes.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from command import HOME, SHIPPED, Ran, seaice
from machine import alone, describe

SPACING_M = 80.0
START_MILLIONS = 0.05
"""A scene that takes hardly more than the command's start."""
RATES, CHANNEL_SET = (6, 12, 18), "sar+amsr2-18-36"
_WIDE = 1.04
"""Samples a line of a whole frame, 400 x 416 km."""


@dataclass(frozen=True)
class Sized:
    """A scene of a size.

    Attributes:
        path: The file.
        lines, samples: Its size.
    """

    path: Path
    lines: int
    samples: int

    @property
    def millions(self) -> float:
        """Its pixels, in millions."""
        return self.lines * self.samples / 1e6


def sized(folder: Path, millions: float) -> Sized:
    """A scene of about so many million pixels, simulated unless it is there."""
    lines = round((millions * 1e6 / _WIDE) ** 0.5)
    samples = round(lines * _WIDE)
    place = folder / f"{lines}x{samples}"
    if not (paths := sorted(place.glob("*_prep.nc"))):
        paths = alone(_simulate, place, lines, samples)
    return Sized(paths[0].resolve(), lines, samples)


def _simulate(place: Path, lines: int, samples: int) -> list[Path]:
    from seaice.simulate import simulate_folder

    return simulate_folder(place, 1, 1, spacing_m=SPACING_M, lines=lines, samples=samples)


def write_random(path: Path) -> None:
    """Write a checkpoint of the default geometry, for scenes of 80 m, with random weights."""
    sys.path.insert(0, str(HOME / "tools"))
    from varied import varied_network

    from seaice.network.checkpoint import save_checkpoint
    from seaice.network.checkpoint_info import describe as describe_network
    from seaice.training.config import TrainingConfig

    config = TrainingConfig("any", RATES, CHANNEL_SET, spacing_m=SPACING_M)
    network = varied_network(config.network())
    info = describe_network(network.config, CHANNEL_SET, config.channels, SPACING_M, {}, {})
    save_checkpoint(path, network, info)


def precision_of(checkpoint: Path) -> str:
    """What the predictions of a file compute in, and why."""
    from precisions import taken

    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint

    return taken(load_checkpoint(checkpoint, best_device().torch_name))


def measure(checkpoint: Path, scenes: list[Sized], rounds: int, work: Path) -> None:
    """Print what a checkpoint's predictions take; the first scene is the start."""
    variables = {"SEAICE_CACHE": os.environ["SEAICE_CACHE"]}
    # The largest first: bfloat16 gains little on a scene of almost no pixels.
    for scene in reversed(scenes):
        _predict(checkpoint, scene, work, variables)
    print(f"computes in {alone(precision_of, checkpoint)}")
    ran: dict[Sized, list[Ran]] = {scene: [] for scene in scenes}
    for _ in range(rounds):
        for scene in scenes:
            ran[scene].append(_predict(checkpoint, scene, work, variables))
    seconds = {scene: statistics.median(run.seconds for run in runs) for scene, runs in ran.items()}
    start = scenes[0]
    for scene, runs in ran.items():
        above = seconds[scene] - seconds[start]
        gib = statistics.median(run.gib for run in runs)
        row = f"{scene.millions:8.2f} {seconds[scene]:8.2f} s {gib:6.2f} GiB"
        if scene is not start:
            rate = above / (scene.millions - start.millions)
            row += f" {above:8.2f} s above the start {rate:7.3f} s a million pixels"
        print(row, flush=True)


def _predict(checkpoint: Path, scene: Sized, out: Path, variables: Mapping[str, str]) -> Ran:
    command = "predict", checkpoint, scene.path, "--out", out, "--again"
    return seaice(*command, environment=variables)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 4, 16, 26])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(alone(describe), flush=True)
    scenes = [sized(asked.folder, each) for each in (START_MILLIONS, *sorted(asked.millions))]
    with tempfile.TemporaryDirectory() as work:
        os.environ["SEAICE_CACHE"] = str(Path(work) / "cache")
        random = Path(work) / "random.safetensors"
        alone(write_random, random)
        for label, checkpoint in (
            ("default geometry, random weights, 80 m", random),
            ("shipped, 400 m", SHIPPED),
        ):
            print(f"\n{label}: million pixels, wall time, peak memory, rounds: {asked.rounds}")
            measure(checkpoint, scenes, asked.rounds, Path(work) / "out")


if __name__ == "__main__":
    main()
