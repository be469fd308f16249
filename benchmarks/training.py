"""Training with the default configuration: the start, the share of computing, memory.

Run: python benchmarks/training.py [DATA] [--steps 60]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from machine import describe

from seaice.training.config import TrainingConfig
from seaice.training.cost import cost_of
from seaice.training.run_time import step_seconds
from seaice.training.runs.folder import list_runs
from seaice.training.runs.metrics import Metrics, read_metrics

HOME = Path(__file__).resolve().parents[1]
_RUNS = 3
# Labels of a folder are looked for once: the first start says how long that takes.
_WARM_UP_STEPS = 5
_LOOK_S = 3
RATES, CHANNELS = "6-12-18", "sar+amsr2-18-36"


@dataclass(frozen=True)
class Training:
    """A run from outside.

    Attributes:
        start_s: From the command to the end of the first step.
        metrics: What it measured.
        peak_gib: Largest memory of its process and its workers together.
    """

    start_s: float
    metrics: Metrics
    peak_gib: float

    @property
    def share(self) -> float:
        """Forward, backward and optimizer step, of the time between steps."""
        steps = self.metrics.steps[_WARM_UP_STEPS:]
        return sum(each["compute_seconds"] for each in steps) / sum(
            each["seconds"] for each in steps
        )

    @property
    def step_s(self) -> float:
        """Median duration of a step."""
        return statistics.median(each["seconds"] for each in self.metrics.steps[_WARM_UP_STEPS:])

    @property
    def validation_s(self) -> float:
        """Duration of a validation."""
        return statistics.median(each["seconds"] for each in self.metrics.validations)


def train(data: Path, steps: int, *options: str) -> Training:
    """Train once in a process of its own, in folders that go again."""
    with tempfile.TemporaryDirectory() as folder:
        folders = "--data", data, "--models", Path(folder, "models"), "--runs", Path(folder, "runs")
        words = "train", "--rates", RATES, "--channels", CHANNELS, "--steps", steps, *folders
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "seaice", *map(str, words), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        start_s, peak, looked = 0.0, 0, 0.0
        while process.poll() is None:
            time.sleep(0.05)
            if time.perf_counter() - looked > _LOOK_S:
                # Seldom: the system stops the process while it adds up.
                peak, looked = max(peak, _memory(process.pid)), time.perf_counter()
            if not start_s and any(each.metrics_file.exists() for each in list_runs(folders[-1])):
                start_s = time.perf_counter() - begun
        (made,) = list_runs(folders[-1])
        return Training(start_s, read_metrics(made), peak / 2**30)


def _memory(pid: int) -> int:
    """Bytes of a process and its children; what they share counts once."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        return sum(each.memory_full_info().pss for each in family)
    except psutil.Error:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, default=HOME / "data")
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    print(describe())
    runs = [train(arguments.data, arguments.steps) for _ in range(_RUNS)]
    config = TrainingConfig(str(arguments.data), (6, 12, 18), CHANNELS)
    cost = cost_of(config)
    for words, value, estimated in (
        ("start to first step", f"{statistics.median(each.start_s for each in runs):.1f} s", ""),
        (
            "a step",
            f"{statistics.median(each.step_s for each in runs):.3f} s",
            f"{step_seconds(config):.3f} s",
        ),
        (
            "forward, backward, step",
            f"{statistics.median(each.share for each in runs):.1%} of the time between steps",
            "",
        ),
        ("a validation", f"{statistics.median(each.validation_s for each in runs):.1f} s", ""),
        (
            "memory, workers included",
            f"{statistics.median(each.peak_gib for each in runs):.2f} GiB",
            f"{cost.memory_gib:.2f} GiB and what the software takes",
        ),
    ):
        print(f"{words:26}{value}{f'  (estimated {estimated})' if estimated else ''}")


if __name__ == "__main__":
    main()
