"""Maps of the three charts that a network or a baseline predicts for a scene."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from seaice.ai4arctic.charts import ChartName
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.core.grids.resample import bilinear, centres, nearest
from seaice.results.scoring import sic_classes
from seaice.scenes.scene import Scene

_LINES = 256
"""Lines that are worked on at a time."""


@dataclass(frozen=True, eq=False)
class ChartMaps:
    """Predicted maps of one scene, unmasked, on a grid of their own.

    Attributes:
        scene: The scene.
        grid: The grid of the maps.
        valid: (lines, samples) bool: inside the swath, not masked.
        sic: (lines, samples) float32, class index clipped to 0..10.
        probabilities: SOD and FLOE: (classes, lines, samples) float16.
        seconds: Time for reading and computing.
        notice: A warning on validity or resampling; empty if there is none.
        source: Identity of what predicted them, for caches; empty if nobody keeps them.
    """

    scene: Scene
    grid: PixelGrid
    valid: np.ndarray
    sic: np.ndarray
    probabilities: dict[ChartName, np.ndarray]
    seconds: float
    notice: str
    source: str = field(default="", kw_only=True)
    _classes: dict[ChartName, np.ndarray] = field(
        default_factory=dict, init=False, repr=False, kw_only=True
    )

    def classes(self, chart: ChartName) -> np.ndarray:
        """Predicted classes at their own spacing, (lines, samples) uint8, unmasked, to be read."""
        if chart == "SIC":
            return sic_classes(self.sic)
        # Kept: maps, errors and scores ask for them, and a large scene's scores once a strip.
        if chart not in self._classes:
            classes = _largest(self.probabilities[chart])
            classes.flags.writeable = False
            self._classes[chart] = classes
        return self._classes[chart]

    def temperature(self, chart: ChartName) -> float:
        """What the logits of a chart are divided by; baselines are taken as they are."""
        return 1.0

    def calibrated(self, chart: ChartName, window: Window | None = None) -> np.ndarray:
        """Probabilities at the chart's temperature: those that a person is shown.

        A temperature keeps the order of the classes, so it changes no map of classes.

        Args:
            chart: SOD or FLOE.
            window: Part of the maps' own grid; the whole where None.

        Returns:
            (classes, lines, samples) float32.

        Raises:
            KeyError: SIC is a regression and has no probabilities.
        """
        layers = self.probabilities[chart]
        p = (layers[:, *window] if window else layers).astype(np.float32)
        temperature = self.temperature(chart)
        if temperature == 1:
            return p
        # softmax(z / T) is softmax(z) to the power of 1 / T, scaled to sum to one.
        p **= np.float32(1 / temperature)
        p /= p.sum(axis=0)
        return p

    def entropy(
        self, chart: ChartName, grid: PixelGrid | None = None, window: Window | None = None
    ) -> np.ndarray:
        """Entropy of the calibrated probabilities over its maximum, 0 (sure) to 1.

        Args:
            chart: SOD or FLOE.
            grid: Grid that it is brought to, bilinear; their own where None.
            window: Part of that grid; the whole where None.

        Returns:
            (lines, samples) float32.

        Raises:
            KeyError: SIC is a regression and has no probabilities.
        """
        if grid is None or grid == self.grid:
            return _entropy(self.calibrated(chart, window))
        return self.resampled(_entropy(self.calibrated(chart)), grid, window, bilinear)

    def on(self, grid: PixelGrid, chart: ChartName, window: Window | None = None) -> np.ndarray:
        """A map brought to another grid over the same ground.

        Args:
            grid: That grid; usually the scene's own.
            chart: SIC comes continuous and bilinear, SOD and FLOE as classes by the nearest pixel.
            window: Part of that grid; the whole where None.

        Returns:
            (lines, samples), SIC float32, SOD and FLOE uint8.
        """
        if chart == "SIC":
            return self.resampled(self.sic, grid, window, bilinear)
        return self.resampled(self.classes(chart), grid, window, nearest)

    def confidence(
        self, chart: ChartName, grid: PixelGrid | None = None, window: Window | None = None
    ) -> np.ndarray:
        """Calibrated probability of the class that each pixel is given; see `entropy`."""
        return self.resampled(
            self.calibrated(chart).max(axis=0), grid or self.grid, window, bilinear
        )

    def resampled(
        self,
        values: np.ndarray,
        grid: PixelGrid,
        window: Window | None,
        method: Callable[..., np.ndarray],
    ) -> np.ndarray:
        """Values of these maps' own grid brought to another one, `bilinear` or `nearest`."""
        if grid == self.grid:
            return values[window] if window else values
        coordinates = (
            centres(side.stop - side.start, grid.spacing_m, side.start, self.grid.spacing_m)
            for side in window or grid.whole
        )
        return method(values, *coordinates)


def _entropy(p: np.ndarray) -> np.ndarray:
    """Entropy of (classes, lines, samples) probabilities over its maximum, float32."""
    terms = np.where(p > 0, p * np.log(np.maximum(p, 1e-12)), 0)
    entropy: np.ndarray = (-terms.sum(axis=0) / np.log(len(p))).clip(0, 1).astype(np.float32)
    return entropy


def _largest(layers: np.ndarray) -> np.ndarray:
    """Index of the largest of (classes, lines, samples) at each pixel, uint8.

    A few lines at a time: numpy's own indices of 26 million pixels take 200 MB.
    """
    found = np.empty(layers.shape[1:], np.uint8)
    for start in range(0, len(found), _LINES):
        strip = slice(start, start + _LINES)
        found[strip] = layers[:, strip].argmax(axis=0)
    return found
