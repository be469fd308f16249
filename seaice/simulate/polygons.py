"""The polygons of an ice chart: where an analyst draws lines around ice that looks alike.

The analyst sees the ice at about 2 km, groups what is near and similar, draws lines that are
smoother than the truth and a few kilometres off, and ignores specks.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.ai4arctic.charts import FILL, OLD, THICK, THIN, YOUNG
from seaice.ai4arctic.layout import CELL_M
from seaice.core.grids.coarsen import mean_by_centres
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import bilinear_by_weights, window_centres
from seaice.simulate.geography import Geography
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import Fields, hashed, stream
from seaice.simulate.regions import IceRegion

OUTSIDE, WATER = 0, 1
"""Numbers of what lies on land or unseen, and of the open water; ice is numbered from 2."""

_EDGE_CONCENTRATION = 0.05
_WATER_LABEL, _NO_LABEL = 0, -1
_CHUNK_PIXELS = 2_000_000

_LEAST_WEIGHT = 1e-3
"""Weights of all polygons sum to one, so none wins a pixel with less than this."""

_FEW_CELLS = 30
"""Fewest cells of 2 km that are worth a polygon: 120 km2."""

_OFF_KM = 1.6
"""Standard deviation of a line's displacement: edges of charts are a few kilometres off
[assumption]."""

_SIDE_KM = {"dmi": (45.0, 105.0), "cis": (35.0, 80.0)}
"""Side of a square of a polygon's area, most and least patient analyst of a service, km: Canadian
charts of the dataset name a stage for more of their ice, as smaller polygons do."""


@dataclass(frozen=True)
class _Impressions:
    """What the analyst sees on the 2 km grid: (cell lines, cell samples) each.

    Attributes:
        sea: Share of the cell that is charted sea.
        ice: Ice concentration of that sea.
        kinds: Further impressions, (n, ...), scaled so that 1 is a difference worth a line.
    """

    sea: np.ndarray
    ice: np.ndarray
    kinds: np.ndarray


def draw_polygons(
    grid: PixelGrid, seed: int, geography: Geography, region: IceRegion, ice: IceState
) -> np.ndarray:
    """Draw the polygons of a scene.

    Args:
        grid: The grid of the scene.
        seed: Seed of the scene.
        geography: Gives land and the charted area.
        region: Gives the service, whose habits differ.
        ice: The true ice.

    Returns:
        Number of each pixel's polygon, int32 (lines, samples): `OUTSIDE`, `WATER`, or that of a
        connected area of ice.
    """
    cells = grid.at(CELL_M)
    seen = _impressions_of(grid, cells, geography, ice)
    charted = seen.sea > 0
    drawn = charted & (seen.ice > _EDGE_CONCENTRATION)
    polygon = np.where(geography.valid, WATER, OUTSIDE).astype(np.int32)
    if not drawn.any():
        return polygon
    labels = np.full(drawn.shape, _NO_LABEL)
    labels[charted] = _WATER_LABEL
    features = _features(cells, seed, seen)[:, drawn]
    count = _n_groups(float(drawn.sum()), seed, region)
    # The same cells at any pixel spacing, although a cell more or less may hold ice.
    order = hashed(Fields(cells, seed, "chart").seed_of("first centres"), *np.nonzero(drawn))
    labels[drawn] = 1 + _k_means(features, np.argsort(order)[:count])
    numbers = _connected(_tidied(_displaced(cells, seed, _spread(labels)), charted))
    _assign(grid, geography.valid, numbers, polygon)
    return polygon


def _n_groups(cells: float, seed: int, region: IceRegion) -> int:
    """How many groups the ice falls into, by its area and the analyst's patience."""
    area_km2 = cells * (CELL_M / 1000) ** 2
    side_km = stream(seed, "chart", "patience").uniform(*_SIDE_KM[region.service])
    return int(np.clip(round(area_km2 / side_km**2) + 2, 2, 60))


def _impressions_of(
    grid: PixelGrid, cells: PixelGrid, geography: Geography, ice: IceState
) -> _Impressions:
    """Smooth impressions of the ice on the 2 km grid, over the charted sea only."""
    sea = geography.valid.astype(np.float32)
    amount = sea * ice.concentration
    floe = np.where(ice.floe == FILL, 5, ice.floe)
    layers = [sea, amount, amount * (ice.stage <= YOUNG), amount * (ice.stage == THIN)]
    layers += [amount * (ice.stage == THICK), amount * (ice.stage == OLD), amount * floe]
    layers.append(amount * ice.fast)
    means = [mean_by_centres(layer, grid, cells) for layer in layers]
    share = ndimage.gaussian_filter(means[0], 1.0)
    edge = ndimage.gaussian_filter(means[1], 1.0) / np.maximum(share, 1e-4)
    # Beyond the edge there is nothing to see: a sharp edge stays sharp.
    inside = edge > _EDGE_CONCENTRATION
    # Stage and form are judged by the surroundings, concentration by the place itself.
    rough, fine = ([ndimage.gaussian_filter(m * inside, s) for m in means] for s in (7.0, 3.0))
    kinds = [layer / np.maximum(rough[1], 1e-4) for layer in rough[2:]]
    kinds.append(fine[1] / np.maximum(fine[0], 1e-4))
    worth = np.array([0.35, 0.35, 0.35, 0.35, 1.6, 0.4, 0.2], np.float32)
    return _Impressions(means[0], edge, np.stack(kinds) / worth[:, None, None])


