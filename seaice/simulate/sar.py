"""Sentinel-1 Extra Wide backscatter, HH and HV, of a known surface."""

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.geography import Geography
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import Fields, stream
from seaice.simulate.season import Season

WIND_M_S = np.array([2.0, 5.0, 10.0, 15.0, 20.0])
ANGLE_DEG = np.array([20.0, 25.0, 30.0, 35.0, 40.0, 45.0])
WATER_HH_DB = np.array(
    [
        [-8.0, -14.8, -20.3, -24.8, -28.6, -32.1],
        [-4.7, -10.4, -15.2, -19.5, -23.5, -27.4],
        [-2.4, -7.1, -11.3, -15.0, -18.6, -22.0],
        [-1.0, -5.2, -8.8, -12.1, -15.3, -18.5],
        [-0.2, -3.9, -7.2, -10.3, -13.3, -16.3],
    ]
)
"""Open water in HH by wind and incidence angle: CMOD5.N (Hersbach 2008, coefficients of
umr-lops/xsarsea) with Mouche's polarisation ratio, averaged over wind directions."""

# The same model in HV at 30 degrees, nearly flat in angle; below 5 m/s extrapolated in dB.
_WATER_HV_DB = np.array([-45.0, -38.7, -31.5, -27.5, -25.0])

# Upwind against crosswind: 2 dB at 5 m/s to 4 dB at 15 m/s (CMOD5.N).
_UPWIND_SPREAD_DB = ((0.0, 5.0, 15.0), (1.0, 2.0, 4.0))

ICE_DB: dict[str, tuple[float, float, float, float]] = {
    "calm": (-16.1, -0.289, -28.9, -0.133),
    "young": (-7.9, -0.133, -25.7, -0.044),
    "level": (-5.6, -0.333, -22.5, -0.275),
    "deformed": (-5.1, -0.167, -18.6, -0.060),
    "old": (-4.7, -0.16, -16.8, -0.050),
}
"""Ice in dB, (a, b) of HH and (a, b) of HV in a + b x incidence angle: Sentinel-1 EW class
statistics of Belgica Bank, April to May 2022 (GLIA classifier, jlo031). Old ice: HH slope of Mahmud
et al. 2018; the levels, -9 to -11 dB (HH) and -17 to -20 dB (HV) at 30 to 40 degrees, and the HV
slope are assumed."""

SUB_SWATH_DEG = (29.2, 34.5, 39.7, 43.9)
"""Incidence angles at which one EW sub-swath ends and the next begins (ESA user guide)."""

# What is left of the noise after its subtraction, HV, at the start, middle and end of each
# sub-swath [assumption]. The steps follow the 5th percentiles measured on one scene (-28, -34, -36,
# -32, -36.5, -32 dB from near to far); the level lies 2 to 6 dB above them, without which the mean
# of HV over scenes, more than half of them water, would miss the dataset's -24.7 dB.
_NOISE_DB = (
    (-24.6, -27.1, -29.1),
    (-29.8, -30.8, -28.1),
    (-29.2, -30.8, -29.8),
    (-29.2, -30.2, -29.2),
    (-28.2, -29.2, -27.4),
)
HH_NOISE_DB = -29.5
"""Noise of HH [assumption]."""

LOOKS_AT_80_M = 15.0
TEXTURE_DB = 0.6
"""Speckle of a pixel of 80 m (11 to 25 looks after averaging correlated pixels) and the natural
texture that no averaging removes [assumptions]."""

BERG_DB = (-2.0, -8.0)
"""Icebergs in HH and HV, brighter than any ice around them [assumption]."""

_WETTED = np.array([0, 0, 0.3, 0.65, 0.65, 0.65], np.float32)
"""How far full melt brings each stage to wet snow; new ice carries none [assumption]."""

_SHELTER = 0.5
"""Share of the wind's effect that closed ice takes from the water in its leads: short fetch, slick
surface [assumption]."""

_STREAK_KM, _STREAK_STRETCH = (4.0, 1.0), 8.0
"""Boundary-layer rolls: streaks along the wind some kilometres apart (Young et al. 2002, SAR)."""

_DRIFT_DB = 0.6
"""How much the ice of a stage differs between scenes [assumption]."""

_MELT_DB = (-13.5, -0.25, -23.0, -0.10)
"""Wet snow, whatever is below it: level at 35 degrees and slope of HH, then of HV [assumption]; the
slopes are near those of winter, as in early melt (RCM, TGRS 2023.3315056)."""


