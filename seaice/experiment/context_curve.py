"""The context curve: what a predictor scores when everything farther away than r km is foreign.

Whatever lies beyond r is replaced by what other scenes have there: a predictor cannot use it, yet
all it sees looks like ice and water. It need not be differentiated, nor be a network.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seaice.ai4arctic.channels import INCIDENCE_ANGLE
from seaice.ai4arctic.charts import CHARTS, FILL, ChartName
from seaice.ai4arctic.seasons import UNKNOWN, season
from seaice.core.errors import NoScenesError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.core.grids.resample import centres, nearest
from seaice.experiment.context_mosaic import (
    Site,
    angle_profile,
    columns_at,
    foreign_inputs,
    kept_pixels,
    matched,
    mosaic,
    place_sites,
)
from seaice.experiment.context_predictors import Maps, Predictor
from seaice.experiment.context_settings import ContextSettings, groups_of, require_two
from seaice.experiment.context_summary import COLUMNS, ContextCurve
from seaice.experiment.counts import Totals
from seaice.experiment.strata import pixel_strata
from seaice.scenes.read import Inputs, read_channels, read_chart, read_inputs
from seaice.scenes.scene import Scene

_RADII_OF_A_PASS = 4
"""Radii that share a prediction. The largest determines how far apart the sites lie, so only radii
of a similar size go together."""
_MOST_DONORS = 4
"""Scenes that are read to replace the far field of one scene, until all its pixels have data."""

_ERRORS = ("sic_squared_error", "sic_absolute_error", "sic_error")

OnScene = Callable[[int, int], None]
"""Called with scenes done and scenes in all."""


def context_curve(
    predictor: Predictor,
    scenes: Sequence[Scene],
    settings: ContextSettings | None = None,
    on_scene: OnScene = lambda done, total: None,
) -> ContextCurve:
    """Measure the context curve of a predictor.

    Args:
        predictor: A network or baseline.
        scenes: Scenes with charts, at least two: each is surrounded by the others.
        settings: How to measure.
        on_scene: Called after each scene.

    Returns:
        The sums of every scene, radius, group and shuffle, and what follows from them.

    Raises:
        ConfigError: No radius or group can be measured.
        NoScenesError: Fewer than two scenes, or none with charts.
        MissingChannelsError: A scene lacks channels.
        SceneError: A scene cannot be read.
    """
    settings = settings or ContextSettings()
    require_two(scenes)
    groups = groups_of(predictor.channels, settings.groups)
    for scene in scenes:
        scene.require(predictor.channels, predictor.channel_set)
        if not scene.charts:
            raise NoScenesError(f"Scene {scene.id} has no charts to score against.")
    measurement = _Measurement(predictor, scenes, settings, groups)
    rows: list[dict[str, Any]] = []
    for number in range(len(scenes)):
        rows += measurement.of_scene(number)
        on_scene(number + 1, len(scenes))
    return ContextCurve(
        frame=pd.DataFrame(rows, columns=list(COLUMNS)),
        checkpoint=predictor.name,
        sha256=predictor.sha256,
        description=predictor.description,
        radii_km=settings.radii_km,
        groups=tuple(groups),
        reach_km=predictor.reach_km,
        spacing_m=predictor.spacing_m,
        shuffles=settings.shuffles,
        seed=settings.seed,
    )


@dataclass(frozen=True, eq=False)
class _References:
    """What a scene's predictions are compared with, at the predictor's spacing.

    Attributes:
        classes: By chart: (lines, samples) uint8, `FILL` without a label or data.
        places: (lines, samples) int64: the values of all strata.
    """

    classes: Mapping[ChartName, np.ndarray]
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class _Measurement:
    predictor: Predictor
    scenes: Sequence[Scene]
    settings: ContextSettings
    groups: Mapping[str, tuple[str, ...]]

    def of_scene(self, number: int) -> list[dict[str, Any]]:
        """Rows of one scene."""
        scene = self.scenes[number]
        host = read_inputs(scene, self.predictor.channels, self.predictor.spacing_m)
        references = self._references(scene, host)
        untouched = self.predictor.predict(host)
        whole = [(slice(None), slice(None))]
        rows = self._rows(scene, ("whole", "all", 0.0, -1), references, untouched, whole)
        for shuffle in range(self.settings.shuffles):
            rows += self._of_shuffle(number, shuffle, host, references, untouched)
        return rows

    def _references(self, scene: Scene, host: Inputs) -> _References:
        spacing_m = self.predictor.spacing_m
        classes = {
            name: np.where(host.valid, read_chart(scene, name, spacing_m), np.uint8(FILL))
            for name in scene.charts
        }
        own = slice(0, scene.grid.lines)
        places = pixel_strata(scene).with_interior(2 * self.predictor.reach_km, own)
        grid = scene.grid.at(spacing_m)
        return _References(classes, _on(places, scene.grid, grid))

    def _of_shuffle(
        self,
        number: int,
        shuffle: int,
        host: Inputs,
        references: _References,
        untouched: Maps,
    ) -> list[dict[str, Any]]:
        rng = np.random.default_rng([self.settings.seed, shuffle, number])
        foreign = foreign_inputs(host.valid, self._donors(number, host, rng))
        rows: list[dict[str, Any]] = []
        reach_px = self.predictor.reach_km * 1000 / self.predictor.spacing_m
        for radii_km in self._passes():
            radii_px = [self._pixels(each) for each in radii_km]
            sites = place_sites(host.valid.shape, radii_px, reach_px, rng, number + shuffle)
            kept = kept_pixels(host.valid.shape, sites)
            for group, members in self.groups.items():
                inputs = mosaic(host, foreign, kept, self.predictor.channels, members)
                replaced = self.predictor.predict(inputs)
                for index, r_km in enumerate(radii_km):
                    cores = _cores(sites, index)
                    for kind, maps in (("replaced", replaced), ("untouched", untouched)):
                        what = kind, group, r_km, shuffle
                        rows += self._rows(self.scenes[number], what, references, maps, cores)
        return rows

    def _passes(self) -> Iterator[list[float]]:
        """Radii of each pass, of those at which something is replaced that the predictor sees."""
        reach_px = self.predictor.reach_km * 1000 / self.predictor.spacing_m
        seen = [each for each in self.settings.radii_km if self._pixels(each) < reach_px]
        for first in range(0, len(seen), _RADII_OF_A_PASS):
            yield seen[first : first + _RADII_OF_A_PASS]

    def _pixels(self, r_km: float) -> int:
        """Pixels that are kept for a radius: not one within it is replaced."""
        return int(np.ceil(r_km * 1000 / self.predictor.spacing_m - 1e-9))

    def _donors(self, number: int, host: Inputs, rng: np.random.Generator) -> Iterator[Inputs]:
        """Other scenes in random order on the grid of a scene, at its incidence angles."""
        others = [each for each in rng.permutation(len(self.scenes)) if each != number]
        channels, spacing_m = self.predictor.channels, self.predictor.spacing_m
        own = _profile(self.scenes[number], channels, host, spacing_m)
        for other in others[:_MOST_DONORS]:
            scene = self.scenes[other]
            donor = read_inputs(scene, channels, spacing_m)
            theirs = _profile(scene, channels, donor, spacing_m)
            if own is None or theirs is None:
                columns = np.minimum(np.arange(host.valid.shape[1]), donor.valid.shape[1] - 1)
                found = columns == np.arange(host.valid.shape[1])
            else:
                columns, found = columns_at(own, theirs)
            yield matched(donor, host.valid.shape, columns, found)

    def _rows(
        self,
        scene: Scene,
        what: tuple[str, str, float, int],
        references: _References,
        maps: Maps,
        windows: Sequence[Window],
    ) -> list[dict[str, Any]]:
        """A row for each chart and part of its pixels in some windows."""
        kind, group, r_km, shuffle = what
        own = {
            "checkpoint": self.predictor.name,
            "scene": scene.id,
            "service": scene.service or UNKNOWN,
            "region": scene.region or UNKNOWN,
            "season": season(scene.time),
            "kind": kind,
            "group": group,
            "r_km": r_km,
            "shuffle": shuffle,
        }
        places = _pixels_of(references.places, windows)
        rows = []
        for name in (name for name in CHARTS if name in references.classes):
            totals = Totals.of(name)
            classes = _pixels_of(references.classes[name], windows)
            totals.add(places, classes, _pixels_of(maps[name], windows))
            rows += [
                {
                    **own,
                    "chart": name,
                    "stratum": sums.stratum,
                    "value": sums.value,
                    "pixels": sums.pixels,
                    "confusion": sums.confusion.ravel().tolist(),
                    **dict(zip(_ERRORS, sums.errors, strict=True)),
                }
                for sums in totals.marginal("chart")
            ]
        return rows


def _on(places: np.ndarray, own: PixelGrid, grid: PixelGrid) -> np.ndarray:
    """Values of a scene's own grid at the nearest pixels of another one."""
    if own == grid:
        return places
    lines, samples = (centres(n, grid.spacing_m, 0, own.spacing_m) for n in grid.shape)
    return nearest(places, lines, samples)


def _cores(sites: Sequence[Site], radius: int) -> list[Window]:
    return [site.core for site in sites if site.radius == radius]


def _pixels_of(layer: np.ndarray, windows: Sequence[Window]) -> np.ndarray:
    """The pixels of some windows of a layer, one after the other, (pixels,)."""
    return np.concatenate([layer[window].ravel() for window in windows] or [layer[:0].ravel()])


def _profile(
    scene: Scene, channels: Sequence[str], inputs: Inputs, spacing_m: float
) -> np.ndarray | None:
    """Incidence angle of each sample, scaled; None if the file does not have it."""
    if INCIDENCE_ANGLE in channels:
        angle = inputs.values[list(channels).index(INCIDENCE_ANGLE)]
    elif INCIDENCE_ANGLE in scene.channels:
        (angle,) = read_channels(scene, (INCIDENCE_ANGLE,), spacing_m)
    else:
        return None
    return angle_profile(angle, inputs.valid)
