"""The ice chart as an analyst draws it: polygons around alike ice, one code for each.

The rules from partial concentrations to classes are those of the AI4Arctic conversion: a class is
named where it has at least 65 % of the polygon's ice, otherwise the pixel stays unlabelled.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.layout import CELL_M
from seaice.simulate.floes import BERGS
from seaice.simulate.geography import Geography
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import Fields, Ground, stream
from seaice.vocabulary import FILL

DOMINANT_SHARE = 0.65
"""Share of the ice from which on a class is dominant (conversion of the AI4Arctic dataset)."""

_EDGE_CONCENTRATION = 0.05
_FAST_SHARE = 0.15


@dataclass(frozen=True)
class Charts:
    """The three charts, uint8 (lines, samples), 255 where there is no label."""

    sic: np.ndarray
    sod: np.ndarray
    floe: np.ndarray


@dataclass(frozen=True)
class _View:
    """What the analyst goes by, on the 2 km grid: (cell lines, cell samples) each.

    Attributes:
        sea: Share of the cell that is charted sea.
        ice: Ice concentration of that sea.
        kinds: Further impressions, (n, ...), of like weight: age, floe size, fast
            ice, bergs, concentration.
    """

    sea: np.ndarray
    ice: np.ndarray
    kinds: np.ndarray


def draw_charts(ground: Ground, seed: int, geography: Geography, ice: IceState) -> Charts:
    """Draw the charts of a scene.

    Args:
        ground: Raster of the scene.
        seed: Seed of the scene.
        geography: Gives land and the charted area.
        ice: The true ice.

    Returns:
        The charts. Land and unseen pixels are unlabelled in all three; where SIC is 0, SOD and
        FLOE are 0.
    """
    polygon = _polygons(ground, seed, geography, ice)
    sic, sod, floe = (
        codes[polygon] for codes in polygon_codes(polygon, ice, stream(seed, "chart", "codes"))
    )
    for chart in (sic, sod, floe):
        chart[~geography.valid] = FILL
    return Charts(sic, sod, floe)


def polygon_codes(
    polygon: np.ndarray, ice: IceState, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Classes of each polygon: SIC, SOD and FLOE.

    Args:
        polygon: Number of each pixel's polygon, -1 outside, 0 for open water, int (lines, samples).
        ice: The true ice.
        rng: Draws the analyst's errors: one tenth in every eighth polygon.

    Returns:
        Three uint8 arrays (polygons + 1,), indexed by the polygon's number; the last, which -1
        picks, holds 255.
    """
    count = int(polygon.max(initial=0)) + 1
    inside = polygon >= 0
    number = polygon[inside]
    concentration = ice.concentration[inside]
    pixels = np.bincount(number, minlength=count)
    total = np.bincount(number, concentration, count)
    tenths = np.rint(10 * total / np.maximum(pixels, 1))
    error = rng.choice([-1, 0, 1], size=count, p=[0.06, 0.88, 0.06])
    # Ice that was thought worth a polygon is at least one tenth; full cover is not mistaken.
    sic = np.where(tenths >= 10, 10, np.clip(tenths + error, 1, 10))
    sod = _dominant(number, ice.stage[inside], concentration, count, 6)
    floe = _dominant(number, ice.floe[inside], concentration, count, 7)
    fast = np.bincount(number, ice.fast[inside] * concentration, count)
    floe[fast > _FAST_SHARE * total] = FILL
    charts = []
    for codes in (sic, sod, floe):
        codes = np.append(codes, FILL).astype(np.uint8)
        codes[0] = 0
        charts.append(codes)
    return charts[0], charts[1], charts[2]


def _dominant(
    number: np.ndarray, classes: np.ndarray, weight: np.ndarray, count: int, n_classes: int
) -> np.ndarray:
    """Class with at least 65 % of each polygon's ice, in tenths as codes hold them; else 255."""
    counted = (classes > 0) & (classes < n_classes)
    index = number[counted].astype(np.int64) * n_classes + classes[counted]
    ice = np.bincount(index, weight[counted], count * n_classes).reshape(count, n_classes)
    total = np.bincount(number, weight, count)
    tenths = np.rint(10 * ice / np.maximum(total, 1e-6)[:, None]) / 10
    return np.where(tenths.max(1) >= DOMINANT_SHARE, ice.argmax(1), FILL)


def _polygons(ground: Ground, seed: int, geography: Geography, ice: IceState) -> np.ndarray:
    """Number of each pixel's polygon, int32: 0 open water, -1 land or unseen."""
    view = _analyst_view(ground, geography, ice)
    water = np.full((ground.lines, ground.samples), -1, np.int32)
    water[geography.valid] = 0
    drawn = (view.ice > _EDGE_CONCENTRATION) & (view.sea > 0)
    if not drawn.any():
        return water
    cells = ground.cells(CELL_M)
    features = _features(cells, seed, view)
    centres = _k_means(features[:, drawn], _n_polygons(drawn, seed), stream(seed, "chart"))
    return _assign(ground, geography, view.ice, features, centres, water)


