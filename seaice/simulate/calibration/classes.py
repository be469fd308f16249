"""Counts of classes in the charts, and the shares that follow from them."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.simulate.calibration import published
from seaice.simulate.calibration.checks import Check, Section, Table, percent
from seaice.simulate.calibration.sample import Sample
from seaice.simulate.calibration.sums import Mergeable, ratio

TITLE = "Class shares"
RARE, FACTOR, FACTOR_OF_RARE = 0.02, 1.5, 3.0
UNLABELLED_WITHIN = 0.08

LIMITS = (
    "The shares are means over a finite number of scenes, and neighbouring pixels are one "
    "polygon: a rare class lies in few scenes, and a single scene that is full of it moves its "
    "share. Shares of one chart sum to 1, so that a class with too much takes from another. "
    "Water and stages follow draws that were fitted to these figures by season; single "
    "concentrations and floe sizes come out of polygons and egg codes and were fitted as a "
    "whole, not one by one."
)

_CLASSES = 11
_UNLABELLED = _CLASSES


@dataclass(frozen=True)
class ClassCounts(Mergeable):
    """Counts of pixels, one entry a scene.

    Attributes:
        pixels: int64 (3, 12) of each scene: charts in their order, classes 0 to 10, unlabelled.
        ice: int64 (3,) of each scene: pixels of SIC 1 to 10, those among them with a stage of
            ice, those with a floe size of ice.
        service: Ice service of each scene.
        season: Season of each scene, index into `published.SEASONS`.
    """

    pixels: tuple[np.ndarray, ...]
    ice: tuple[np.ndarray, ...]
    service: tuple[str, ...]
    season: tuple[int, ...]

    @classmethod
    def of(cls, sample: Sample) -> "ClassCounts":
        """Count one scene."""
        charts = {name: sample.scaled(name) for name in CHARTS}
        pixels = np.stack([_count(chart) for chart in charts.values()])
        ice = _is_ice(charts["SIC"])
        with_stage, with_floe = (ice & _is_ice(charts[name]) for name in ("SOD", "FLOE"))
        counts = np.array([np.count_nonzero(part) for part in (ice, with_stage, with_floe)])
        service = str(sample.dataset.attrs["ice_service"])
        return cls((pixels,), (counts,), (service,), (sample.season,))

    def by_scene(self) -> np.ndarray:
        """Counts of each scene, int64 (scenes, 3, 12)."""
        return np.stack(self.pixels)

    def total(self, service: str | None = None, season: int | None = None) -> np.ndarray:
        """Counts of all scenes, or of those of a service or a season, int64 (3, 12)."""
        keep = [
            service in (None, own_service) and season in (None, own_season)
            for own_service, own_season in zip(self.service, self.season, strict=True)
        ]
        counts: np.ndarray = self.by_scene()[np.array(keep)].sum(0)
        return counts


def _count(chart: np.ndarray) -> np.ndarray:
    """Pixels of classes 0 to 10 and unlabelled ones, int64 (12,)."""
    counts = np.bincount(chart.ravel(), minlength=FILL + 1)
    return np.append(counts[:_CLASSES], counts[FILL])


def _is_ice(chart: np.ndarray) -> np.ndarray:
    ice: np.ndarray = (chart > 0) & (chart != FILL)
    return ice


def shares(counts: np.ndarray, name: ChartName) -> np.ndarray:
    """Share of each class among a chart's labelled pixels.

    Args:
        counts: int64 (3, 12), as in `ClassCounts.total`.
        name: The chart.

    Returns:
        float64 (classes,); not a number where nothing is labelled.
    """
    labelled = counts[CHARTS.index(name), : CHART[name].n_classes]
    return ratio(labelled, labelled.sum())


def unlabelled(counts: np.ndarray, name: ChartName) -> float:
    """Share of a chart's unlabelled pixels among all pixels."""
    row = counts[CHARTS.index(name)]
    return float(ratio(row[_UNLABELLED], row.sum()))


def section(counts: ClassCounts) -> Section:
    """The section of the report."""
    total = counts.total()
    checks = [check for name in CHARTS for check in _share_checks(total, name)]
    checks += [_unlabelled_check(total, name) for name in CHARTS]
    text = (
        "Shares of the labelled pixels of all scenes, chart by chart, beside those of the 513 "
        "real training scenes. A class with a published share of 2 % or more is to be met within "
        "a factor of 1.5, a rarer one within a factor of 3. Unlabelled pixels are counted among "
        "all pixels of the scenes, land and what the satellite did not see included.",
    )
    tables = (_service_table(counts), _season_table(counts))
    return Section(TITLE, text, tuple(checks), tables, LIMITS)


def _share_checks(total: np.ndarray, name: ChartName) -> list[Check]:
    """One check for each class of a chart."""
    checks = []
    rows = zip(shares(total, name), published.CLASS_SHARES[name], strict=True)
    for index, (share, wanted) in enumerate(rows):
        factor = FACTOR if wanted >= RARE else FACTOR_OF_RARE
        # No labelled pixel at all is a share of none, which is no share of the bound.
        holds = bool(wanted / factor <= share <= wanted * factor)
        measured = f"{percent(float(share))} (published {percent(wanted)})"
        bound = f"{percent(wanted / factor)} to {percent(min(1.0, wanted * factor))}"
        label = f"{name} {index}: {CHART[name].class_names[index]}"
        checks.append(Check(TITLE, label, measured, bound, holds))
    return checks


def _unlabelled_check(total: np.ndarray, name: ChartName) -> Check:
    share, wanted = unlabelled(total, name), published.UNLABELLED[name]
    holds = abs(share - wanted) <= UNLABELLED_WITHIN
    low, high = wanted - UNLABELLED_WITHIN, wanted + UNLABELLED_WITHIN
    measured = f"{percent(share)} (published {percent(wanted)})"
    bound = f"{percent(low)} to {percent(high)}"
    return Check(TITLE, f"{name} unlabelled", measured, bound, holds)


def _beside(measured: float, wanted: float) -> str:
    return f"{percent(float(measured))} ({percent(wanted)})"


def _service_table(counts: ClassCounts) -> Table:
    """Water, full cover and unlabelled shares by ice service."""
    rows = []
    for service in published.SERVICES:
        total = counts.total(service=service)
        sic, wanted = shares(total, "SIC"), published.WATER_AND_FULL_BY_SERVICE[service]
        masked = published.UNLABELLED_BY_SERVICE[service]
        cells = [_beside(sic[0], wanted[0]), _beside(sic[10], wanted[1])]
        cells += [_beside(unlabelled(total, name), masked[name]) for name in CHARTS]
        rows.append((service, str(counts.service.count(service)), *cells))
    columns = ("service", "scenes", "SIC 0", "SIC 10", *(f"{name} unlabelled" for name in CHARTS))
    return Table("By ice service, published in brackets; no bound", columns, tuple(rows))


def _season_table(counts: ClassCounts) -> Table:
    """Water and full cover by season."""
    rows = []
    for index, season in enumerate(published.SEASONS):
        sic = shares(counts.total(season=index), "SIC")
        wanted = published.WATER_AND_FULL_BY_SEASON[season]
        cells = (_beside(sic[0], wanted[0]), _beside(sic[10], wanted[1]))
        rows.append((season, str(counts.season.count(index)), *cells))
    columns = ("season", "scenes", "SIC 0", "SIC 10")
    return Table("By season, published in brackets; no bound", columns, tuple(rows))
