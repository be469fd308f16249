"""Time of the explanations of a shipped scene, each also as a multiple of a plain forward.

Run: python benchmarks/explanations.py
"""

from collections.abc import Sequence

import numpy as np
from machine import describe, median_s

from seaice.core.device import best_device
from seaice.core.folders import data_folder, models_folder
from seaice.experiment.channel_loss import channel_losses
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.branches import branch_shares
from seaice.explain.faithful import try_map
from seaice.explain.field import effective_field
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.pixel import pixel_story
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.inference import predict
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene

_RATES = ("1-2-3", "12-24-36")


def measure(checkpoint: Checkpoint, scenes: Sequence[Scene]) -> None:
    """Print the times of a checkpoint on the first scene."""
    scene, config = scenes[0], CamConfig("SIC", 0)
    line, sample = _middle(scene)
    place = tuple((index + 0.5) * scene.grid.spacing_m / 1000 for index in (line, sample))
    square = slice(line - 20, line + 20), slice(sample - 20, sample + 20)
    predictor = network_predictor(checkpoint)
    forward = median_s(lambda: predict(scene, checkpoint), 3)
    print(f"\n{checkpoint.path.stem}\n{'forward, reading included':34} {forward:6.2f} s")
    for name, work in (
        ("heatmap of the scene", lambda: explain(scene, checkpoint, config)),
        ("one pixel's story", lambda: pixel_story(scene, checkpoint, "SOD", place)),
        ("branch shares", lambda: branch_shares(scene, checkpoint, "SOD")),
        ("effective field, 16 pixels", lambda: effective_field(checkpoint, [scene], "SOD")),
        ("channels of the scene", lambda: channel_losses(predictor, [scene], scenes)),
        ("tests of a map", lambda: try_map(scene, checkpoint, config, square)),
    ):
        taken = median_s(work, 1)
        print(f"{name:34} {taken:6.2f} s {taken / forward:6.1f} forwards")


def _middle(scene: Scene) -> tuple[int, int]:
    """The valid pixel nearest to the middle."""
    places = np.argwhere(read_valid(scene))
    offsets = places - np.array(scene.grid.shape) / 2
    line, sample = places[(offsets**2).sum(axis=1).argmin()].tolist()
    return line, sample


def main() -> None:
    """Measure the smallest and the largest rates."""
    scenes = read_catalogue(data_folder()).scenes
    print(describe())
    print(f"scene of {scenes[0].grid.lines} x {scenes[0].grid.samples}, after one to warm up")
    for rates in _RATES:
        path = models_folder() / f"sar+amsr2-18-36_{rates}_seed0.safetensors"
        measure(load_checkpoint(path, best_device().torch_name), scenes)


if __name__ == "__main__":
    main()
