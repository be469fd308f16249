"""Sums of a prediction over all strata of a scene at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.baselines.truth import has_truth, read_truth
from seaice.experiment.strata import SHAPE, VALUES, PixelStrata, pixel_strata
from seaice.results.maps import ChartMaps
from seaice.results.scoring import sic_classes
from seaice.scenes.read import read_chart, read_valid
from seaice.scenes.scene import Scene

Reference = Literal["chart", "truth"]

_STRIP_LINES = 1024
"""Lines counted at a time, so that a full-size scene needs little memory."""
_AXES = tuple(range(len(SHAPE)))


@dataclass(frozen=True, eq=False)
class SceneReferences:
    """What predictions of a scene are compared with, read once for all of them.

    Attributes:
        scene: The scene.
        strata: Where each pixel belongs.
        classes: By reference and chart: (lines, samples) uint8, `FILL` without a label or data.
    """

    scene: Scene
    strata: PixelStrata
    classes: dict[tuple[Reference, ChartName], np.ndarray]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over the pixels of one stratum, as `ScoreSums` has them for one chart.

    Attributes:
        reference: What was compared with.
        chart: The chart.
        stratum: The stratum.
        value: Its value; empty for `all`.
        confusion: (classes, classes) int64, row the reference's class.
        errors: Sums of the squared, the absolute and the plain error of SIC; 0 for other charts.
    """

    reference: Reference
    chart: ChartName
    stratum: str
    value: str
    confusion: np.ndarray
    errors: tuple[float, float, float]

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return int(self.confusion.sum())


def read_references(scene: Scene) -> SceneReferences:
    """Read charts, strata and, of a simulated scene, the truth.

    Raises:
        SceneError: The scene cannot be read.
    """
    # A network's output where there are no data is not a prediction.
    valid = read_valid(scene)
    classes: dict[tuple[Reference, ChartName], np.ndarray] = {}
    for name in scene.charts:
        classes["chart", name] = np.where(valid, read_chart(scene, name), np.uint8(FILL))
    if scene.simulated and has_truth(scene):
        for name, layer in read_truth(scene).items():
            classes["truth", name] = np.where(valid, layer, np.uint8(FILL))
    return SceneReferences(scene, pixel_strata(scene), classes)


def stratified_sums(
    maps: ChartMaps, references: SceneReferences, field_km: float
) -> Iterator[Sums]:
    """Compare a prediction with all references of its scene.

    Args:
        maps: The prediction.
        references: Of the same scene.
        field_km: Receptive field of the network, NaN where there is none.

    Yields:
        Sums of each reference, chart and stratum; only `all` may have no pixel.
    """
    grid = references.scene.grid
    for chart in CHARTS:
        kinds = [kind for kind, name in references.classes if name == chart]
        totals = {kind: Totals.of(chart) for kind in kinds}
        for strip in grid.strips(_STRIP_LINES) if kinds else ():
            places = references.strata.with_interior(field_km, strip[0])
            predicted = maps.on(grid, chart, strip)
            for kind, total in totals.items():
                total.add(places, references.classes[kind, chart][strip], predicted)
        for kind, total in totals.items():
            yield from total.marginal(kind)


@dataclass(frozen=True, eq=False)
class Totals:
    """Joint sums over all strata.

    Attributes:
        chart: The chart.
        counts: (*SHAPE, classes, classes) int64.
        errors: (3, *SHAPE) float64, as `Sums.errors`.
    """

    chart: ChartName
    counts: np.ndarray
    errors: np.ndarray

    @classmethod
    def of(cls, chart: ChartName) -> "Totals":
        """No pixel yet."""
        n = CHART[chart].n_classes
        return cls(chart, np.zeros((*SHAPE, n, n), np.int64), np.zeros((3, *SHAPE)))

    def add(self, places: np.ndarray, reference: np.ndarray, predicted: np.ndarray) -> None:
        """Count the labelled pixels of a strip."""
        n = CHART[self.chart].n_classes
        labelled = reference < n
        place, truth, guess = places[labelled], reference[labelled], predicted[labelled]
        if self.chart == "SIC":
            clipped = np.clip(guess.astype(np.float64), 0, n - 1)
            error = clipped - truth
            for total, weights in zip(self.errors, (error**2, np.abs(error), error), strict=True):
                total += np.bincount(place, weights, minlength=total.size).reshape(total.shape)
            guess = sic_classes(clipped)
        pairs = (place * n + truth) * n + guess
        counts = np.bincount(pairs, minlength=self.counts.size)
        self.counts[...] += counts.reshape(self.counts.shape)

    def marginal(self, reference: Reference) -> Iterator[Sums]:
        """Sums of each value of each stratum."""
        yield self._sums(reference, "all", "", _AXES, ())
        for axis, (stratum, values) in enumerate(VALUES.items()):
            others = tuple(each for each in _AXES if each != axis)
            for number, value in enumerate(values):
                sums = self._sums(reference, stratum, value, others, (number,))
                if sums.pixels:
                    yield sums

    def _sums(
        self,
        reference: Reference,
        stratum: str,
        value: str,
        axes: tuple[int, ...],
        index: tuple[int, ...],
    ) -> Sums:
        confusion = self.counts.sum(axis=axes)[index]
        errors = self.errors.sum(axis=tuple(each + 1 for each in axes))[:, *index]
        squared, absolute, plain = map(float, errors)
        return Sums(reference, self.chart, stratum, value, confusion, (squared, absolute, plain))
