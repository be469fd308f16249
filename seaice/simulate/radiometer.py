"""AMSR2 brightness temperatures of a known surface under a known atmosphere, on the 2 km grid."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import fft, ndimage
from scipy.special import ndtr

from seaice.ai4arctic.channels import AMSR2
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.noise import Fields, stream
from seaice.simulate.season import Season
from seaice.simulate.swath import Swath
from seaice.simulate.weather import Weather

SURFACES = ("water", "new", "young", "thin", "first_year", "old", "land")
"""Surfaces that mix in a footprint, in the order of `surface_tb_k`."""


@dataclass(frozen=True)
class Band:
    """One AMSR2 frequency; pairs are (V, H).

    Attributes:
        footprint_km: Instantaneous field of view, short and long axis (WMO OSCAR).
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
        land: Emissivity of snow-covered land [assumption].
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
    land: tuple[float, float] = (0.95, 0.90)


# Tie points: northern hemisphere set of Ivanova et al. 2015. Wind, vapour and cloud: Wentz &
# Meissner 2000 over water of 273 K; thick clouds add to V in the ratio of thin ones [assumption].
# Thin ice: CIMR-Algos/MultiParameter_ATBD up to 36.5 GHz; 89 GHz has the scales of 36.5 and a Tb
# without thickness near water's [assumption].
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
        (2, 6), (5, 14), (6, 11), (2, 3), 11),
    "23_8": Band(
        (15, 26), 0.6, 10, (196, 128), (250, 236), (209, 192), (186, 100), (7.5, 9.1),
        (1.5, 6), (4, 14), (14, 28), (2, 5), 16),
    "36_5": Band(
        (7, 12), 0.6, 10, (210, 145), (246, 235), (187, 176), (207, 128), (7.7, 9.0),
        (1, 7), (2, 15), (5, 10), (3, 9), 28),
    "89_0": Band(
        (3, 5), 1.1, 5, (243, 197), (230, 221), (178, 170), (222, 180), (7.7, 9.0),
        (-0.5, 5), (-1, 11), (9, 26), (5, 21), 51, land=(0.94, 0.85)),
}
# fmt: on

THICKNESS_CM = np.array([[0.0, 10.0], [10.0, 30.0], [30.0, 70.0]])
"""Least and most of new, young and thin first-year ice (TD-1215)."""

FWHM_OF_SIGMA = 2 * math.sqrt(2 * math.log(2))
"""Full width at half maximum of a Gaussian of standard deviation 1."""

_REFERENCE_SKIN_K = (257.0, 251.0)
"""Skin temperature at which first-year and younger, and old ice have their tie points: old ice lies
in the colder north [assumption]."""

_LAND_K, _SKIN_SHARE, _LAND_SKIN_SHARE = 258.0, 0.25, 0.9
"""Land's reference temperature, and how much of a change of the skin's temperature is seen: snow
and ice emit from below their skin [assumption]."""

_DRIFT_K = 1.0
"""How much a surface differs between scenes [assumption]."""

_MELT_TB_K = (266.0, 256.0)
"""Wet snow is close to a black body [assumption]."""


def band_of(channel: str) -> Band:
    """Frequency of a brightness temperature's variable, such as `btemp_18_7h`."""
    return BANDS[channel.removeprefix("btemp_")[:-1]]


def thin_ice_tb_k(band: Band, polarisation: int, thickness_cm: np.ndarray) -> np.ndarray:
    """Tb of thin ice at -20 degrees Celsius: a - (a - b) exp(-h / c), K.

    Args:
        band: The frequency.
        polarisation: 0 for V, 1 for H.
        thickness_cm: Ice thickness h, any shape.
    """
    a, b = band.first_year_k[polarisation], band.thin_b_k[polarisation]
    return a - (a - b) * np.exp(-thickness_cm / band.thin_c_cm[polarisation])


def surface_tb_k(
    band: Band, polarisation: int, season: Season, thickness_cm: np.ndarray | None = None
) -> np.ndarray:
    """Tb of pure surfaces under a calm, dry, cloudless sky.

    Args:
        band: The frequency.
        polarisation: 0 for V, 1 for H.
        season: Gives the melt, which brings all ice near a black body.
        thickness_cm: Thickness of new, young and thin first-year ice, (3,) or (3, lines,
            samples); the middle of each stage where None.

    Returns:
        K, float64 (7,) or (7, lines, samples), in the order of `SURFACES`; the land is at 258 K.
    """
    p = polarisation
    thin = thin_ice_tb_k(band, p, THICKNESS_CM.mean(1) if thickness_cm is None else thickness_cm)
    thick = [np.full(thin.shape[1:], tb) for tb in (band.first_year_k[p], band.multi_year_k[p])]
    ice = np.stack([*thin, *thick])
    ice += 0.85 * season.melt * (_MELT_TB_K[p] - ice)
    water, land = (np.full(thin.shape[1:], tb) for tb in (band.water_k[p], _LAND_K * band.land[p]))
    return np.stack([water, *ice, land])


