"""The air over a scene on the 2 km grid, as the ERA5 reanalysis would give it: smooth."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.ai4arctic.layout import CELL_M
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import bilinear_by_weights, window_centres
from seaice.simulate.geography import Geography
from seaice.simulate.noise import Fields, stream
from seaice.simulate.season import Season

FREEZING_SEA_K = 271.35
"""Freezing point of sea water of 34 g/kg salt."""


_ERA5_SIGMA_KM = 13.0
"""The reanalysis resolves ice and land at its grid of 31 km (Hersbach et al. 2020): a Gaussian of
that width at half maximum."""

_FRONT_ODDS, _FRONT_WIDTH_KM = 0.3, 12.0
_FRONT_GAIN, _FRONT_TURN_RAD = 0.3, 0.7
_FRONT_COOLS_K, _FRONT_CLOUD = 3.0, 0.3
"""Fronts: how many scenes hold one, how wide it is, how the wind rises and turns and the air cools
across it, and how much cloud lines it [assumption]."""

_VAPOUR_K = 28.0
"""Warming by which a column holds e times the vapour, half of what saturation would allow
[assumption]."""


@dataclass(frozen=True)
class Weather:
    """Weather on the 2 km grid, float32 (2 km lines, 2 km samples).

    Attributes:
        u_m_s: Wind along growing samples, m/s.
        v_m_s: Wind along growing lines, m/s.
        t2m_k: Air temperature at 2 m, K.
        skt_k: Skin temperature, K.
        tcwv_kg_m2: Column water vapour, kg/m2.
        tclw_kg_m2: Column cloud liquid water, kg/m2.
    """

    u_m_s: np.ndarray
    v_m_s: np.ndarray
    t2m_k: np.ndarray
    skt_k: np.ndarray
    tcwv_kg_m2: np.ndarray
    tclw_kg_m2: np.ndarray

    def wind_on(self, grid: PixelGrid) -> tuple[np.ndarray, np.ndarray]:
        """Wind along samples and along lines at the pixels of a grid, m/s, float32 each."""
        at = window_centres(grid.whole, grid.spacing_m, CELL_M)
        return bilinear_by_weights(self.u_m_s, *at), bilinear_by_weights(self.v_m_s, *at)

    @property
    def speed_m_s(self) -> np.ndarray:
        """Wind speed, m/s, float32."""
        speed_m_s: np.ndarray = np.hypot(self.u_m_s, self.v_m_s)
        return speed_m_s


def make_weather(
    cells: PixelGrid,
    seed: int,
    geography: Geography,
    season: Season,
    ice: np.ndarray,
    land: np.ndarray,
) -> Weather:
    """Draw the weather over known ice and land.

    Args:
        cells: The 2 km grid.
        seed: Seed of the scene.
        geography: Place and pass, by which south is warmer.
        season: The scene's mean temperature, wind and vapour.
        ice: Ice share of each cell, float 0..1.
        land: Land share of each cell, float 0..1.
    """
    fields, rng = Fields(cells, seed, "weather"), stream(seed, "weather")
    y_km, x_km = cells.mesh_km()
    v, u = geography.direction(180.0)
    south_km = v * (y_km - cells.height_km / 2) + u * (x_km - cells.width_km / 2)
    beyond = _front(fields, rng, cells)
    base_k = season.air_k + 0.006 * south_km + 1.2 * fields.fractal("air", 200, 50, 1.0)
    base_k -= _FRONT_COOLS_K * (beyond - 0.5)
    ice, land = (
        ndimage.gaussian_filter(share, _ERA5_SIGMA_KM * 1000 / cells.spacing_m)
        for share in (ice, land)
    )
    # Open water warms the air above it and cannot be colder than its freezing point.
    water = np.clip(1 - ice - land, 0, 1)
    t2m = base_k + 0.45 * water * np.clip(FREEZING_SEA_K - base_k, 0, None)
    sea = np.maximum(FREEZING_SEA_K, t2m + 0.3)
    surface = np.minimum(t2m - 1.2, 273.2)
    skt = water * sea + (1 - water) * surface
    vapour = season.vapour_kg_m2 * np.exp(0.2 * fields.fractal("vapour", 150, 30, 1.0))
    # Warm air, over the open sea and before the front, holds more.
    vapour *= np.exp((t2m - t2m.mean()) / _VAPOUR_K)
    cloud = fields.fractal("cloud", 80, 8, 0.7) + rng.normal(-1.1, 0.6)
    # Clouds line the front.
    cloud += 4 * _FRONT_CLOUD * beyond * (1 - beyond)
    # Clouds hold more liquid where the air is moist, none in deep frost.
    liquid = 0.042 * np.exp(1.05 * cloud) * (0.35 + season.vapour_kg_m2 / 6)
    u_m_s, v_m_s = _wind(fields, rng, season, beyond)
    return Weather(
        *(
            values.astype(np.float32)
            for values in (u_m_s, v_m_s, t2m, skt, vapour, np.clip(liquid, 0, 1.2))
        )
    )


def _wind(
    fields: Fields, rng: np.random.Generator, season: Season, beyond: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Wind along samples and along lines: a mean wind that turns and changes across the scene."""
    variation = fields.fractal("wind speed", 160, 25, 1.0)
    speed = season.wind_m_s * np.clip(1 + 0.25 * variation, 0.15, 2.0)
    turn = rng.uniform(0, 2 * np.pi) + 0.45 * fields.fractal("wind turn", 200, 40, 1.0)
    speed = np.clip(speed * (1 + _FRONT_GAIN * beyond), 0, 24)
    turn = turn + _FRONT_TURN_RAD * beyond
    return speed * np.cos(turn), speed * np.sin(turn)


def _front(fields: Fields, rng: np.random.Generator, cells: PixelGrid) -> np.ndarray:
    """0 on one side of a front and 1 on the other, float32; 0 everywhere without one."""
    there, bearing, place = rng.random() < _FRONT_ODDS, rng.uniform(0, 2 * np.pi), rng.random()
    y_km, x_km = cells.mesh_km()
    if not there:
        return np.zeros_like(y_km)
    across = np.cos(bearing) * (y_km - cells.height_km / 2)
    across += np.sin(bearing) * (x_km - cells.width_km / 2)
    across += 0.06 * cells.size_km * fields.fractal("front", 120, 20, 1.0)
    across -= (place - 0.5) * 0.6 * cells.size_km
    beyond: np.ndarray = (0.5 + 0.5 * np.tanh(across / _FRONT_WIDTH_KM)).astype(np.float32)
    return beyond
