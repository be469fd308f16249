"""The same scene at half the pixel spacing, with the same ice and the same measurement.

Land, ice and radar image are simulated again on the finer grid. What would differ there is kept
from the coarser scene: the analyst's polygons, AMSR2 and the weather, and the mean power of each
2 x 2 pixels of the radar image.
"""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from seaice.ai4arctic.egg_code import charts_from_polygons
from seaice.core.grids.resample import bilinear_by_weights, centres
from seaice.simulate.chart import Charts
from seaice.simulate.geography import make_geography
from seaice.simulate.ice_state import make_ice_state
from seaice.simulate.parts import Simulated
from seaice.simulate.polygons import OUTSIDE, WATER
from seaice.simulate.regions import region_named
from seaice.simulate.sar import simulate_sar
from seaice.simulate.season import draw_season

_ROUNDED = 1.0
"""Standard deviation, in pixels, of the smoothing of lines before they are drawn finer."""


def halved(scene: Simulated) -> Simulated:
    """The same scene at half the pixel spacing.

    Args:
        scene: A scene of `simulate`.

    Returns:
        The scene on twice the lines and samples. The mean power of its 2 x 2 pixels is that of
        the pixel of `scene`; weather and brightness temperatures are the same arrays; `config`
        stays that of `scene`.
    """
    config, grid = scene.config, scene.grid.at(scene.grid.spacing_m / 2)
    seed, region = config.seed, region_named(config.region or "")
    geography = make_geography(grid, seed, region, config.longitude)
    season = draw_season(seed, config.month or 1, region)
    ice = make_ice_state(grid, seed, geography, region, season)
    polygon = finer_polygons(scene.charts.polygon, geography.valid)
    charts = charts_from_polygons(polygon, scene.charts.codes)
    wind_m_s = scene.weather.wind_on(grid)
    sigma0_db = simulate_sar(grid, seed, geography, season, ice, wind_m_s)
    for fine_db, rough_db in zip(sigma0_db, scene.sigma0_db, strict=True):
        _keep_means(fine_db, rough_db)
    return replace(
        scene,
        grid=grid,
        geography=geography,
        ice=ice,
        charts=Charts(polygon, scene.charts.codes, charts["SIC"], charts["SOD"], charts["FLOE"]),
        sigma0_db=sigma0_db,
    )


def _keep_means(fine_db: np.ndarray, rough_db: np.ndarray) -> None:
    """Shift each 2 x 2 pixels of a finer image, in place, to the power of the pixel they make up.

    Of speckle this makes what finer pixels would have shown: the share of a gamma-distributed
    value of a quarter of the looks in the sum of four such values is independent of the sum.
    """
    parts = [fine_db[i::2, j::2] for i in (0, 1) for j in (0, 1)]
    mean = sum(np.power(np.float32(10), part / np.float32(10)) for part in parts) / np.float32(4)
    shift_db = rough_db - np.float32(10) * np.log10(mean)
    for part in parts:
        part += shift_db


def finer_polygons(polygon: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Draw polygons on a grid of half the spacing, with lines as smooth as before.

    Args:
        polygon: Number of each pixel's polygon, int32 (lines, samples), `OUTSIDE` for none.
        valid: Charted sea of the finer grid, bool (2 lines, 2 samples).

    Returns:
        Numbers on the finer grid, int32 (2 lines, 2 samples): `OUTSIDE` exactly where not valid.
    """
    outside = polygon == OUTSIDE
    if outside.all():
        return np.where(valid, WATER, OUTSIDE).astype(np.int32)
    # Lines continue below the land, because the finer coast differs.
    nearest = ndimage.distance_transform_edt(outside, return_distances=False, return_indices=True)
    spread = polygon[tuple(nearest)]
    result = np.zeros(valid.shape, np.int32)
    heaviest = np.zeros(valid.shape, np.float32)
    for number, window in enumerate(ndimage.find_objects(spread), 1):
        if window is not None:
            rows, columns = window
            _draw(spread, number, (rows, columns), heaviest, result)
    result[~valid] = OUTSIDE
    return result


def _draw(
    spread: np.ndarray,
    number: int,
    window: tuple[slice, slice],
    heaviest: np.ndarray,
    result: np.ndarray,
) -> None:
    """Draw one polygon, found within a window of `spread`, where it has most weight so far."""
    reach = int(np.ceil(5 * _ROUNDED))
    rows, columns = (
        slice(max(s.start - reach, 0), min(s.stop + reach, n))
        for s, n in zip(window, spread.shape, strict=True)
    )
    inside = (spread[rows, columns] == number).astype(np.float32)
    weight = ndimage.gaussian_filter(inside, _ROUNDED, mode="nearest")
    finer = bilinear_by_weights(weight, *(centres(2 * size, 1, 0, 2) for size in weight.shape))
    target = (slice(2 * rows.start, 2 * rows.stop), slice(2 * columns.start, 2 * columns.stop))
    better = finer > heaviest[target]
    heaviest[target][better] = finer[better]
    result[target][better] = number
