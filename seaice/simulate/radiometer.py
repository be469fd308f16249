"""AMSR2 brightness temperatures of a known surface under a known atmosphere, on the 2 km grid."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.simulate.noise import Ground, stream
from seaice.simulate.season import Season
from seaice.simulate.weather import Weather
from seaice.vocabulary import AMSR2

SURFACES = ("water", "new", "young", "thin", "first_year", "old", "land")
"""Surfaces that mix in a footprint, in the order of `surface_tb_k`."""


@dataclass(frozen=True)
class Band:
    """One AMSR2 frequency; pairs are (V, H).

    Attributes:
        footprint_km: Instantaneous field of view across and along the flight (WMO OSCAR).
        noise_k: Noise-equivalent temperature difference, K (WMO OSCAR).
        sampling_km: Distance of samples.
        water_k: Tie points of open water, K (Ivanova et al. 2015).
        first_year_k: Tie points of first-year ice, K (Ivanova et al. 2015).
        multi_year_k: Tie points of multi-year ice, K (Ivanova et al. 2015).
        thin_b_k: Tb of ice of no thickness in the thin-ice law, K.
        thin_c_cm: Thickness scale of the thin-ice law, cm.
        wind_10_k: Change of open water for wind 5 to 10 m/s, K.
        wind_15_k: Change of open water for wind 5 to 15 m/s, K.
        vapour_k: Change of open water for vapour 5 to 15 kg/m2, K.
        cloud_k: Change of open water for cloud liquid 0.02 to 0.1 kg/m2, K.
        cloud_thick_h_k: The same from 0.02 to 0.3 kg/m2, H only, K.
    """

    footprint_km: tuple[float, float]
    noise_k: float
    sampling_km: float
    water_k: tuple[float, float]
    first_year_k: tuple[float, float]
    multi_year_k: tuple[float, float]
    thin_b_k: tuple[float, float]
    thin_c_cm: tuple[float, float]
    wind_10_k: tuple[float, float]
    wind_15_k: tuple[float, float]
    vapour_k: tuple[float, float]
    cloud_k: tuple[float, float]
    cloud_thick_h_k: float


# Tie points: northern hemisphere set of Ivanova et al. 2015. Wind, vapour and cloud: Wentz &
# Meissner 2000 over water of 273 K. Thin ice: CIMR-Algos/MultiParameter_ATBD. The law stops at
# 36.5 GHz and the cloud table at 36.5 GHz for thick clouds in V: 89 GHz takes the scales of 36.5.
# fmt: off
_C_BAND = Band(
    (35, 62), 0.3, 10, (161, 82), (252, 232), (243, 219), (158, 74), (9.0, 11.9),
    (2, 4), (6, 11), (0.3, 0.5), (0.3, 0.5), 2)
BANDS: dict[str, Band] = {
    "6_9": _C_BAND,
    "7_3": _C_BAND,
    "10_7": Band(
        (24, 42), 0.6, 10, (167, 88), (251, 234), (235, 212), (164, 78), (8.5, 11.6),
        (2, 4), (6, 12), (0.8, 1), (0.6, 1), 4),
    "18_7": Band(
        (14, 22), 0.6, 10, (184, 108), (252, 237), (220, 202), (175, 91), (7.7, 10.2),
        (2, 4), (5, 14), (6, 11), (2, 3), 11),
    "23_8": Band(
        (15, 26), 0.6, 10, (196, 128), (250, 236), (209, 192), (186, 100), (7.5, 9.1),
        (2, 6), (4, 14), (14, 28), (2, 5), 16),
    "36_5": Band(
        (7, 12), 0.6, 10, (210, 145), (246, 235), (187, 176), (207, 128), (7.7, 9.0),
        (1.5, 7), (2, 15), (5, 10), (3, 9), 28),
    "89_0": Band(
        (3, 5), 1.1, 5, (243, 197), (230, 221), (178, 170), (222, 180), (7.7, 9.0),
        (-0.5, 5), (-1, 11), (9, 26), (5, 21), 51),
}
# fmt: on

_THICKNESS_CM = {"new": 6.0, "young": 20.0, "thin": 50.0}
"""Middle of each stage: new below 10 cm, young 10 to 30, thin first-year 30 to 70 (TD-1215)."""

_REFERENCE_AIR_K = 258.0
_MELT_TB_K = (266.0, 256.0)
"""Wet snow is close to a black body [assumption]."""


def thin_ice_tb_k(band: Band, polarisation: int, thickness_cm: float) -> float:
    """Tb of thin ice at -20 degrees Celsius: a - (a - b) exp(-h / c), K.

    Args:
        band: The frequency.
        polarisation: 0 for V, 1 for H.
        thickness_cm: Ice thickness h.
    """
    a, b = band.first_year_k[polarisation], band.thin_b_k[polarisation]
    return a - (a - b) * float(np.exp(-thickness_cm / band.thin_c_cm[polarisation]))


def surface_tb_k(band: Band, polarisation: int, season: Season) -> np.ndarray:
    """Tb of pure surfaces under a calm, dry, cloudless sky.

    Args:
        band: The frequency.
        polarisation: 0 for V, 1 for H.
        season: Gives the melt, which brings all ice near a black body.

    Returns:
        K, float64 (7,), in the order of `SURFACES`; the land is at 258 K.
    """
    p = polarisation
    thin = [thin_ice_tb_k(band, p, h) for h in _THICKNESS_CM.values()]
    ice = np.array([*thin, band.first_year_k[p], band.multi_year_k[p]])
    ice += 0.85 * season.melt * (_MELT_TB_K[p] - ice)
    land = _REFERENCE_AIR_K * (0.95, 0.90)[p]
    return np.array([band.water_k[p], *ice, land])


def atmosphere_tb_k(band: Band, polarisation: int, weather: Weather) -> np.ndarray:
    """What wind, vapour and cloud add over open water.

    Args:
        band: The frequency.
        polarisation: 0 for V, 1 for H.
        weather: The weather; zero is added at 5 m/s, 5 kg/m2 and 0.02 kg/m2.

    Returns:
        K, float64 (2 km lines, 2 km samples).
    """
    p = polarisation
    wind_10, wind_15 = band.wind_10_k[p], band.wind_15_k[p]
    beyond = wind_15 + (wind_15 - wind_10)
    wind = np.interp(
        weather.speed_m_s, [0, 5, 10, 15, 20], [-0.7 * wind_10, 0, wind_10, wind_15, beyond]
    )
    # Towards saturation the sky itself is what is seen; vapour and cloud stop adding there.
    vapour = band.vapour_k[p] * np.clip((weather.tcwv_kg_m2 - 5) / 10, -0.45, 1.6)
    thick = band.cloud_k[p] * band.cloud_thick_h_k / band.cloud_k[1]
    cloud = np.interp(weather.tclw_kg_m2, [0, 0.02, 0.1, 0.3], _cloud_steps(band.cloud_k[p], thick))
    return wind + vapour + cloud


def _cloud_steps(to_tenth_k: float, to_thick_k: float) -> list[float]:
    """Change of Tb at cloud liquid 0, 0.02, 0.1 and 0.3 kg/m2."""
    return [-0.25 * to_tenth_k, 0.0, to_tenth_k, to_thick_k]


def simulate_radiometer(
    cells: Ground, seed: int, season: Season, weather: Weather, shares: np.ndarray
) -> dict[str, np.ndarray]:
    """The 14 brightness temperatures.

    Args:
        cells: The 2 km grid.
        seed: Seed of the scene.
        season: Gives the melt.
        weather: The atmosphere and the temperatures.
        shares: Share of each surface in each cell, float32 (7, 2 km lines, 2 km samples), in the
            order of `SURFACES`, sum 1.

    Returns:
        Channel name -> Tb in K, float32 (2 km lines, 2 km samples); land is not masked.
    """
    rng = stream(seed, "radiometer")
    drift_k = rng.normal(0, 1.5, size=7)
    result = {}
    for name in AMSR2:
        band, p = BANDS[name[len("btemp_") : -1]], 0 if name.endswith("v") else 1
        tb_k = np.tensordot(surface_tb_k(band, p, season) + drift_k, shares, 1)
        tb_k += _warmth_k(season, weather, shares)
        # Ice and land emit so much that the sky adds little to them.
        emits_less = shares[0] + 0.12 * (1 - shares[0])
        tb_k += emits_less * atmosphere_tb_k(band, p, weather)
        result[name] = _measured(cells, rng, band, tb_k)
    return result


def _warmth_k(season: Season, weather: Weather, shares: np.ndarray) -> np.ndarray:
    """Physical temperature of ice and land against that of the tie points, weakened by snow, K."""
    warmer = np.clip(weather.skt_k, 240, 273) - _REFERENCE_AIR_K
    ice = 1 - shares[0] - shares[-1]
    return (0.35 * (1 - season.melt) * ice + 0.9 * shares[-1]) * warmer


def _measured(cells: Ground, rng: np.random.Generator, band: Band, tb_k: np.ndarray) -> np.ndarray:
    """Blur to the footprint and add noise that neighbours share as far as samples lie apart."""
    cell_km = cells.spacing_m / 1000
    # Full width at half maximum; resampled swaths of any heading average the two axes' roles.
    sigma = [width / 2.355 / cell_km for width in reversed(band.footprint_km)]
    blurred = ndimage.gaussian_filter(tb_k, sigma, mode="nearest", truncate=3.0)
    step = band.sampling_km / cell_km
    shape = tuple(int(n / step) + 3 for n in tb_k.shape)
    noise = rng.normal(0, band.noise_k, shape)
    at = np.meshgrid(*(np.arange(n) / step + 0.5 for n in tb_k.shape), indexing="ij")
    noise = ndimage.map_coordinates(noise, at, order=1)
    return (blurred + noise).astype(np.float32)
