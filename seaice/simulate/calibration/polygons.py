"""Sizes of the charts' polygons of ice, and how long their borders are."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.simulate.calibration.checks import Table, fixed
from seaice.simulate.calibration.compared import ComparedScene
from seaice.simulate.calibration.sums import Mergeable

LEAST_KM2 = 20.0
"""Smaller regions are slivers that the pixels make of a polygon."""


@dataclass(frozen=True)
class Polygons(Mergeable):
    """Connected regions of equal SIC, SOD and FLOE.

    Attributes:
        area_km2: Area of each region, float64 (regions,), one array a scene.
        border_km: Length of the border of each region with labelled pixels of other classes.
        ice_km2: Labelled ice in all, float64 ().
    """

    area_km2: tuple[np.ndarray, ...]
    border_km: tuple[np.ndarray, ...]
    ice_km2: np.ndarray

    @classmethod
    def of(cls, scene: ComparedScene) -> "Polygons":
        """Find the regions of one scene."""
        code = np.zeros(scene.valid.shape, np.int64)
        for name in CHARTS:
            code = code * (FILL + 1) + scene.charts[name]
        sic = scene.charts["SIC"]
        labelled = sic != FILL
        regions = label_regions(code, labelled & (sic > 0))
        km = scene.spacing_m / 1000
        area_km2 = np.bincount(regions.ravel())[1:] * km**2
        border_km = border_sides(regions, code, labelled) * km
        large = area_km2 >= LEAST_KM2
        return cls((area_km2[large],), (border_km[large],), area_km2.sum())

    def sizes(self) -> tuple[np.ndarray, np.ndarray]:
        """Areas in km2 and borders in km of all regions, float64 (regions,) each."""
        return np.concatenate(self.area_km2), np.concatenate(self.border_km)


def label_regions(code: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Number the regions of equal code, joined at sides.

    Args:
        code: Any numbers, (lines, samples).
        where: What belongs to regions, bool (lines, samples).

    Returns:
        int64 (lines, samples), from 1; 0 outside.
    """
    regions = np.zeros(code.shape, np.int64)
    found = 0
    for value in np.unique(code[where]):
        numbers, count = ndimage.label((code == value) & where)
        inside = numbers > 0
        regions[inside] = numbers[inside] + found
        found += count
    return regions


def border_sides(regions: np.ndarray, code: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """Sides of pixels between each region and labelled pixels of another code, int64 (regions,).

    Land, unlabelled pixels and the scene's own border make no border.
    """
    sides = np.zeros(int(regions.max(initial=0)) + 1, np.int64)
    for axis in (0, 1):
        first = [slice(None)] * 2
        second = [slice(None)] * 2
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        one, other = tuple(first), tuple(second)
        border = (code[one] != code[other]) & labelled[one] & labelled[other]
        for part in (one, other):
            sides += np.bincount(regions[part][border], minlength=len(sides))
    return sides[1:]


def compare(real: Polygons, simulated: Polygons) -> tuple[tuple[str, ...], tuple[Table, ...]]:
    """Sentences and a table on how real and simulated polygons differ."""
    columns = [_column(part) for part in (real, simulated)]
    labels = (
        "polygons per 10 000 km2 of ice",
        "area, lower quartile, km2",
        "area, median, km2",
        "area, upper quartile, km2",
        "border, median, km",
        "border per area, median, km per 100 km2",
    )
    rows = tuple(
        (label, *(fixed(column[index], 1) for column in columns))
        for index, label in enumerate(labels)
    )
    caption = f"Polygons of ice of at least {LEAST_KM2:.0f} km2"
    table = Table(caption, ("", "real", "simulated"), rows)
    (_, _, area, _, border, _), (_, _, area_s, _, border_s, _) = columns
    if np.isnan(area - area_s):
        return ("There are no polygons of ice to compare.",), (table,)
    sentence = (
        f"A polygon of the real chart covers {area:.0f} km2 (median) with a border of "
        f"{border:.0f} km, a simulated one {area_s:.0f} km2 with {border_s:.0f} km."
    )
    return (sentence,), (table,)


def _column(polygons: Polygons) -> tuple[float, ...]:
    """The numbers of the table; not numbers where there are no polygons."""
    area, border = polygons.sizes()
    if not area.size:
        return (float("nan"),) * 6
    low, median, high = np.quantile(area, (0.25, 0.5, 0.75))
    per_area = 100 * np.median(border / area)
    number = 1e4 * area.size / float(polygons.ice_km2)
    return tuple(map(float, (number, low, median, high, np.median(border), per_area)))