def open_water_db(wind_m_s: np.ndarray, angle_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Backscatter of open water averaged over wind directions.

    Args:
        wind_m_s: Wind speed, any shape; held at 2 and 20 m/s.
        angle_deg: Incidence angle, the same shape; held at 20 degrees, extrapolated beyond 45.

    Returns:
        HH and HV in dB, float32, that shape; the table bilinearly interpolated.
    """
    wind = np.clip(wind_m_s, WIND_M_S[0], WIND_M_S[-1])
    table = RegularGridInterpolator(
        (WIND_M_S, ANGLE_DEG), WATER_HH_DB, bounds_error=False, fill_value=None
    )
    hh_db = table((wind, np.clip(angle_deg, 18, 48)))
    hv_db = np.interp(wind, WIND_M_S, _WATER_HV_DB)
    return hh_db.astype(np.float32), hv_db.astype(np.float32)


def ice_db(name: str, angle_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Backscatter of a kind of ice in `ICE_DB` at incidence angles: HH and HV in dB."""
    hh_a, hh_b, hv_a, hv_b = ICE_DB[name]
    return hh_a + hh_b * angle_deg, hv_a + hv_b * angle_deg


def noise_floor_db(angle_deg: np.ndarray, shifts_db: np.ndarray) -> np.ndarray:
    """Noise-equivalent HV backscatter with steps between sub-swaths.

    Args:
        angle_deg: Incidence angles, any shape.
        shifts_db: What each of the five sub-swaths is off by, dB, (5,).

    Returns:
        dB, the shape of `angle_deg`.
    """
    bounds = np.array([18.0, *SUB_SWATH_DEG, 48.0])
    index = np.clip(np.searchsorted(bounds, angle_deg) - 1, 0, 4)
    place = (angle_deg - bounds[index]) / (bounds[index + 1] - bounds[index])
    start, middle, end = np.array(_NOISE_DB).T
    first = start[index] + 2 * place * (middle - start)[index]
    last = middle[index] + (2 * place - 1) * (end - middle)[index]
    floor_db: np.ndarray = np.where(place < 0.5, first, last) + shifts_db[index]
    return floor_db


def simulate_sar(
    grid: PixelGrid,
    seed: int,
    geography: Geography,
    season: Season,
    ice: IceState,
    wind_m_s: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """HH and HV as the satellite measures them.

    Args:
        grid: The grid of the scene.
        seed: Seed of the scene.
        geography: Gives the incidence angles.
        season: Gives the melt.
        ice: The surface.
        wind_m_s: Wind along samples and along lines on the full grid, m/s.

    Returns:
        Sigma0 of HH and of HV in dB, float32 (lines, samples), land and unseen pixels included.
    """
    fields, rng = Fields(grid, seed, "sar"), stream(seed, "sar")
    angle_deg = geography.incidence_deg.astype(np.float32)[None, :]
    texture_db = TEXTURE_DB * fields.fractal("texture", 4, 0.1, 0.25)
    ice_hh, ice_hv = _ice_surface_db(fields, rng, season, ice, angle_deg, texture_db)
    water_hh, water_hv = _water_surface_db(fields, wind_m_s, ice.concentration, angle_deg)
    cover = ice.cover
    hh = cover * _power(ice_hh) + (1 - cover) * _power(water_hh)
    hv = cover * _power(ice_hv) + (1 - cover) * _power(water_hv)
    for power, berg_db in zip((hh, hv), BERG_DB, strict=True):
        power += ice.bergs * (_power(berg_db) - power)
    hh += _power(HH_NOISE_DB)
    hv += _noise_power(grid, rng, angle_deg)
    looks = LOOKS_AT_80_M * (grid.spacing_m / 80.0) ** 2
    # Speckle belongs to the pixels: at another spacing it is independent of this.
    rng = stream(seed, "sar", "speckle", f"{grid.spacing_m:g}")
    for power in (hh, hv):
        power *= _speckle(rng, power.shape, looks)
    return _decibel(hh), _decibel(hv)


def _ice_surface_db(
    fields: Fields,
    rng: np.random.Generator,
    season: Season,
    ice: IceState,
    angle_deg: np.ndarray,
    texture_db: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Ice of each pixel's stage, deformation, floe and melt, HH and HV in dB."""
    level, deformed = ice_db("level", angle_deg), ice_db("deformed", angle_deg)
    old, young, calm = (ice_db(name, angle_deg) for name in ("old", "young", "calm"))
    # Frost flowers and pancakes brighten some of the new ice, calm nilas stays dark.
    bright_db = np.clip(2.5 * fields.fractal("new ice", 20, 1, 0.8) - 2.5, 0, 5)
    drift_db = rng.normal(0, _DRIFT_DB, size=(2, 6))
    result = []
    for p in (0, 1):
        rough = _power(level[p]) + ice.deformation * (_power(deformed[p]) - _power(level[p]))
        thick_db = _decibel(rough)
        by_stage = (
            calm[p],
            calm[p] + bright_db * (1.0 if p == 0 else 0.4),
            young[p] + 4 * (ice.deformation - 0.1),
            0.45 * young[p] + 0.55 * thick_db,
            thick_db,
            old[p] + 2.0 * (ice.deformation - 0.5),
        )
        sigma0_db = np.choose(ice.stage, [np.broadcast_to(s, ice.stage.shape) for s in by_stage])
        sigma0_db = sigma0_db + drift_db[p][ice.stage]
        wet_db = _MELT_DB[2 * p] + _MELT_DB[2 * p + 1] * (angle_deg - 35)
        sigma0_db += season.melt * _WETTED[ice.stage] * (wet_db - sigma0_db)
        # Floe edges are ridged and bright; small floes are all edge.
        small = np.array([0, 1.2, 1.0, 0.6, 0.2, 0, 0], np.float32)[ice.floe.clip(0, 6)]
        sigma0_db += (2.5 + p) * ice.rim + small * (~ice.fast) + 1.5 * ice.tone + texture_db
        result.append(sigma0_db.astype(np.float32))
    return result[0], result[1]


def _water_surface_db(
    fields: Fields,
    wind_m_s: tuple[np.ndarray, np.ndarray],
    concentration: np.ndarray,
    angle_deg: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Water under a gusty wind, calmer between floes, HH and HV in dB."""
    u_m_s, v_m_s = wind_m_s
    gusts = 1 + 0.12 * fields.fractal("gusts", 16, 0.8, 0.5) + _streaks(fields, u_m_s, v_m_s)
    speed = np.hypot(u_m_s, v_m_s) * np.clip(gusts, 0.3, 2) * (1 - _SHELTER * concentration)
    hh_db, hv_db = open_water_db(speed, np.broadcast_to(angle_deg, speed.shape))
    # The radar looks along the samples; the mean over directions is already in the table.
    turn = np.arctan2(v_m_s, u_m_s)
    spread_db = np.interp(speed, *_UPWIND_SPREAD_DB)
    hh_db += (0.5 * spread_db * np.cos(2 * turn)).astype(np.float32)
    return hh_db, hv_db


def _streaks(fields: Fields, u_m_s: np.ndarray, v_m_s: np.ndarray) -> np.ndarray:
    """Relative change of the wind in streaks along its mean direction, float32."""
    length = np.float32(np.hypot(u_m_s.mean(), v_m_s.mean()) + 1e-6)
    along_x, along_y = u_m_s.mean() / length, v_m_s.mean() / length
    y_km, x_km = fields.grid.mesh_km()
    along = (along_y * y_km + along_x * x_km) / np.float32(_STREAK_STRETCH)
    across = along_y * x_km - along_x * y_km
    return np.float32(0.08) * fields.fractal_at("streaks", along, across, _STREAK_KM, 0.6)


def _noise_power(grid: PixelGrid, rng: np.random.Generator, angle_deg: np.ndarray) -> np.ndarray:
    """Residual HV noise, linear, with steps at sub-swaths and stripes along the samples."""
    # Satellites and versions of their processing differ, and sub-swaths on their own.
    shifts_db = rng.normal(0, 1.6) + rng.normal(0, 0.7, 5)
    floor_db = noise_floor_db(angle_deg[0], shifts_db)
    # Scalloping: bursts leave faint stripes every few kilometres.
    period_km, phase = rng.uniform(6, 12), rng.uniform(0, 2 * np.pi)
    stripes_db = 0.1 * np.cos(2 * np.pi * grid.y_km / period_km + phase)
    return _power(floor_db[None, :] + stripes_db[:, None]).astype(np.float32)


def _speckle(rng: np.random.Generator, shape: tuple[int, ...], looks: float) -> np.ndarray:
    """Multi-look speckle of mean 1; gamma-distributed, the normal limit for many looks."""
    if looks < 100:
        return rng.standard_gamma(looks, shape, np.float32) / np.float32(looks)
    return 1 + rng.standard_normal(shape, np.float32) * np.float32(looks**-0.5)


def _power(sigma0_db: np.ndarray | float) -> np.ndarray:
    """Decibel to linear, float32."""
    power: np.ndarray = np.power(np.float32(10), np.asarray(sigma0_db, np.float32) / np.float32(10))
    return power


def _decibel(power: np.ndarray) -> np.ndarray:
    """Linear to decibel, float32."""
    sigma0_db: np.ndarray = (10 * np.log10(np.maximum(power, 1e-6))).astype(np.float32)
    return sigma0_db
