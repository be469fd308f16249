"""How much ice there is: the marginal ice zone with its bands, the pack, and its leads."""

import numpy as np
from scipy.special import ndtr, ndtri

from seaice.simulate.noise import smoothstep
from seaice.simulate.setting import Setting

_NEVER_CLOSED = {"dmi": 0.25, "cis": 0.45}
"""How often the pack of a scene with water does not close: 27 % of Greenland's charted sea has full
cover in the dataset, 15 % of Canada's."""


def concentration_of(setting: Setting, inside_km: np.ndarray, polynya: np.ndarray) -> np.ndarray:
    """Concentration from the open sea through the marginal ice zone into the pack; float32."""
    rng, melt = setting.rng("concentration"), setting.season.melt
    width_km = setting.limited_km(float(np.exp(rng.uniform(np.log(4), np.log(150)))), 0.3)
    steepness = rng.uniform(0.8, 2.6)
    pack = 0.995 - rng.beta(1.2, 5) * (0.16 + 0.5 * melt)
    if rng.random() < _NEVER_CLOSED[setting.region.service] * min(
        1.0, 4 * setting.season.water_share
    ):
        # Drift ice that never closes, such as strips along East Greenland.
        pack = rng.uniform(0.4, 0.95)
    loose = smoothstep(0.1, 2.0, setting.fields.fractal("loose", 60, 4, 0.9))
    mean = pack - loose * (0.08 + (0.15 + 0.3 * melt) * rng.random())
    mean = mean * smoothstep(-0.2 * width_km, width_km, inside_km) ** steepness
    mean = mean * (1 - 0.75 * polynya)
    if rng.random() < 0.5 + 0.4 * melt:
        # Strips and patches that the wind has blown out of the pack.
        reach_km = setting.limited_km(rng.uniform(20, 140), 0.3)
        strips = smoothstep(-reach_km, -0.5 * reach_km, inside_km)
        mean = np.maximum(mean, rng.uniform(0.07, 0.3) * strips)
    # Where ice is loose it gathers in bands and eddies, so that a kilometre holds much or little.
    patchiness = 0.35 + 1.5 * (1 - smoothstep(0.3 * width_km, 2.0 * width_km, inside_km))
    patchiness += 0.8 * loose
    probit = ndtri(np.clip(mean, 1e-3, 0.9995)) * np.sqrt(1 + patchiness**2)
    concentration = ndtr(probit + patchiness * _bands(setting))
    return np.where(mean < 5e-3, 0, concentration).astype(np.float32)


def _bands(setting: Setting) -> np.ndarray:
    """Bands and eddies of about 1 to 15 km, standard normal, float32."""
    y_km, x_km = setting.grid.mesh_km()
    swirl_km = setting.limited_km(7.0, 0.05)
    y_km += swirl_km * setting.fields.fractal("swirl lines", 24, 3, 1.0)
    x_km += swirl_km * setting.fields.fractal("swirl samples", 24, 3, 1.0)
    angle = setting.rng("bands").uniform(0, np.pi)
    along = np.cos(angle) * y_km + np.sin(angle) * x_km
    across = np.cos(angle) * x_km - np.sin(angle) * y_km
    return setting.fields.fractal_at("bands", along / np.float32(2.2), across, (12, 0.75), 0.8)


def lead_share(setting: Setting, concentration: np.ndarray) -> np.ndarray:
    """Share of each pixel in a lead, float32: long cracks of some hundred metres."""
    rng = setting.rng("leads")
    y_km, x_km = setting.grid.mesh_km()
    angle, stretch = rng.uniform(0, np.pi), rng.uniform(1.5, 3.5)
    along = (np.cos(angle) * y_km + np.sin(angle) * x_km) / np.float32(stretch)
    across = np.cos(angle) * x_km - np.sin(angle) * y_km
    crack = setting.fields.fractal_at("cracks", along, across, (40, 1.5), 0.9)
    spacing_km = setting.grid.spacing_m / 1000
    slope = np.hypot(*np.gradient(crack, spacing_km)) + 1e-3
    where = setting.fields.fractal("lead zones", 60, 5, 0.9)
    half_width_km = rng.uniform(0.08, 0.45) * smoothstep(-0.3, 1.2, where)
    overlap = half_width_km + spacing_km / 2 - np.abs(crack) / slope
    share = np.clip(overlap, 0, np.minimum(2 * half_width_km, spacing_km)) / spacing_km
    in_pack: np.ndarray = (share * (concentration > 0.75)).astype(np.float32)
    return in_pack
