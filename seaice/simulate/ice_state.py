"""The ice itself: concentration, stage of development and floe size of every pixel.

Lengths are limited by the scene's size, so a small scene holds the same kinds of ice as a large
one, in smaller zones. All fields live on the ground (see `noise`): the same seed shows the same ice
at any pixel spacing.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from seaice.simulate.floes import BERGS, cover_and_rims, draw_floes, floe_class
from seaice.simulate.geography import Geography
from seaice.simulate.noise import Fields, Ground, coarse, smoothstep
from seaice.simulate.regions import Region
from seaice.simulate.season import Season
from seaice.simulate.setting import Setting
from seaice.vocabulary import FILL

NEW, YOUNG, THIN, THICK, OLD = 1, 2, 3, 4, 5
_OFFSHORE_KM = 1e6


@dataclass(frozen=True)
class IceState:
    """The truth of a scene, (lines, samples) each; land holds water's values.

    Attributes:
        concentration: Sea ice concentration over a kilometre or so, float32 0..1.
        stage: Stage of development, class 0..5, uint8; 0 where the concentration rounds to 0.
        floe: Floe size, class 0..6, uint8; 0 as in `stage`, 255 for fast ice, which has no floes.
        cover: Ice in the pixel once floes and leads are drawn, float32 0..1.
        deformation: Share of ridged and rubbled ice, float32 0..1.
        rim: Share of the pixel that is floe edge, float32 0..1.
        tone: A value in [-0.5, 0.5) that each floe has to itself, float32.
        fast: Fast ice, bool.
    """

    concentration: np.ndarray
    stage: np.ndarray
    floe: np.ndarray
    cover: np.ndarray
    deformation: np.ndarray
    rim: np.ndarray
    tone: np.ndarray
    fast: np.ndarray


def make_ice_state(
    ground: Ground, seed: int, geography: Geography, region: Region, season: Season
) -> IceState:
    """Draw a scene's ice."""
    setting = Setting(ground, geography, region, season, Fields(ground, seed, "ice_state"), seed)
    inside_km = _inside_km(setting)
    fast = _fast_ice(setting, inside_km)
    polynya = _polynya(setting, inside_km) * ~fast
    concentration = _concentration(setting, inside_km, polynya)
    concentration[fast] = 1.0
    floe = floe_class(setting, inside_km, concentration)
    # Bergs crowd before glaciers where there would be fast ice otherwise.
    fast &= floe != BERGS
    tone, side_km = draw_floes(setting, floe, fast)
    stage = _stage(setting, inside_km, concentration, tone, polynya)
    lead = _leads(setting, concentration) * ~fast
    return _assemble(setting, concentration, stage, floe, fast, lead, tone, side_km)


def _assemble(
    setting: Setting,
    concentration: np.ndarray,
    stage: np.ndarray,
    floe: np.ndarray,
    fast: np.ndarray,
    lead: np.ndarray,
    tone: np.ndarray,
    side_km: np.ndarray,
) -> IceState:
    """Open the leads, refreeze some of them, and make the parts agree where there is no ice."""
    frozen = setting.rng("lead").random() < setting.season.freezing
    if frozen:
        stage = np.where(lead > 0.5, NEW, stage)
        concentration = concentration * (1 - 0.1 * lead)
    else:
        concentration = concentration * (1 - lead)
    concentration = np.where(setting.geography.land, 0, concentration).astype(np.float32)
    no_ice = np.rint(concentration * 10) == 0
    cover, rim = cover_and_rims(setting, concentration, floe, (side_km, tone), fast)
    floe = np.where(fast, FILL, floe)
    return IceState(
        concentration=concentration,
        stage=np.where(no_ice, 0, stage).astype(np.uint8),
        floe=np.where(no_ice, 0, floe).astype(np.uint8),
        cover=np.where(no_ice, concentration, cover).astype(np.float32),
        deformation=_deformation(setting, stage),
        rim=np.where(no_ice, 0, rim).astype(np.float32),
        tone=tone,
        fast=fast & ~no_ice,
    )


