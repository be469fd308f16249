"""Where a network is sensitive at all: how its input gradient spreads around an output.

For single pixels of the output, the absolute gradient with respect to every input is added up by
distance, over many pixels of many scenes. Sensitivity is not benefit: a network may look far and
gain nothing, which the context curve tells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.core.grids.pixel_grid import Window
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.head import contrast
from seaice.network.checkpoint import Checkpoint
from seaice.results.inference import MODEL_LOCK, padded_tensor
from seaice.scenes.read import Inputs, read_inputs
from seaice.scenes.scene import Scene

PIXELS = 3
"""Output pixels of a scene that are differentiated."""
SHARE = 0.9
"""Share of the gradient that a radius is to hold."""


@dataclass(frozen=True, eq=False)
class GradientSpread:
    """How the input gradient spreads around an output pixel.

    Attributes:
        mass: By chart: (distances,) float64: sum of the absolute gradient of valid inputs, all
            channels together, at each distance in pixels along lines or samples, whichever is more.
        spacing_m: Size of a pixel, metres.
        pixels: Output pixels that it was averaged over.
    """

    mass: dict[ChartName, np.ndarray]
    spacing_m: float
    pixels: int

    def radius_km(self, chart: ChartName, share: float = SHARE) -> float:
        """Radius that holds a share of the gradient, km; NaN if there is none.

        It is that of a square, as the radii of a context curve are.
        """
        held = np.cumsum(self.mass[chart])
        if not held[-1] > 0:
            return float("nan")
        whole = int(np.argmax(held >= share * held[-1]))
        before = held[whole - 1] if whole else 0.0
        # A pixel's mass lies between half a pixel before and behind its distance.
        part = (share * held[-1] - before) / (held[whole] - before)
        return float(max(0.0, whole - 0.5 + part) * self.spacing_m / 1000)


def gradient_spread(
    checkpoint: Checkpoint,
    scenes: Sequence[Scene],
    *,
    pixels: int = PIXELS,
    seed: int = 0,
    on_scene: Callable[[int, int], None] = lambda done, total: None,
) -> GradientSpread:
    """Measure how a network's input gradient spreads.

    Differentiated are SIC, and the log-odds of the class that the network gives the pixel.

    Args:
        checkpoint: The network.
        scenes: Scenes that hold its channels.
        pixels: Valid pixels of each scene, drawn at random.
        seed: Seed of the draw.
        on_scene: Called after each scene with scenes done and scenes in all.
    """
    reach_px = round(network_predictor(checkpoint).reach_km * 1000 / checkpoint.info.spacing_m)
    mass = {name: np.zeros(reach_px + 2) for name in CHARTS}
    rng, counted = np.random.default_rng([seed, 1]), 0
    for done, scene in enumerate(scenes, 1):
        inputs = read_inputs(scene, checkpoint.info.channels, checkpoint.info.spacing_m)
        valid = np.argwhere(inputs.valid)
        for at in rng.choice(valid, min(pixels, len(valid)), replace=False):
            _add(checkpoint, inputs, (int(at[0]), int(at[1])), reach_px, mass)
            counted += 1
        on_scene(done, len(scenes))
    return GradientSpread(mass, checkpoint.info.spacing_m, counted)


def _add(
    checkpoint: Checkpoint,
    inputs: Inputs,
    at: tuple[int, int],
    reach_px: int,
    mass: dict[ChartName, np.ndarray],
) -> None:
    """Add the gradients of one output pixel, computed on what it can depend on."""
    window = _around(at, reach_px, inputs.valid.shape, checkpoint.network.config.size_multiple)
    line, sample = (each - part.start for each, part in zip(at, window, strict=True))
    valid = inputs.valid[window]
    distance = np.maximum(
        np.abs(np.arange(valid.shape[0]) - line)[:, None],
        np.abs(np.arange(valid.shape[1]) - sample),
    )
    # What is not valid is no input: its gradient does not count.
    distance, counted = np.minimum(distance, reach_px + 1)[valid], valid
    with MODEL_LOCK, torch.enable_grad():
        tensor = padded_tensor(checkpoint, np.ascontiguousarray(inputs.values[:, *window]))
        tensor.requires_grad_(True)
        outputs = checkpoint.network(tensor)
        for name in CHARTS:
            logits = outputs[name][:, :, line : line + 1, sample : sample + 1]
            target = 0 if name == "SIC" else int(logits[0].argmax())
            (gradient,) = torch.autograd.grad(
                contrast(logits, name, target).sum(), tensor, retain_graph=name != CHARTS[-1]
            )
            size = gradient[0].abs().sum(0)[: valid.shape[0], : valid.shape[1]].cpu().numpy()
            mass[name] += np.bincount(distance, size[counted], minlength=reach_px + 2)


def _around(at: tuple[int, int], reach_px: int, shape: tuple[int, ...], multiple: int) -> Window:
    """Window around a pixel that begins at a multiple, as the whole scene's features do."""
    lines, samples = (
        slice(max(0, each - reach_px) // multiple * multiple, min(size, each + reach_px + 1))
        for each, size in zip(at, shape, strict=True)
    )
    return lines, samples
