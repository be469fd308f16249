"""The ice itself: concentration, stage of development and floe size of every pixel.

Lengths are limited by the scene's size, so a small scene holds the same kinds of ice as a large
one, in smaller zones. All fields live on the ground (see `noise`): the same seed shows the same ice
at any pixel spacing.
"""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import BERGS, FILL, NEW
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.bergs import berg_share
from seaice.simulate.concentration import concentration_of, lead_share
from seaice.simulate.floes import cover_and_rims, draw_floes, embed_floes, floe_class
from seaice.simulate.geography import Geography
from seaice.simulate.noise import Fields, hashed
from seaice.simulate.regions import IceRegion
from seaice.simulate.season import Season
from seaice.simulate.setting import Setting
from seaice.simulate.stages import deformation_of, stage_zones
from seaice.simulate.zones import fast_ice, inside_ice_km, polynya_strength


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
        bergs: Share of the pixel that is icebergs, float32 0..1, in ice and in open water.
    """

    concentration: np.ndarray
    stage: np.ndarray
    floe: np.ndarray
    cover: np.ndarray
    deformation: np.ndarray
    rim: np.ndarray
    tone: np.ndarray
    fast: np.ndarray
    bergs: np.ndarray


def make_ice_state(
    grid: PixelGrid, seed: int, geography: Geography, region: IceRegion, season: Season
) -> IceState:
    """Draw a scene's ice."""
    setting = Setting(grid, geography, region, season, Fields(grid, seed, "ice_state"), seed)
    inside_km = inside_ice_km(setting)
    fast = fast_ice(setting, inside_km)
    polynya = polynya_strength(setting, inside_km) * ~fast
    concentration = concentration_of(setting, inside_km, polynya)
    concentration[fast] = 1.0
    floe = floe_class(setting, inside_km, concentration)
    # Bergs crowd before glaciers where there would be fast ice otherwise.
    fast &= floe != BERGS
    floes = draw_floes(setting, floe, fast)
    stage = stage_zones(setting, inside_km, concentration, floes.tone, polynya)
    stage, floe = embed_floes(setting, stage, floe, floes, fast)
    stage, concentration = _open_leads(setting, stage, concentration, fast)
    concentration = np.where(geography.land, 0, concentration).astype(np.float32)
    no_ice = np.rint(concentration * 10) == 0
    cover, rim = cover_and_rims(setting, concentration, floe, floes, fast)
    return IceState(
        concentration=concentration,
        stage=np.where(no_ice, 0, stage).astype(np.uint8),
        floe=np.where(no_ice, 0, np.where(fast, FILL, floe)).astype(np.uint8),
        cover=np.where(no_ice, concentration, cover).astype(np.float32),
        deformation=deformation_of(setting, stage),
        rim=np.where(no_ice, 0, rim).astype(np.float32),
        tone=floes.tone,
        fast=fast & ~no_ice,
        bergs=berg_share(setting, floe == BERGS),
    )


def _open_leads(
    setting: Setting, stage: np.ndarray, concentration: np.ndarray, fast: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Crack the pack; in frost the leads of most scenes are covered by new ice."""
    lead = lead_share(setting, concentration) * ~fast
    if setting.rng("lead").random() < setting.season.freezing:
        # A lead narrower than the pixels turns as many of them into new ice as have its area.
        rows, columns = (np.arange(n) for n in lead.shape)
        chance = hashed(setting.fields.seed_of("lead ice"), rows[:, None], columns)
        return np.where(lead > chance, NEW, stage), concentration * (1 - 0.1 * lead)
    return stage, concentration * (1 - lead)