def _n_polygons(drawn: np.ndarray, seed: int) -> int:
    """One polygon for about 75 x 75 km of ice, fewer or more by the analyst's patience."""
    area_km2 = float(drawn.sum()) * (CELL_M / 1000) ** 2
    patience = stream(seed, "chart", "patience").uniform(45, 105)
    return int(np.clip(round(area_km2 / patience**2) + 3, 3, 60))


def _analyst_view(ground: Ground, geography: Geography, ice: IceState) -> _View:
    """Smooth impressions of the ice on the 2 km grid, taken over the charted sea alone."""
    cells = ground.cells(CELL_M)
    sea = geography.valid.astype(np.float32)
    amount = sea * ice.concentration
    layers = [sea, amount, amount * ice.stage, amount * np.where(ice.floe == FILL, 5, ice.floe)]
    layers.append(amount * ice.fast)
    layers.append(amount * (ice.floe == BERGS))
    means = [block_mean(ground, cells, layer) for layer in layers]
    fine, rough = 1.0, 2.8
    share = ndimage.gaussian_filter(means[0], fine)
    edge = ndimage.gaussian_filter(means[1], fine) / np.maximum(share, 1e-4)
    # Beyond the edge there is nothing to see: a sharp edge stays sharp.
    inside = edge > _EDGE_CONCENTRATION
    smooth = [ndimage.gaussian_filter(mean * inside, rough) for mean in means]
    kinds = [layer / np.maximum(smooth[1], 1e-4) for layer in smooth[2:]]
    kinds.append(smooth[1] / np.maximum(smooth[0], 1e-4))
    return _View(means[0], edge, np.stack(kinds))


def _features(cells: Ground, seed: int, view: _View) -> np.ndarray:
    """Place and kind of each cell, scaled so that 1 is a difference worth a line; float32."""
    fields = Fields(cells, seed, "chart")
    y_km, x_km = cells.mesh_km()
    length_km = min(110.0, 0.4 * cells.size_km)
    # The hand wavers: lines between alike ice are not straight.
    waver = 0.12 * length_km
    y_km += waver * fields.fractal("hand lines", 40, 4, 0.8)
    x_km += waver * fields.fractal("hand samples", 40, 4, 0.8)
    stage, floe, fast, bergs, ice = view.kinds
    kinds = [stage / 2.0, floe / 1.6, fast * 2.0, bergs * 5.0, ice / 0.2]
    return np.stack([y_km / length_km, x_km / length_km, *kinds]).astype(np.float32)


def _k_means(points: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Centres of clusters, float32 (count, features), of points (features, n)."""
    points = points.T
    count = min(count, len(points))
    centres = points[rng.choice(len(points), count, replace=False)]
    for _ in range(12):
        nearest = _nearest(points, centres)
        sizes = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, f, count) for f in points.T], 1)
        moved = sums / np.maximum(sizes, 1)[:, None]
        centres = np.where(sizes[:, None] > 0, moved, centres).astype(np.float32)
    return centres


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Index of the nearest centre of each point, int64 (n,)."""
    return ((centres**2).sum(1) - 2 * points @ centres.T).argmin(1)


def _assign(
    ground: Ground,
    geography: Geography,
    edge: np.ndarray,
    features: np.ndarray,
    centres: np.ndarray,
    water: np.ndarray,
) -> np.ndarray:
    """Bring the cells' impressions to the pixels and give each pixel of ice its polygon."""
    step = ground.spacing_m / CELL_M
    samples_at = (np.arange(ground.samples) + 0.5) * step - 0.5
    polygon = water
    chunk = max(1, 200_000 // ground.samples)
    for first in range(0, ground.lines, chunk):
        lines = np.arange(first, min(first + chunk, ground.lines))
        at = np.meshgrid((lines + 0.5) * step - 0.5, samples_at, indexing="ij")
        ice = ndimage.map_coordinates(edge, at, order=1, mode="nearest")
        rows = slice(first, first + len(lines))
        where = geography.valid[rows] & (ice > _EDGE_CONCENTRATION)
        here = [axis[where] for axis in at]
        values = [ndimage.map_coordinates(f, here, order=1, mode="nearest") for f in features]
        polygon[rows][where] = 1 + _nearest(np.stack(values, 1), centres)
    return polygon


def block_mean(ground: Ground, cells: Ground, values: np.ndarray) -> np.ndarray:
    """Mean of the pixels whose centre lies in each cell.

    Args:
        ground: Raster of `values`.
        cells: Raster of the cells; a cell without a pixel centre takes its neighbour's value.
        values: Any numbers, (lines, samples).

    Returns:
        float32 (cell lines, cell samples).
    """
    result = values.astype(np.float32)
    for axis, (n, n_cells) in enumerate(
        ((ground.lines, cells.lines), (ground.samples, cells.samples))
    ):
        first = np.ceil(np.arange(n_cells) * cells.spacing_m / ground.spacing_m - 0.5).astype(int)
        first = np.minimum(first, n - 1)
        sizes = np.diff(np.append(first, n))
        sums = np.add.reduceat(result, first, axis)
        result = sums / np.maximum(sizes, 1).reshape((-1, 1) if axis == 0 else (1, -1))
    return result.astype(np.float32)
