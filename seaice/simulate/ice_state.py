"""The ice itself: concentration, stage of development and floe size of every pixel.

Lengths are limited by the scene's size, so a small scene holds the same kinds of ice as a large
one, in smaller zones. All fields live on the ground (see `noise`): the same seed shows the same ice
at any pixel spacing.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from seaice.simulate.geography import Geography
from seaice.simulate.noise import Fields, Ground, coarse, floe_cells, smoothstep, stream
from seaice.simulate.regions import Region
from seaice.simulate.season import Season
from seaice.vocabulary import FILL

NEW, YOUNG, THIN, THICK, OLD = 1, 2, 3, 4, 5
CAKE, SMALL, MEDIUM, BIG, VAST, BERGS = 1, 2, 3, 4, 5, 6

FLOE_KM = {MEDIUM: 0.3, BIG: 1.2, VAST: 4.5}
"""Typical floe of a class: medium 100-500 m, big 0.5-2 km, vast 2-10 km (JCOMM TD-1215)."""

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


@dataclass(frozen=True)
class _Setting:
    """What the steps of one scene share."""

    ground: Ground
    geography: Geography
    region: Region
    season: Season
    fields: Fields
    seed: int

    def rng(self, step: str) -> np.random.Generator:
        return stream(self.seed, "ice_state", step)

    def limited_km(self, length_km: float, share: float = 0.25) -> float:
        """A length, at most a share of the scene."""
        return min(length_km, share * self.ground.size_km)


def make_ice_state(
    ground: Ground, seed: int, geography: Geography, region: Region, season: Season
) -> IceState:
    """Draw a scene's ice."""
    setting = _Setting(ground, geography, region, season, Fields(ground, seed, "ice_state"), seed)
    inside_km = _inside_km(setting)
    fast = _fast_ice(setting, inside_km)
    polynya = _polynya(setting, inside_km) * ~fast
    concentration = _concentration(setting, inside_km, polynya)
    concentration[fast] = 1.0
    floe = _floe_class(setting, inside_km, concentration)
    tone, side_km = _floes(setting, floe, fast)
    stage = _stage(setting, inside_km, concentration, tone, polynya)
    lead = _leads(setting, concentration) * ~fast
    return _assemble(setting, concentration, stage, floe, fast, lead, tone, side_km)


