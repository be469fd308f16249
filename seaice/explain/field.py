"""The effective receptive field: where an output pixel's gradient lies, as a mean over many pixels.

The theoretical field is all that an output can depend on. What it does depend on is less (Luo et
al., NeurIPS 2016): the gradient of single output pixels with respect to the inputs fades towards
the edge of the field. Sensitivity is not benefit, which `seaice context` measures.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channel_groups import channel_groups
from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import Window
from seaice.explain.gradients import (
    Pixel,
    PixelGradient,
    inputs_around,
    pixel_gradients,
    radius_px,
)
from seaice.explain.region_classes import classes_in
from seaice.network.checkpoint import Checkpoint
from seaice.network.receptive_field import reach_px, receptive_field_px
from seaice.results.inference import predict
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene

PIXELS = 16
"""Output pixels of a scene that are differentiated."""
SHARES = (0.5, 0.68, 0.9, 0.95)
"""Shares of the gradient whose radii are told."""
_STRIP_LINES = 1024


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """Where the gradient of output pixels lies.

    Attributes:
        chart: The chart: SIC itself is differentiated, of others the log-odds of a class.
        scenes: Ids of the scenes.
        classes: Names of the chart's classes; "all ice" alone for SIC.
        groups: Names of the groups of channels.
        image: (2 reach + 1, 2 reach + 1) float64: mean absolute gradient around a pixel, all
            channels together, with the pixel in the middle; by scaled input.
        mass: (scenes, classes, groups, distances) float64: sums of the absolute gradient at each
            whole distance in pixels, as the crow flies.
        pixels: (scenes, classes) int64: output pixels, by the class differentiated.
        spacing_m: Size of a pixel, metres.
        theoretical_km: Theoretical receptive field, km along one side.
    """

    chart: ChartName
    scenes: tuple[str, ...]
    classes: tuple[str, ...]
    groups: tuple[str, ...]
    image: np.ndarray
    mass: np.ndarray
    pixels: np.ndarray
    spacing_m: float
    theoretical_km: float

    def profile(
        self,
        *,
        scene: int | None = None,
        of: int | None = None,
        group: int | Sequence[int] | None = None,
    ) -> np.ndarray:
        """(distances,) float64: the gradient at each whole distance in pixels.

        Args:
            scene: Index of a scene; all if None.
            of: Index of a class; all if None.
            group: Index of a group of channels, or of several taken together; all if None.
        """
        mass = self.mass
        for axis, index in enumerate((scene, of, group)):
            mass = mass if index is None else np.take(mass, np.atleast_1d(index), axis)
        profile: np.ndarray = mass.sum(axis=(0, 1, 2))
        return profile

    def radii_km(self, profile: np.ndarray) -> dict[float, float]:
        """By share of a profile's gradient: the radius that holds it, km; NaN without any."""
        return {share: radius_px(profile, share) * self.spacing_m / 1000 for share in SHARES}

    @property
    def group_shares(self) -> np.ndarray:
        """(groups,) float64: share of the gradient on each group of channels; NaN without any."""
        held = self.mass.sum(axis=(0, 1, 3))
        total = held.sum()
        return held / total if total > 0 else np.full_like(held, np.nan)


def effective_field(
    checkpoint: Checkpoint,
    scenes: Sequence[Scene],
    chart: ChartName,
    target: int | None = None,
    *,
    pixels: int = PIXELS,
    seed: int = 0,
    region: Window | None = None,
    on_pixel: Callable[[int, int], object] = lambda done, total: None,
) -> EffectiveField:
    """Measure a network's effective receptive field.

    Args:
        checkpoint: The network.
        scenes: Scenes that hold its channels.
        chart: The chart.
        target: Draw pixels among those that the network gives this class; among all if None.
        pixels: Valid pixels of each scene, drawn at random.
        seed: Seed of the draw.
        region: Part of the grid at the checkpoint's spacing that pixels are drawn from; the whole
            where None.
        on_pixel: Called after each pixel with pixels done and the most that there can be.

    Raises:
        ConfigError: No such class, or no pixel to differentiate.
        MissingChannelsError: A scene lacks channels.
        SceneError: A scene cannot be read.
    """
    field = _Sums(checkpoint, scenes, chart)
    field.check(target, pixels)
    rng = np.random.default_rng([seed, 1])
    for number, scene in enumerate(scenes):
        scene.require(checkpoint.info.channels, checkpoint.info.channel_set)
        offered = _offered(checkpoint, scene, chart, target, region)
        for done, at in enumerate(_drawn(offered, pixels, rng), 1):
            inputs, own = inputs_around(scene, checkpoint, at)
            (gradient,) = pixel_gradients(checkpoint, inputs, own, (chart,))
            field.add(number, gradient)
            on_pixel(number * pixels + done, len(scenes) * pixels)
    return field.result(target)


