"""Icebergs: points on the sea, many before glaciers and few far from them."""

import numpy as np

from seaice.simulate.noise import hashed
from seaice.simulate.setting import Setting

_CELL_KM = 1.0
_CHANCE = {"dmi": 0.012, "cis": 0.001}
"""Bergs in a square kilometre of coastal sea: Greenland's glaciers calve most [assumption]."""

_CROWD_CHANCE = 0.5
_REACH_KM = 50.0
_MEDIAN_M, _SPREAD, _LARGEST_M = 110.0, 0.6, 900.0
"""Chance where bergs crowd, distance from land over which they thin out, sizes [assumptions]."""


def berg_share(setting: Setting, crowd: np.ndarray) -> np.ndarray:
    """Share of each pixel that is iceberg.

    Args:
        setting: The scene.
        crowd: Where bergs crowd, bool (lines, samples).

    Returns:
        float32 (lines, samples), 0..1; 0 on land.
    """
    grid, geography = setting.grid, setting.geography
    seed = setting.fields.seed_of("bergs")
    rows = np.arange(int(np.ceil(grid.height_km / _CELL_KM)))[:, None]
    columns = np.arange(int(np.ceil(grid.width_km / _CELL_KM)))[None, :]
    chance, v, u, size = (hashed((seed + k) % 2**63, rows, columns) for k in range(4))
    line, sample = (
        np.minimum(((index + place) * _CELL_KM * 1000 / grid.spacing_m).astype(int), n - 1)
        for index, place, n in ((rows, v, grid.lines), (columns, u, grid.samples))
    )
    near = np.exp(-geography.distance_km[line, sample] / _REACH_KM)
    limit = np.where(crowd[line, sample], _CROWD_CHANCE, _CHANCE[setting.region.service] * near)
    there = (chance < limit) & ~geography.land[line, sample]
    # A logistic value of a uniform one: close to a lognormal size.
    size = np.clip(size[there], 1e-3, 1 - 1e-3)
    size_m = _MEDIAN_M * np.exp(_SPREAD * np.log(size / (1 - size)) / 1.7)
    share = np.zeros((grid.lines, grid.samples), np.float32)
    _deposit(share, line[there], sample[there], np.minimum(size_m, _LARGEST_M), grid.spacing_m)
    share[geography.land] = 0
    return np.minimum(share, 1)


def _deposit(
    share: np.ndarray, line: np.ndarray, sample: np.ndarray, size_m: np.ndarray, spacing_m: float
) -> None:
    """Spread each berg's area over the pixels that it covers."""
    pixels = np.maximum(1, np.rint(size_m / spacing_m).astype(int))
    covered = np.minimum(1, (size_m / (pixels * spacing_m)) ** 2)
    for width in np.unique(pixels):
        same = pixels == width
        steps = np.arange(width) - width // 2
        for d_line in steps:
            for d_sample in steps:
                at, across = line[same] + d_line, sample[same] + d_sample
                inside = (at >= 0) & (at < share.shape[0])
                inside &= (across >= 0) & (across < share.shape[1])
                area = covered[same][inside].astype(np.float32)
                np.add.at(share, (at[inside], across[inside]), area)
