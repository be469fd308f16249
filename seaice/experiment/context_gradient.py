"""Where a network is sensitive at all: how its input gradient spreads around an output.

For single pixels of the output, the absolute gradient with respect to every input is added up by
distance, over many pixels of many scenes. Sensitivity is not benefit: a network may look far and
gain nothing, which the context curve tells.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.explain.gradients import PixelGradient, pixel_gradients, radius_px
from seaice.network.checkpoint import Checkpoint
from seaice.network.receptive_field import reach_px
from seaice.scenes.read import read_inputs
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
        return radius_px(self.mass[chart], share) * self.spacing_m / 1000

    def radii_km(self) -> dict[ChartName, float]:
        """The radius of each chart that has one, as a context curve keeps them."""
        radii = {name: self.radius_km(name) for name in self.mass}
        return {name: km for name, km in radii.items() if math.isfinite(km)}


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
    reach = reach_px(checkpoint.network)
    mass = {name: np.zeros(reach + 2) for name in CHARTS}
    rng, counted = np.random.default_rng([seed, 1]), 0
    for done, scene in enumerate(scenes, 1):
        inputs = read_inputs(scene, checkpoint.info.channels, checkpoint.info.spacing_m)
        valid = np.argwhere(inputs.valid)
        for at in rng.choice(valid, min(pixels, len(valid)), replace=False):
            for gradient in pixel_gradients(checkpoint, inputs, (int(at[0]), int(at[1])), CHARTS):
                mass[gradient.chart] += _by_distance(gradient, reach)
            counted += 1
        on_scene(done, len(scenes))
    return GradientSpread(mass, checkpoint.info.spacing_m, counted)


def _by_distance(gradient: PixelGradient, reach: int) -> np.ndarray:
    """The gradient of all channels by distance along lines or samples, whichever is more."""
    size, (line, sample) = gradient.size.sum(0), gradient.at
    distance = np.maximum(
        np.abs(np.arange(size.shape[0]) - line)[:, None],
        np.abs(np.arange(size.shape[1]) - sample),
    )
    return np.bincount(np.minimum(distance, reach + 1).ravel(), size.ravel(), minlength=reach + 2)