class _Sums:
    """Sums over gradients, on their way to an effective field."""

    def __init__(self, checkpoint: Checkpoint, scenes: Sequence[Scene], chart: ChartName) -> None:
        self._checkpoint, self._scenes, self._chart = checkpoint, scenes, chart
        self.classes = ("all ice",) if chart == "SIC" else CHART[chart].class_names
        self._groups = channel_groups(checkpoint.info.channels)
        reach = reach_px(checkpoint.network)
        self._image = np.zeros((2 * reach + 1, 2 * reach + 1))
        distances = int(np.hypot(reach, reach)) + 2
        shape = len(scenes), len(self.classes), len(self._groups), distances
        self._mass = np.zeros(shape)
        self.pixels = np.zeros(shape[:2], np.int64)

    def check(self, target: int | None, pixels: int) -> None:
        """Check what is asked for.

        Raises:
            ConfigError: No such class, or no pixel.
        """
        if target is not None and not 0 <= target < len(self.classes):
            named = ", ".join(f"{index} {name}" for index, name in enumerate(self.classes))
            raise ConfigError(f"{self._chart} has no class {target}. There are: {named}.")
        if pixels < 1:
            raise ConfigError("An effective field takes at least 1 pixel.")

    def add(self, scene: int, gradient: PixelGradient) -> None:
        """Add the gradient of a pixel of a scene."""
        groups = list(self._groups.values())
        _add(gradient, self._image, self._mass[scene, gradient.target], groups)
        self.pixels[scene, gradient.target] += 1

    def result(self, target: int | None) -> EffectiveField:
        """The field.

        Raises:
            ConfigError: No gradient was added, because there is no pixel of this target.
        """
        if not self.pixels.any():
            raise ConfigError(_nothing(self._chart, self.classes, target))
        spacing_m = self._checkpoint.info.spacing_m
        return EffectiveField(
            chart=self._chart,
            scenes=tuple(scene.id for scene in self._scenes),
            classes=self.classes,
            groups=tuple(self._groups),
            image=self._image / self.pixels.sum(),
            mass=self._mass,
            pixels=self.pixels,
            spacing_m=spacing_m,
            theoretical_km=receptive_field_px(self._checkpoint.network) * spacing_m / 1000,
        )


def _offered(
    checkpoint: Checkpoint,
    scene: Scene,
    chart: ChartName,
    target: int | None,
    region: Window | None,
) -> np.ndarray:
    """(lines, samples) bool on the whole grid: the pixels that may be drawn."""
    grid = scene.grid.at(checkpoint.info.spacing_m)
    window = grid.check(region or grid.whole)
    offered = np.zeros(grid.shape, bool)
    for strip in grid.strips(_STRIP_LINES, window):
        offered[strip] = read_valid(scene, checkpoint.info.spacing_m, strip)
    if target is None or chart == "SIC":
        return offered
    if region is None:
        offered &= predict(scene, checkpoint).classes(chart) == target
    else:
        offered[window] &= classes_in(scene, checkpoint, chart, window)[0] == target
    return offered


def _drawn(offered: np.ndarray, most: int, rng: np.random.Generator) -> Iterator[Pixel]:
    """Some of the pixels that may be drawn, each once."""
    by_line = np.cumsum(offered.sum(axis=1))
    for rank in rng.choice(by_line[-1], min(most, by_line[-1]), replace=False).tolist():
        line = int(np.searchsorted(by_line, rank, side="right"))
        before = int(by_line[line - 1]) if line else 0
        yield line, int(np.flatnonzero(offered[line])[rank - before])


def _nothing(chart: ChartName, classes: Sequence[str], target: int | None) -> str:
    if target is None or chart == "SIC":
        return "There is no valid pixel here. Take a larger window, or another scene."
    return f"The network predicts no {classes[target].lower()} here, so it has no field for it."


def _add(
    gradient: PixelGradient, image: np.ndarray, mass: np.ndarray, groups: list[list[int]]
) -> None:
    """Add a gradient to the image, and by group and distance, (groups, distances), to the mass."""
    size, (line, sample) = gradient.size, gradient.at
    middle = image.shape[0] // 2
    lines, samples = (
        np.arange(n) - at for n, at in zip(size.shape[1:], (line, sample), strict=True)
    )
    near = [np.flatnonzero(np.abs(offsets) <= middle) for offsets in (lines, samples)]
    size, lines, samples = (
        size[np.ix_(np.arange(len(size)), *near)],
        lines[near[0]],
        samples[near[1]],
    )
    image[np.ix_(lines + middle, samples + middle)] += size.sum(0)
    distance = np.rint(np.hypot(lines[:, None], samples)).astype(np.int64).ravel()
    for number, indices in enumerate(groups):
        held = size[indices].sum(0).ravel()
        mass[number] += np.bincount(distance, held, minlength=mass.shape[1])


def profile_rows(field: EffectiveField) -> list[dict[str, object]]:
    """The profiles as a tidy table: a row for each scene, class, group of channels and distance."""
    return [
        {
            "scene": scene,
            "chart": field.chart,
            "class": name,
            "pixels": int(field.pixels[i, j]),
            "channels": group,
            "distance_km": round(distance * field.spacing_m / 1000, 6),
            "gradient": float(field.mass[i, j, k, distance]),
        }
        for i, scene in enumerate(field.scenes)
        for j, name in enumerate(field.classes)
        if field.pixels[i, j]
        for k, group in enumerate(field.groups)
        for distance in range(field.mass.shape[3])
    ]
