"""Do integrated gradients add to the losses without channels? What they say by baseline input.

Run: python benchmarks/integrated_gradients.py

Integrated gradients (Sundararajan et al. 2017) divide an output among the channels. For pixels of
the shipped scenes, they are taken from an input of zeros, which is an average scene, and from
the same place of another scene. Printed is each group's share of the absolute contributions, by
what the pixel is given, beside what the task's score loses where the group is that of other scenes.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from machine import describe

from seaice.ai4arctic.channel_groups import channel_groups
from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.device import best_device
from seaice.core.grids.pixel_grid import Window
from seaice.experiment.channel_loss import channel_losses
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.gradients import window_around
from seaice.explain.head import contrast
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.tiled import padded_tensor
from seaice.scenes.read import Inputs, read_inputs
from seaice.scenes.scene import Scene

_NETWORK = Path("models/frozen/sar+amsr2-18-36_1-2-3_seed0.safetensors")
Pair = tuple[int, np.ndarray]
"""The class of a pixel, and (2, groups): its contributions from zeros and from another scene."""


def main() -> None:
    """Print shares by class and baseline input, and losses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=_NETWORK)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--scenes", type=int, default=3)
    parser.add_argument("--pixels", type=int, default=16, help="Pixels of each scene.")
    parser.add_argument("--steps", type=int, default=16, help="Points on the way of the inputs.")
    asked = parser.parse_args()
    print(describe(), flush=True)
    checkpoint = load_checkpoint(asked.checkpoint, best_device().torch_name)
    scenes = [Scene.open(path) for path in sorted(asked.data.glob("*.nc"))[: asked.scenes]]
    groups = tuple(channel_groups(checkpoint.info.channels))
    chart: ChartName = "SOD"
    found = list(_contributions(checkpoint, scenes, chart, asked.pixels, asked.steps))
    print(f"{len(found)} pixels; shares in percent from zeros / from another scene")
    print(f"{'':24}" + "".join(f"{group:>20}" for group in groups))
    _line("all", [each for _, each in found])
    for index, name in enumerate(CHART[chart].class_names):
        _line(name, [each for given, each in found if given == index])
    losses = channel_losses(network_predictor(checkpoint), scenes).losses()
    lost = [each.loss for each in losses if each.task == chart]
    print(f"{'points of score lost':24}" + "".join(f"{each:>20.1f}" for each in lost))


def _line(name: str, found: Sequence[np.ndarray]) -> None:
    if not found:
        return
    sizes = np.abs(found).mean(axis=0)
    shares = 100 * sizes / sizes.sum(axis=1, keepdims=True)
    cells = (f"{zeros:>14.0f} / {other:3.0f}" for zeros, other in shares.T)
    print(f"{name:17} {len(found):>4}  " + "".join(cells), flush=True)


def _contributions(
    checkpoint: Checkpoint, scenes: Sequence[Scene], chart: ChartName, pixels: int, steps: int
) -> Iterator[Pair]:
    """Contributions to the log-odds of what pixels are given, drawn at random."""
    info = checkpoint.info
    rng = np.random.default_rng(0)
    for number, scene in enumerate(scenes):
        own = read_inputs(scene, info.channels, info.spacing_m)
        other = read_inputs(scenes[(number + 1) % len(scenes)], info.channels, info.spacing_m)
        lines, samples = (
            min(pair) for pair in zip(own.valid.shape, other.valid.shape, strict=True)
        )
        both = slice(0, lines), slice(0, samples)
        places = np.argwhere(own.valid[both] & other.valid[both])
        for line, sample in rng.permutation(places)[:pixels].tolist():
            window = window_around((line, sample), checkpoint, (lines, samples))
            yield _of_pixel(checkpoint, own, other, window, (line, sample), chart, steps)


def _of_pixel(
    checkpoint: Checkpoint,
    own: Inputs,
    other: Inputs,
    window: Window,
    at: tuple[int, int],
    chart: ChartName,
    steps: int,
) -> Pair:
    here = padded_tensor(checkpoint, np.ascontiguousarray(own.values[:, *window]))
    foreign = padded_tensor(checkpoint, np.ascontiguousarray(other.values[:, *window]))
    # Where the scene has no data it has no inputs, whatever another scene holds.
    foreign = torch.where(here == 0, here, foreign)
    line, sample = (place - part.start for place, part in zip(at, window, strict=True))
    groups = list(channel_groups(checkpoint.info.channels).values())
    with torch.no_grad():
        given = int(checkpoint.network(here)[chart][0, :, line, sample].argmax())
    rows = []
    for start in (torch.zeros_like(here), foreign):
        total = torch.zeros_like(here[0])
        for step in range(steps):
            point = start + (step + 0.5) / steps * (here - start)
            point.requires_grad_(True)
            outputs = checkpoint.network(point)[chart][:, :, line : line + 1, sample : sample + 1]
            (gradient,) = torch.autograd.grad(contrast(outputs, chart, given).sum(), point)
            total += gradient[0] / steps
        parts = (total * (here - start)[0]).sum(dim=(1, 2)).cpu().numpy()
        rows.append([parts[indices].sum() for indices in groups])
    return given, np.array(rows)


if __name__ == "__main__":
    main()