def _features(cells: PixelGrid, seed: int, seen: _Impressions) -> np.ndarray:
    """Place and kind of each cell, scaled so that 1 is a difference worth a line; float32."""
    fields = Fields(cells, seed, "chart")
    y_km, x_km = cells.mesh_km()
    length_km = min(110.0, 0.4 * cells.size_km)
    # The hand wavers: lines between similar ice are not straight.
    waver_km = 0.12 * length_km
    y_km += waver_km * fields.fractal("hand lines", 40, 4, 0.8)
    x_km += waver_km * fields.fractal("hand samples", 40, 4, 0.8)
    return np.stack([y_km / length_km, x_km / length_km, *seen.kinds]).astype(np.float32)


def _k_means(points: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Group of each of the points (features, n), as many as the points to start from."""
    points, count = points.T, len(first)
    centres = points[first]
    for _ in range(12):
        nearest = _nearest(points, centres)
        sizes = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, f, count) for f in points.T], 1)
        moved = sums / np.maximum(sizes, 1)[:, None]
        centres = np.where(sizes[:, None] > 0, moved, centres).astype(np.float32)
    return _nearest(points, centres)


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Index of the nearest centre of each point, int64 (n,)."""
    nearest: np.ndarray = ((centres**2).sum(1) - 2 * points @ centres.T).argmin(1)
    return nearest


def _spread(labels: np.ndarray) -> np.ndarray:
    """Give cells without a label that of the nearest cell, so that lines continue below land."""
    missing = labels == _NO_LABEL
    if not missing.any():
        return labels
    nearest = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
    spread: np.ndarray = labels[tuple(nearest)]
    return spread


def _displaced(cells: PixelGrid, seed: int, labels: np.ndarray) -> np.ndarray:
    """Draw every line a few kilometres off."""
    fields = Fields(cells, seed, "chart")
    off = _OFF_KM * 1000 / cells.spacing_m
    at = np.indices(labels.shape, np.float32)
    at[0] += off * fields.fractal("off lines", 48, 12, 0.9)
    at[1] += off * fields.fractal("off samples", 48, 12, 0.9)
    return ndimage.map_coordinates(labels, at, order=0, mode="nearest")


def _tidied(labels: np.ndarray, charted: np.ndarray) -> np.ndarray:
    """Smooth lines and merge specks into their surroundings."""
    best = np.full(labels.shape, -1, np.float32)
    smooth = labels.copy()
    for label in np.unique(labels):
        weight = ndimage.gaussian_filter((labels == label).astype(np.float32), 1.8)
        better = weight > best
        smooth[better], best[better] = label, weight[better]
    part, count = _parts(smooth)
    few = np.bincount(part[charted], minlength=count + 1) < min(_FEW_CELLS, charted.sum() / 4)
    return _spread(np.where(few[part], _NO_LABEL, smooth)) if not few[part].all() else smooth


def _parts(labels: np.ndarray) -> tuple[np.ndarray, int]:
    """Number of each cell's connected area of one label, from 1, and how many there are."""
    parts = np.zeros(labels.shape, np.int32)
    count = 0
    for label in np.unique(labels):
        part, n = ndimage.label(labels == label)
        parts += np.where(part > 0, part + count, 0).astype(np.int32)
        count += n
    return parts, count


def _connected(labels: np.ndarray) -> np.ndarray:
    """Number of each cell's polygon: water is one, ice of a group is split into connected areas."""
    parts, _ = _parts(labels)
    parts[labels == _WATER_LABEL] = 0
    _, numbers = np.unique(parts, return_inverse=True)
    numbers = numbers.reshape(labels.shape)
    return numbers + (WATER if (labels == _WATER_LABEL).any() else WATER + 1)


def _assign(grid: PixelGrid, valid: np.ndarray, numbers: np.ndarray, polygon: np.ndarray) -> None:
    """Bring the cells' polygons to the charted pixels, with smooth lines between them."""
    weights = {
        int(number): ndimage.gaussian_filter((numbers == number).astype(np.float32), 0.9)
        for number in np.unique(numbers)
    }
    # Some lines at a time, which bounds the memory.
    for rows, samples in grid.strips(max(1, _CHUNK_PIXELS // grid.samples)):
        at = window_centres((rows, samples), grid.spacing_m, CELL_M)
        polygon[rows] = np.where(valid[rows], _heaviest(weights, *at), polygon[rows])


def _heaviest(
    weights: dict[int, np.ndarray], line_at: np.ndarray, sample_at: np.ndarray
) -> np.ndarray:
    """Number of the polygon with most weight at coordinates in the cells, int32."""
    best = np.zeros((line_at.size, sample_at.size), np.float32)
    number_of = np.full(best.shape, WATER, np.int32)
    for number, weight in weights.items():
        rows, columns = (_reach(weight, axis, at) for axis, at in ((0, line_at), (1, sample_at)))
        values = bilinear_by_weights(weight, line_at[rows], sample_at[columns])
        better = values > best[rows, columns]
        best[rows, columns][better] = values[better]
        number_of[rows, columns][better] = number
    return number_of


def _reach(weight: np.ndarray, axis: int, at: np.ndarray) -> slice:
    """Coordinates along an axis between which a polygon has any weight worth a look."""
    heavy = np.flatnonzero(weight.max(1 - axis) > _LEAST_WEIGHT)
    # Edge cells are held beyond their centres.
    first = heavy[0] - 1 if heavy[0] > 0 else -np.inf
    last = heavy[-1] + 1 if heavy[-1] < weight.shape[axis] - 1 else np.inf
    return slice(int(np.searchsorted(at, first)), int(np.searchsorted(at, last, "right")))