def _inside_km(setting: Setting) -> np.ndarray:
    """Distance inside the ice edge, km, float32; negative outside, without bound in open sea."""
    ground, geography, season = setting.ground, setting.geography, setting.season
    rng = setting.rng("edge")
    if season.water_share >= 1:
        return np.full((ground.lines, ground.samples), -_OFFSHORE_KM, np.float32)
    y_km, x_km = ground.mesh_km()
    v, u = geography.direction(setting.region.ice_bearing_deg + rng.normal(0, 30))
    size = ground.size_km
    edge = v * y_km + u * x_km
    # Ice follows the coast: currents carry it along, and it grows there first.
    hug_km = 0.12 * size * rng.uniform(0, 1.5)
    edge += hug_km * np.exp(-geography.distance_km / setting.limited_km(60))
    edge += 0.09 * size * setting.fields.fractal("edge", 120, 8, 0.9)
    edge += setting.limited_km(5, 0.02) * setting.fields.fractal("eddies", 12, 1, 0.9)
    if season.water_share <= 0:
        return (edge - edge.min() + setting.limited_km(40)).astype(np.float32)
    sea = coarse(edge)[coarse(geography.valid)]
    level = np.quantile(sea if sea.size else edge, season.water_share)
    return (edge - level).astype(np.float32)


def _fast_ice(setting: Setting, inside_km: np.ndarray) -> np.ndarray:
    """Ice fastened to the coast: fjords and a fringe, in the cold months mostly; bool."""
    rng = setting.rng("fast")
    chance = 0.2 + 0.65 * setting.season.freezing
    width_km = setting.limited_km(rng.gamma(1.6, 9.0) * setting.season.freezing + 1.0, 0.1)
    if rng.random() > chance or setting.season.water_share >= 1:
        return np.zeros(inside_km.shape, bool)
    fringe_km = width_km * (0.9 + 0.7 * setting.fields.fractal("fast", 40, 2, 0.9))
    near = (setting.geography.distance_km < fringe_km) & ~setting.geography.land
    return near & (inside_km > -setting.limited_km(60, 0.15))


def _polynya(setting: Setting, inside_km: np.ndarray) -> np.ndarray:
    """Strength of a coastal polynya, float32 0..1: thin ice and water that wind keeps open."""
    rng = setting.rng("polynya")
    if rng.random() > 0.3 or setting.season.melt > 0.5:
        return np.zeros(inside_km.shape, np.float32)
    reach_km = setting.limited_km(rng.uniform(20, 60), 0.15)
    place = setting.fields.fractal("polynya", 80, 4, 0.9)
    near = 1 - smoothstep(0.6 * reach_km, 1.4 * reach_km, setting.geography.distance_km)
    return near * smoothstep(0.5, 0.9, place) * (inside_km > 0)


def _concentration(setting: Setting, inside_km: np.ndarray, polynya: np.ndarray) -> np.ndarray:
    """Concentration from the open sea through the marginal ice zone into the pack; float32."""
    rng, melt = setting.rng("concentration"), setting.season.melt
    width_km = setting.limited_km(float(np.exp(rng.uniform(np.log(4), np.log(90)))), 0.2)
    pack = 0.995 - rng.beta(1.2, 5) * (0.12 + 0.5 * melt)
    if rng.random() < 0.25 * min(1.0, 4 * setting.season.water_share):
        # Drift ice that never closes, such as strips along East Greenland.
        pack = rng.uniform(0.3, 0.9)
    loose = smoothstep(0.3, 2.2, setting.fields.fractal("loose", 60, 4, 0.9))
    mean = pack - loose * (0.08 + (0.15 + 0.3 * melt) * rng.random())
    mean = mean * smoothstep(-0.2 * width_km, width_km, inside_km) ** 0.8
    mean = mean * (1 - 0.75 * polynya)
    # Where ice is loose it gathers in bands and eddies, so that a kilometre holds much or little.
    patchiness = 0.35 + 1.5 * (1 - smoothstep(0.3 * width_km, 2.0 * width_km, inside_km))
    patchiness += 0.8 * loose
    probit = ndtri(np.clip(mean, 1e-3, 0.9995)) * np.sqrt(1 + patchiness**2)
    concentration = ndtr(probit + patchiness * _bands(setting))
    return np.where(mean < 5e-3, 0, concentration).astype(np.float32)