def _assemble(
    setting: _Setting,
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
    cover, rim = _cover(setting, concentration, floe, side_km, fast)
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


def _inside_km(setting: _Setting) -> np.ndarray:
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


def _fast_ice(setting: _Setting, inside_km: np.ndarray) -> np.ndarray:
    """Ice fastened to the coast: fjords and a fringe, in the cold months mostly; bool."""
    rng = setting.rng("fast")
    chance = 0.2 + 0.65 * setting.season.freezing
    width_km = setting.limited_km(rng.gamma(1.6, 7.0) * setting.season.freezing + 1.0, 0.1)
    if rng.random() > chance or setting.season.water_share >= 1:
        return np.zeros(inside_km.shape, bool)
    fringe_km = width_km * (0.9 + 0.7 * setting.fields.fractal("fast", 40, 2, 0.9))
    near = (setting.geography.distance_km < fringe_km) & ~setting.geography.land
    return near & (inside_km > -setting.limited_km(60, 0.15))


def _polynya(setting: _Setting, inside_km: np.ndarray) -> np.ndarray:
    """Strength of a coastal polynya, float32 0..1: thin ice and water that wind keeps open."""
    rng = setting.rng("polynya")
    if rng.random() > 0.3 or setting.season.melt > 0.5:
        return np.zeros(inside_km.shape, np.float32)
    reach_km = setting.limited_km(rng.uniform(20, 60), 0.15)
    place = setting.fields.fractal("polynya", 80, 4, 0.9)
    near = 1 - smoothstep(0.6 * reach_km, 1.4 * reach_km, setting.geography.distance_km)
    return near * smoothstep(0.5, 0.9, place) * (inside_km > 0)


def _concentration(
    setting: _Setting, inside_km: np.ndarray, polynya: np.ndarray
) -> np.ndarray:
    """Concentration from the open sea through the marginal ice zone into the pack; float32."""
    rng, melt = setting.rng("concentration"), setting.season.melt
    width_km = setting.limited_km(float(np.exp(rng.uniform(np.log(4), np.log(60)))), 0.2)
    pack = 0.995 - rng.beta(1.2, 5) * (0.12 + 0.5 * melt)
    loose = smoothstep(0.3, 2.2, setting.fields.fractal("loose", 60, 4, 0.9))
    mean = pack - loose * (0.05 + 0.35 * melt * rng.random())
    mean = mean * smoothstep(-0.2 * width_km, width_km, inside_km) ** 0.8
    mean = mean * (1 - 0.75 * polynya)
    # Where ice is loose it gathers in bands and eddies, so that a kilometre holds much or little.
    patchiness = 0.35 + 1.5 * (1 - smoothstep(0.3 * width_km, 2.0 * width_km, inside_km))
    patchiness += 0.8 * loose
    probit = ndtri(np.clip(mean, 1e-3, 0.9995)) * np.sqrt(1 + patchiness**2)
    concentration = ndtr(probit + patchiness * _bands(setting))
    return np.where(mean < 5e-3, 0, concentration).astype(np.float32)


def _bands(setting: _Setting) -> np.ndarray:
    """Bands and eddies of about 1 to 15 km, standard normal, float32."""
    y_km, x_km = setting.ground.mesh_km()
    swirl_km = setting.limited_km(7.0, 0.05)
    y_km += swirl_km * setting.fields.fractal("swirl lines", 24, 3, 1.0)
    x_km += swirl_km * setting.fields.fractal("swirl samples", 24, 3, 1.0)
    angle = setting.rng("bands").uniform(0, np.pi)
    along = np.cos(angle) * y_km + np.sin(angle) * x_km
    across = np.cos(angle) * x_km - np.sin(angle) * y_km
    return setting.fields.fractal_at("bands", along / np.float32(2.2), across, (12, 0.75), 0.8)


def _floe_class(
    setting: _Setting, inside_km: np.ndarray, concentration: np.ndarray
) -> np.ndarray:
    """Floe size class: waves break the ice near its edge, and it is whole far inside; uint8."""
    rng, season = setting.rng("floe"), setting.season
    depth = np.clip(inside_km, 0, 400) / setting.limited_km(45, 0.15)
    score = rng.normal(0.9, 1.0) - 0.5 * season.melt + 1.1 * np.sqrt(depth)
    score = score + 0.75 * setting.fields.fractal("floe zones", 80, 8, 1.0)
    score -= 1.2 * (1 - concentration)
    floe = np.searchsorted([-1.2, 0.15, 1.0, 1.9], score).astype(np.uint8) + CAKE
    if setting.region.service == "cis":
        # Canadian charts of the dataset hold neither cake ice nor bergs.
        return np.maximum(floe, SMALL)
    if rng.random() < 0.25:
        place = setting.fields.fractal("bergs", 24, 3, 0.9)
        near = setting.geography.distance_km < setting.limited_km(30, 0.1)
        floe[near & (place > 1.1)] = BERGS
    return floe


def _floes(
    setting: _Setting, floe: np.ndarray, fast: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Floes large enough to be seen: a tone for each, and the distance to its side in km."""
    y_km, x_km = setting.ground.mesh_km()
    tone = np.zeros(floe.shape, np.float32)
    side_km = np.full(floe.shape, np.inf, np.float32)
    for name, size_km in FLOE_KM.items():
        where = (floe == name) & ~fast & ~setting.geography.land
        if size_km * 1000 >= 2.5 * setting.ground.spacing_m and where.any():
            seed = setting.fields.seed_of(f"floes {name}")
            identity, side = floe_cells(y_km[where], x_km[where], size_km, seed)
            tone[where], side_km[where] = identity - 0.5, side
    return tone, side_km


def _stage(
    setting: _Setting,
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
    age += setting.limited_km(35, 0.09) * tone
    ice = coarse(age)[coarse((concentration > 0.15) & setting.geography.valid)]
    limits = np.quantile(ice if ice.size else age, np.cumsum(season.stage_shares)[:-1])
    stage = np.array(season.stages, np.uint8)[np.searchsorted(limits, age)]
    if season.freezing > 0.3:
        stage = np.where(polynya > 0.3, YOUNG, stage)
        stage = np.where(polynya > 0.65, NEW, stage)
    return stage.astype(np.uint8)


def _leads(setting: _Setting, concentration: np.ndarray) -> np.ndarray:
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


def _cover(
    setting: _Setting,
    concentration: np.ndarray,
    floe: np.ndarray,
    side_km: np.ndarray,
    fast: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Ice in each pixel with water between the floes, and the share of floe edge; float32."""
    spacing_km = setting.ground.spacing_m / 1000
    size_km = np.zeros(8, np.float32)
    size_km[list(FLOE_KM)] = list(FLOE_KM.values())
    # A cell shrunk by g on all sides keeps about (1 - 2g / size)^2 of its area.
    gap_km = 0.35 * size_km[floe] * (1 - np.sqrt(concentration))
    drawn = np.isfinite(side_km) & ~fast
    cover = np.clip((side_km - gap_km) / spacing_km + 0.5, 0, 1)
    cover = np.where(drawn & (concentration < 0.97), 0.75 * cover + 0.25 * concentration, 1.0)
    cover = np.where(drawn, cover, concentration)
    rim = np.clip(1.2 - np.abs(side_km - gap_km) / max(0.15, 0.7 * spacing_km), 0, 1)
    rim *= min(1.0, 0.3 / spacing_km)
    return cover, np.where(drawn, rim, 0)


def _deformation(setting: _Setting, stage: np.ndarray) -> np.ndarray:
    """Share of deformed ice: more in older ice, in zones and belts; float32 0..1."""
    typical = np.array([0, 0, 0.1, 0.2, 0.4, 0.5], np.float32)[stage]
    zones = setting.fields.fractal("deformation", 50, 1, 0.7)
    belts = np.exp(-((setting.fields.fractal("belts", 24, 1.5, 0.9) / 0.25) ** 2))
    return np.clip(typical * (1 + 0.6 * zones + 0.8 * belts), 0, 1).astype(np.float32)
