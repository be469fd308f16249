"""A training step and a prediction of the default network beside the former default's.

Run: python benchmarks/step.py [--rounds N] [--precision float32]

Both take turns in each round, on noise: steps of 4 patches of 576 x 576 pixels of 7 channels, and
of 17; then the network alone on a scene of 1024 x 1024 pixels, on the CPU.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from machine import describe

from seaice.core.device import best_device
from seaice.network.network import SeaIceNet
from seaice.training.config import TrainingConfig
from seaice.training.devices import uses_bfloat16
from seaice.training.run_format import SETTINGS_OF_1
from seaice.training.run_time import step_seconds

CHANNEL_SETS = "sar+amsr2-18-36", "sar+amsr2"
PATCHES = {"patch": 576, "batch": 4, "workers": 0}
SCENE_PX = 1024
FORMER, DEFAULT = "former default", "default"


def forward(network: SeaIceNet, inputs: torch.Tensor, *, reduced: bool) -> float:
    """Seconds of a forward."""
    begun = time.perf_counter()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=reduced):
        network(inputs)
    return time.perf_counter() - begun


def forward_of(config: TrainingConfig) -> Callable[[], float]:
    """A forward of a scene, the network built and warm."""
    network = SeaIceNet(config.network()).eval().to(memory_format=torch.channels_last)
    inputs = torch.randn(1, len(config.channels), SCENE_PX, SCENE_PX)
    inputs = inputs.to(memory_format=torch.channels_last)
    run = partial(forward, network, inputs, reduced=uses_bfloat16(config, best_device()))
    run()
    return run


def compare(what: str, runs: dict[str, Callable[[], float]], rounds: int) -> None:
    """Print the median of each, and their ratio."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(run())
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    for name, median in medians.items():
        print(f"{what:28}{name:16}{median:6.2f} s")
    print(f"{what:28}{'ratio':16}{medians[DEFAULT] / medians[FORMER]:6.2f}", flush=True)


def main() -> None:
    """Print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=("auto", "float32"), default="auto")
    asked = parser.parse_args()
    print(describe())
    for channel_set in CHANNEL_SETS:
        configs = {
            name: TrainingConfig(
                "data",
                (6, 12, 18),
                channel_set,
                **{**settings, **PATCHES, "precision": asked.precision},
            )
            for name, settings in ((FORMER, SETTINGS_OF_1), (DEFAULT, {}))
        }
        steps = {name: partial(step_seconds, config) for name, config in configs.items()}
        compare(f"{channel_set} step", steps, asked.rounds)
        forwards = {name: forward_of(config) for name, config in configs.items()}
        compare(f"{channel_set} scene", forwards, asked.rounds)


if __name__ == "__main__":
    main()
