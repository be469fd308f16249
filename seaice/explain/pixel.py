"""What one network makes of one pixel, and what it looks at to get there."""

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from scipy.special import softmax

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.core.grids.coarsen import block_any
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.explain.branches import branch_names
from seaice.explain.gradients import Pixel, pixel_gradients, radius_px, window_around
from seaice.network.checkpoint import Checkpoint
from seaice.network.rates import CENTRE
from seaice.network.receptive_field import receptive_field_px
from seaice.scenes.read import Inputs, read_inputs
from seaice.scenes.scene import Scene

TapState = Literal["data", "no data", "beyond the scene"]
Place = tuple[float, float]
"""Distances from a scene's first line and from its first sample, km."""


@dataclass(frozen=True)
class Tap:
    """A cell that a branch reads for the pixel's own cell.

    Attributes:
        branch: Name of the branch.
        place: Middle of the cell.
        state: Whether the cell holds data. Without, the branch learns nothing there.
    """

    branch: str
    place: Place
    state: TapState


@dataclass(frozen=True, eq=False)
class PixelStory:
    """What one network makes of one pixel.

    Attributes:
        chart: The chart.
        place: Middle of the pixel.
        target: The predicted class; for SIC 0.
        probabilities: (classes,) float64, at the checkpoint's temperature; empty for SIC.
        sic: Predicted concentration, percent, 0 to 100; NaN for other charts.
        profile: (distances,) float64: absolute gradient at each whole distance in pixels, as the
            crow flies. Of SIC, or of the log-odds of the predicted class.
        spacing_m: Size of a pixel, metres.
        field_km: Theoretical receptive field, km along one side; the pixel lies in its middle.
        taps: Cells that the branches read, in the order of the branches.
    """

    chart: ChartName
    place: Place
    target: int
    probabilities: np.ndarray
    sic: float
    profile: np.ndarray
    spacing_m: float
    field_km: float
    taps: tuple[Tap, ...]

    @property
    def says(self) -> str:
        """The prediction in words."""
        if self.chart == "SIC":
            return f"{self.sic:.0f} %"
        return CHART[self.chart].class_names[self.target]

    def radius_km(self, share: float = 0.9) -> float:
        """Radius of the circle that holds a share of the gradient, km; NaN without any."""
        return radius_px(self.profile, share) * self.spacing_m / 1000

    @property
    def held(self) -> np.ndarray:
        """(distances,) float64: share of the gradient up to each distance; NaN without any."""
        total = self.profile.sum()
        return np.cumsum(self.profile) / total if total > 0 else np.full(len(self.profile), np.nan)


def pixel_at(grid: PixelGrid, place: Place) -> Pixel:
    """The pixel of a grid at a place.

    Raises:
        ConfigError: The place lies beyond the grid.
    """
    # Floats at first: what is not a number lies nowhere.
    line, sample = (km * 1000 // grid.spacing_m for km in place)
    if not (0 <= line < grid.lines and 0 <= sample < grid.samples):
        lines, samples = (size * grid.spacing_m / 1000 for size in grid.shape)
        raise ConfigError(
            f"The place {place[0]:g} km, {place[1]:g} km lies beyond the scene, which measures "
            f"{lines:g} km along its lines and {samples:g} km along its samples."
        )
    return int(line), int(sample)


def pixel_story(scene: Scene, checkpoint: Checkpoint, chart: ChartName, place: Place) -> PixelStory:
    """Tell what a network makes of a pixel; computed on what the pixel can depend on.

    Args:
        scene: The scene.
        checkpoint: The checkpoint.
        chart: The chart.
        place: Where, distances from the first line and the first sample, km.

    Raises:
        ConfigError: The place lies beyond the scene, or holds no data.
        MissingChannelsError: The scene lacks channels of the checkpoint's channel set.
    """
    info = checkpoint.info
    scene.require(info.channels, info.channel_set)
    grid = scene.grid.at(info.spacing_m)
    at = pixel_at(grid, place)
    window = window_around(at, checkpoint, grid.shape)
    inputs = read_inputs(scene, info.channels, info.spacing_m, window)
    own = at[0] - window[0].start, at[1] - window[1].start
    if not inputs.valid[own]:
        raise ConfigError(
            f"There is no data at {place[0]:g} km, {place[1]:g} km. Choose another pixel."
        )
    # The window begins at a multiple and ends with the field, so it stands for the scene.
    (gradient,) = pixel_gradients(checkpoint, inputs, own, (chart,))
    outputs = gradient.outputs.astype(np.float64)
    lines, samples = (
        np.arange(n) - i for n, i in zip(gradient.size.shape[1:], gradient.at, strict=True)
    )
    distance = np.rint(np.hypot(lines[:, None], samples)).astype(np.int64)
    return PixelStory(
        chart=chart,
        place=_km(at, grid.spacing_m),
        target=gradient.target,
        probabilities=np.empty(0) if chart == "SIC" else softmax(outputs / info.temperature(chart)),
        sic=float(np.clip(10 * outputs[0], 0, 100)) if chart == "SIC" else float("nan"),
        profile=np.bincount(distance.ravel(), gradient.size.sum(0).ravel()),
        spacing_m=grid.spacing_m,
        field_km=receptive_field_px(checkpoint.network) * grid.spacing_m / 1000,
        taps=_taps(checkpoint, inputs, window, at, grid),
    )


def _km(pixel: tuple[float, float], spacing_m: float) -> Place:
    line, sample = ((index + 0.5) * spacing_m / 1000 for index in pixel)
    return line, sample


def _taps(
    checkpoint: Checkpoint, inputs: Inputs, window: Window, at: Pixel, grid: PixelGrid
) -> tuple[Tap, ...]:
    """The cells that each branch reads for the cell in which the pixel lies."""
    config = checkpoint.network.config
    stride, rates = config.output_stride, config.rates
    seen = block_any(inputs.valid, stride)
    first = [side.start // stride for side in window]
    line, sample = (index // stride for index in at)
    around = list(product((-1, 0, 1), repeat=2))
    cells = [[(line, sample)]]
    for rate in rates:
        taps = [(0, 0)] if rates == CENTRE else [(rate * i, rate * j) for i, j in around]
        cells.append([(line + i, sample + j) for i, j in taps])
    # The pooling branch averages blocks of 2 x 2 cells, and is interpolated between them.
    block = line // 2 * 2, sample // 2 * 2
    cells.append([(block[0] + i, block[1] + j) for i, j in product((0, 1), repeat=2)])

    def state(cell: Pixel) -> TapState:
        if not all(0 <= i * stride < n for i, n in zip(cell, grid.shape, strict=True)):
            return "beyond the scene"
        i, j = (index - start for index, start in zip(cell, first, strict=True))
        return "data" if seen[i, j] else "no data"

    names = branch_names(checkpoint.network, checkpoint.info.spacing_m)
    middle = (stride - 1) / 2
    return tuple(
        Tap(name, _km((i * stride + middle, j * stride + middle), grid.spacing_m), state((i, j)))
        for name, each in zip(names, cells, strict=True)
        for i, j in each
    )
