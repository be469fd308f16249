"""A training step of the default network beside the former default's, on the same patches.

Run: python benchmarks/step.py [--rounds N]

Both take turns in each round, on noise: 4 patches of 576 x 576 pixels of 7 channels, and of 17.
"""

import argparse
import statistics

from machine import describe

from seaice.training.config import TrainingConfig
from seaice.training.run_format import SETTINGS_OF_1
from seaice.training.run_time import step_seconds

CHANNEL_SETS = "sar+amsr2-18-36", "sar+amsr2"
PATCHES = {"patch": 576, "batch": 4, "workers": 0}


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(describe())
    for channel_set in CHANNEL_SETS:
        configs = {
            name: TrainingConfig("data", (6, 12, 18), channel_set, **{**settings, **PATCHES})
            for name, settings in (("former default", SETTINGS_OF_1), ("default", {}))
        }
        taken: dict[str, list[float]] = {name: [] for name in configs}
        for _ in range(rounds):
            for name, config in configs.items():
                taken[name].append(step_seconds(config))
        for name, seconds in taken.items():
            print(f"{channel_set:18}{name:16}{statistics.median(seconds):6.2f} s a step")
        former, default = (statistics.median(seconds) for seconds in taken.values())
        print(f"{channel_set:18}{'ratio':16}{default / former:6.2f}")


if __name__ == "__main__":
    main()
