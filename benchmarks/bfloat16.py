"""Do maps in bfloat16 keep the classes of float32 over whole scenes, as the rule for it assumes?

Run: python benchmarks/bfloat16.py [--data FOLDER] [CHECKPOINT ...]

Predictions take bfloat16 once squares of three scenes have each kept 99.5 % of their classes. Here
every checkpoint, the shipped ones unless told otherwise, predicts every scene in both. Prints by
chart the share of valid pixels with the same class, in the scene with the smallest; what the rule
measures on the square of each scene, least and most; how many sets of three scenes would all
agree, so that the rule takes it if they come first and it is faster; and in how many scenes a chart
keeps less than the rule asks for. Its hardware must have bfloat16.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
from machine import describe

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.core.device import best_device
from seaice.core.folders import data_folder, models_folder
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.network.checkpoint_files import SUFFIX
from seaice.results import precision
from seaice.results.inference import Prediction, predict
from seaice.results.tiled import padded_tensor
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

Shares = dict[ChartName, float]
"""By chart: share of the valid pixels with the same class, 0 to 1."""


@contextmanager
def in_bfloat16() -> Iterator[None]:
    """Predict in bfloat16 meanwhile, whether or not it pays."""
    squares = tuple(map(str, range(precision.SCENES)))
    pays = precision.Measured(math.inf, 1.0, squares)
    with mock.patch.object(precision, "known", return_value=pays):
        yield


def shares(exact: Prediction, fast: Prediction) -> Shares:
    """How many of a scene's pixels keep their class.

    Raises:
        RuntimeError: Both are the same to the last bit, so that they were computed alike.
    """
    if np.array_equal(exact.sic, fast.sic):
        raise RuntimeError("The maps are identical: both were computed in float32.")
    valid = exact.valid
    return {
        name: float((exact.classes(name) == fast.classes(name))[valid].mean()) for name in CHARTS
    }


@dataclass(frozen=True)
class Compared:
    """A scene predicted by a checkpoint in both.

    Attributes:
        same: Of the whole scene.
        square: What the rule measures on the square: of the chart with the smallest.
    """

    same: Shares
    square: float

    @property
    def agrees(self) -> bool:
        """Whether the square keeps as much as the rule asks for."""
        return self.square >= precision.LEAST_AGREEMENT

    @property
    def is_below(self) -> bool:
        """Whether a chart of the whole scene keeps less than the rule asks for."""
        return min(self.same.values()) < precision.LEAST_AGREEMENT


def compare(checkpoint: Checkpoint, scene: Scene) -> Compared | None:
    """Predict a scene in both; None where the square has no valid pixel."""
    info = checkpoint.info
    # As the first tile is read, which holds the whole of these scenes.
    inputs = read_inputs(scene, info.channels, info.spacing_m).values
    measured = precision.compared(checkpoint, padded_tensor(checkpoint, inputs))
    if measured is None:
        return None
    with precision.in_float32():
        exact = predict(scene, checkpoint)
    with in_bfloat16():
        fast = predict(scene, checkpoint)
    return Compared(shares(exact, fast), measured.agreement)


def row(by_checkpoint: Sequence[Sequence[Compared]]) -> str:
    """The cells of the table for scenes of some checkpoints."""
    every = [each for compared in by_checkpoint for each in compared]
    if not every:
        return "no scene with data in its middle"
    least = (min(each.same[name] for each in every) for name in CHARTS)
    squares = [each.square for each in every]
    cells = [f"{share:8.3%}" for share in (*least, min(squares), max(squares))]
    threes = sum(math.comb(len(compared), precision.SCENES) for compared in by_checkpoint)
    agreeing = sum(
        math.comb(sum(each.agrees for each in compared), precision.SCENES)
        for compared in by_checkpoint
    )
    below = sum(each.is_below for each in every)
    return f"{'  '.join(cells)}  {agreeing} of {threes}, {below} of {len(every)}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkpoints", type=Path, nargs="*")
    parser.add_argument("--data", type=Path, default=data_folder())
    asked = parser.parse_args()
    device = best_device()
    if not device.bfloat16:
        raise SystemExit("This hardware has no bfloat16: every prediction is in float32.")
    paths = asked.checkpoints or sorted(models_folder().glob(f"*{SUFFIX}"))
    print(describe())
    heads = "  ".join(f"{name:>8}" for name in (*CHARTS, "rule", "to"))
    print(f"{'':45} {heads}  threes that agree, scenes below", flush=True)
    every: list[list[Compared]] = []
    scenes = read_catalogue(asked.data).scenes
    for path in paths:
        checkpoint = load_checkpoint(path, device.torch_name)
        every.append([each for scene in scenes if (each := compare(checkpoint, scene))])
        print(f"{path.stem:45} {row(every[-1:])}", flush=True)
    print(f"{'all':45} {row(every)}")


if __name__ == "__main__":
    main()