def thin_ice_cm(cells: PixelGrid, seed: int) -> np.ndarray:
    """Thickness of new, young and thin first-year ice in each cell, were it there.

    Returns:
        cm, float64 (3, cell lines, cell samples), between the least and the most of each stage;
        each thickness is as frequent as another [assumption].
    """
    field = Fields(cells, seed, "radiometer").fractal("thickness", 40, 4, 0.8)
    place = ndtr(field)[None]
    least, most = THICKNESS_CM.T[:, :, None, None]
    thickness_cm: np.ndarray = least + place * (most - least)
    return thickness_cm


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
    added_k: np.ndarray = wind + vapour + cloud
    return added_k


def _cloud_steps(to_tenth_k: float, to_thick_k: float) -> list[float]:
    """Change of Tb at cloud liquid 0, 0.02, 0.1 and 0.3 kg/m2."""
    return [-0.25 * to_tenth_k, 0.0, to_tenth_k, to_thick_k]


def simulate_radiometer(
    cells: PixelGrid, seed: int, season: Season, weather: Weather, shares: np.ndarray, swath: Swath
) -> dict[str, np.ndarray]:
    """The 14 brightness temperatures.

    Args:
        cells: The 2 km grid.
        seed: Seed of the scene.
        season: Gives the melt.
        weather: The atmosphere and the temperatures.
        shares: Share of each surface in each cell, float32 (7, 2 km lines, 2 km samples), in the
            order of `SURFACES`, sum 1, at the time of the pass.
        swath: Gives the direction of the footprints.

    Returns:
        Channel name -> Tb in K, float32 (2 km lines, 2 km samples); land is not masked.
    """
    rng = stream(seed, "radiometer")
    thickness_cm = thin_ice_cm(cells, seed)
    drift_k = rng.normal(0, _DRIFT_K, size=len(SURFACES))
    result = {}
    for name in AMSR2:
        band, p = band_of(name), 0 if name.endswith("v") else 1
        pure_k = surface_tb_k(band, p, season, thickness_cm) + drift_k[:, None, None]
        tb_k = (pure_k * shares).sum(0)
        tb_k += _warmth_k(season, weather, shares)
        # Ice and land emit so much that the sky adds little to them.
        emits_less = shares[0] + 0.12 * (1 - shares[0])
        tb_k += emits_less * atmosphere_tb_k(band, p, weather)
        result[name] = _measured(cells, rng, band, tb_k, swath)
    return result


def _warmth_k(season: Season, weather: Weather, shares: np.ndarray) -> np.ndarray:
    """What the physical temperature of ice and land adds to their tie points, K."""
    skin_k = np.clip(weather.skt_k, 235, 273)
    old, land = shares[-2], shares[-1]
    younger = shares[1:-2].sum(0)
    ice = younger * (skin_k - _REFERENCE_SKIN_K[0]) + old * (skin_k - _REFERENCE_SKIN_K[1])
    # Wet snow is at its melting point, whatever the skin's.
    of_ice = _SKIN_SHARE * (1 - season.melt) * ice
    warmth_k: np.ndarray = of_ice + _LAND_SKIN_SHARE * land * (skin_k - _LAND_K)
    return warmth_k


def blurred(
    tb_k: np.ndarray, cell_km: float, footprint_km: tuple[float, float], look_deg: float
) -> np.ndarray:
    """Average over an elliptic Gaussian footprint around every cell.

    Args:
        tb_k: Tb of the surface and the sky, K, float (2 km lines, 2 km samples).
        cell_km: Size of a cell.
        footprint_km: Full widths at half maximum of the short and the long axis.
        look_deg: Direction of the long axis, degrees from the lines axis towards the samples axis.

    Returns:
        K, float64, that shape; what lies beyond the scene is like its margin.
    """
    # A Gaussian that is turned against the grid is a product of no two filters along its axes,
    # but is one again among frequencies: exp(-2 pi^2 sigma^2 f^2).
    pad = math.ceil(1.5 * footprint_km[1] / cell_km)
    padded = np.pad(tb_k, pad, mode="edge")
    f_lines = fft.fftfreq(padded.shape[0], cell_km)[:, None]
    f_samples = fft.rfftfreq(padded.shape[1], cell_km)
    cosine, sine = np.cos(np.deg2rad(look_deg)), np.sin(np.deg2rad(look_deg))
    sigma_short, sigma_long = (width / FWHM_OF_SIGMA for width in footprint_km)
    exponent = (sigma_long * (cosine * f_lines + sine * f_samples)) ** 2
    exponent = exponent + (sigma_short * (cosine * f_samples - sine * f_lines)) ** 2
    spectrum = fft.rfft2(padded) * np.exp(-2 * np.pi**2 * exponent)
    return fft.irfft2(spectrum, padded.shape)[pad:-pad, pad:-pad]


def _measured(
    cells: PixelGrid, rng: np.random.Generator, band: Band, tb_k: np.ndarray, swath: Swath
) -> np.ndarray:
    """Blur to the footprint and add noise that neighbours share as far as samples lie apart."""
    cell_km = cells.spacing_m / 1000
    average = blurred(tb_k, cell_km, band.footprint_km, swath.look_deg)
    step = band.sampling_km / cell_km
    shape = tuple(int(n / step) + 3 for n in tb_k.shape)
    noise = rng.normal(0, band.noise_k, shape)
    at = np.meshgrid(*(np.arange(n) / step + 0.5 for n in tb_k.shape), indexing="ij")
    noise = ndimage.map_coordinates(noise, at, order=1)
    return (average + noise).astype(np.float32)