def _bands(setting: Setting) -> np.ndarray:
    """Bands and eddies of about 1 to 15 km, standard normal, float32."""
    y_km, x_km = setting.ground.mesh_km()
    swirl_km = setting.limited_km(7.0, 0.05)
    y_km += swirl_km * setting.fields.fractal("swirl lines", 24, 3, 1.0)
    x_km += swirl_km * setting.fields.fractal("swirl samples", 24, 3, 1.0)
    angle = setting.rng("bands").uniform(0, np.pi)
    along = np.cos(angle) * y_km + np.sin(angle) * x_km
    across = np.cos(angle) * x_km - np.sin(angle) * y_km
    return setting.fields.fractal_at("bands", along / np.float32(2.2), across, (12, 0.75), 0.8)


def _stage(
    setting: Setting,
    inside_km: np.ndarray,
    concentration: np.ndarray,
    tone: np.ndarray,
    polynya: np.ndarray,
) -> np.ndarray:
    """Stage of development in zones, youngest at one side, with floes strayed across; uint8."""
    rng, season = setting.rng("stage"), setting.season
    if season.water_share >= 1:
        return np.zeros(inside_km.shape, np.uint8)
    outward = 1.0 if rng.random() < 0.75 else -1.0
    size = setting.ground.size_km
    age = outward * np.clip(inside_km, 0, 250) * 0.6
    age = age + 0.14 * size * setting.fields.fractal("age", 120, 5, 0.9)
    # How far floes stray into the next zone differs: a mixture has no dominant stage.
    stray_km = setting.limited_km(float(rng.gamma(1.2, 110)), 0.5)
    age += stray_km * (tone + 0.3 * setting.fields.fractal("strays", 8, 2, 0.8))
    ice = coarse(age)[coarse((concentration > 0.15) & setting.geography.valid)]
    limits = np.quantile(ice if ice.size else age, np.cumsum(season.stage_shares)[:-1])
    stage = np.array(season.stages, np.uint8)[np.searchsorted(limits, age)]
    if season.freezing > 0.3:
        stage = np.where(polynya > 0.3, YOUNG, stage)
        stage = np.where(polynya > 0.65, NEW, stage)
    return stage.astype(np.uint8)


def _leads(setting: Setting, concentration: np.ndarray) -> np.ndarray:
    """Share of each pixel in a lead, float32: long cracks of some hundred metres."""
    rng = setting.rng("leads")
    y_km, x_km = setting.ground.mesh_km()
    angle, stretch = rng.uniform(0, np.pi), rng.uniform(1.5, 3.5)
    along = (np.cos(angle) * y_km + np.sin(angle) * x_km) / np.float32(stretch)
    across = np.cos(angle) * x_km - np.sin(angle) * y_km
    crack = setting.fields.fractal_at("cracks", along, across, (40, 1.5), 0.9)
    spacing_km = setting.ground.spacing_m / 1000
    slope = np.hypot(*np.gradient(crack, spacing_km)) + 1e-3
    where = setting.fields.fractal("lead zones", 60, 5, 0.9)
    half_width_km = rng.uniform(0.08, 0.45) * smoothstep(-0.3, 1.2, where)
    overlap = half_width_km + spacing_km / 2 - np.abs(crack) / slope
    share = np.clip(overlap, 0, np.minimum(2 * half_width_km, spacing_km)) / spacing_km
    return (share * (concentration > 0.75)).astype(np.float32)


def _deformation(setting: Setting, stage: np.ndarray) -> np.ndarray:
    """Share of deformed ice: more in older ice, in zones and belts; float32 0..1."""
    typical = np.array([0, 0, 0.15, 0.3, 0.5, 0.5], np.float32)[stage]
    zones = setting.fields.fractal("deformation", 50, 1, 0.7)
    belts = np.exp(-((setting.fields.fractal("belts", 24, 1.5, 0.9) / 0.25) ** 2))
    return np.clip(typical * (1 + 0.6 * zones + 0.8 * belts), 0, 1).astype(np.float32)
