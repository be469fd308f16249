"""Where there can be ice, where it is fast, and where wind keeps a polynya open."""

import numpy as np
from scipy import ndimage

from seaice.core.grids.resample import subsampled
from seaice.simulate.noise import smoothstep
from seaice.simulate.setting import Setting

_OFFSHORE_KM = 1e6
_EDDY_TRIES = 60
_EDDY_RADIUS_KM = (6.0, 22.0)
_EDDY_TURN_RAD = 2.6
"""Eddies of the marginal ice zone: tens of kilometres across, most of them cyclonic (Johannessen et
al. 1987, Fram Strait)."""


def inside_ice_km(setting: Setting) -> np.ndarray:
    """Distance inside the ice edge, km, float32; negative outside, without bound in open sea."""
    grid, geography, season = setting.grid, setting.geography, setting.season
    rng = setting.rng("edge")
    if season.water_share >= 1:
        return np.full((grid.lines, grid.samples), -_OFFSHORE_KM, np.float32)
    y_km, x_km = grid.mesh_km()
    v, u = geography.direction(setting.region.ice_bearing_deg + rng.normal(0, 30))
    size = grid.size_km
    edge = v * y_km + u * x_km
    # Ice follows the coast: currents carry it along, and it grows there first.
    hug_km = size * setting.region.belt * rng.uniform(0, 1.5)
    edge += hug_km * np.exp(-geography.distance_km / setting.limited_km(60))
    edge += 0.09 * size * setting.fields.fractal("edge", 120, 8, 0.9)
    edge += setting.limited_km(5, 0.02) * setting.fields.fractal("meanders", 12, 1, 0.9)
    if season.water_share <= 0:
        inside_km: np.ndarray = (edge - edge.min() + setting.limited_km(40)).astype(np.float32)
        return inside_km
    sea = subsampled(edge)[subsampled(geography.valid)]
    level = np.quantile(sea if sea.size else edge, season.water_share)
    return _swirled(setting, (edge - level).astype(np.float32))


def _swirled(setting: Setting, inside_km: np.ndarray) -> np.ndarray:
    """Wind up the ice edge in eddies: each turns what lies within its radius around its centre."""
    grid, rng = setting.grid, setting.rng("eddies")
    spacing_km = grid.spacing_m / 1000
    places = rng.random((_EDDY_TRIES, 2)) * (grid.height_km, grid.width_km)
    radii_km = rng.uniform(*_EDDY_RADIUS_KM, _EDDY_TRIES)
    turns = rng.choice([1.0, 1.0, 1.0, -1.0], _EDDY_TRIES) * rng.uniform(0.4, 1, _EDDY_TRIES)
    before = inside_km.copy()
    for (y_km, x_km), radius_km, turn in zip(places, radii_km, turns, strict=True):
        radius_km = setting.limited_km(radius_km, 0.08)
        line, sample = int(y_km / spacing_km), int(x_km / spacing_km)
        if abs(before[line, sample]) > radius_km:
            continue
        reach = int(2.2 * radius_km / spacing_km) + 1
        window = tuple(slice(max(c - reach, 0), c + reach + 1) for c in (line, sample))
        dy, dx = np.meshgrid(
            grid.y_km[window[0]] - y_km, grid.x_km[window[1]] - x_km, indexing="ij"
        )
        angle = turn * _EDDY_TURN_RAD * np.exp(-(dy**2 + dx**2) / radius_km**2)
        start_y = np.cos(angle) * dy - np.sin(angle) * dx + y_km
        start_x = np.sin(angle) * dy + np.cos(angle) * dx + x_km
        at = [start_y / spacing_km - 0.5, start_x / spacing_km - 0.5]
        inside_km[window] = ndimage.map_coordinates(before, at, order=1, mode="nearest")
        before[window] = inside_km[window]
    return inside_km


def fast_ice(setting: Setting, inside_km: np.ndarray) -> np.ndarray:
    """Ice fastened to the coast: fjords and a fringe, in the cold months mostly; bool."""
    rng, season = setting.rng("fast"), setting.season
    chance = 0.2 + 0.75 * season.freezing
    reach = (22.0 + 22.0 * setting.region.archipelago) * season.freezing
    width_km = setting.limited_km(rng.gamma(1.6, reach) + 1.0, 0.12)
    if rng.random() > chance or season.water_share >= 1:
        return np.zeros(inside_km.shape, bool)
    fringe_km = width_km * (0.9 + 0.7 * setting.fields.fractal("fast", 40, 2, 0.9))
    near = (setting.geography.distance_km < fringe_km) & ~setting.geography.land
    fast: np.ndarray = near & (inside_km > -setting.limited_km(60, 0.15))
    return fast


def polynya_strength(setting: Setting, inside_km: np.ndarray) -> np.ndarray:
    """Strength of a coastal polynya, float32 0..1: thin ice and water that wind keeps open."""
    rng = setting.rng("polynya")
    if rng.random() > 0.3 or setting.season.melt > 0.5:
        return np.zeros(inside_km.shape, np.float32)
    reach_km = setting.limited_km(rng.uniform(20, 60), 0.15)
    place = setting.fields.fractal("polynya", 80, 4, 0.9)
    near = 1 - smoothstep(0.6 * reach_km, 1.4 * reach_km, setting.geography.distance_km)
    strength: np.ndarray = near * smoothstep(0.5, 0.9, place) * (inside_km > 0)
    return strength
