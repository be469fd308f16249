"""Floes: how large they are, where each lies, and the water and edges between them."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import BERGS, BIG, CAKE, MEDIUM, SMALL, VAST, YOUNG
from seaice.simulate.noise import floe_cells
from seaice.simulate.setting import Setting

FLOE_KM = {MEDIUM: 0.3, BIG: 1.2, VAST: 4.5}
"""Typical floe of a class: medium 100-500 m, big 0.5-2 km, vast 2-10 km (JCOMM TD-1215)."""

_LIMITS = {"dmi": (-1.35, -0.25, 0.5, 1.2), "cis": (-0.8, -0.35, 0.95, 2.4)}
_MIXED = {"dmi": (3.0, 0.8), "cis": (1.6, 1.0)}
_EMBEDDED = {"dmi": (0.1, 0.25, 0.65), "cis": (0.3, 0.4, 0.3)}
"""How often floes of another stage are frozen into a scene's ice, a and b of a beta distribution:
the dataset's charts name a stage for 60 % of the ice in Greenland's and 77 % in Canada's."""


@dataclass(frozen=True)
class Floes:
    """Floes large enough to be seen, float32 (lines, samples) each.

    Attributes:
        tone: A value in [-0.5, 0.5) for each floe, 0 where there is none.
        side_km: Distance to the floe's side, km, infinite where there is none.
    """

    tone: np.ndarray
    side_km: np.ndarray


def floe_class(setting: Setting, inside_km: np.ndarray, concentration: np.ndarray) -> np.ndarray:
    """Floe size class: waves break the ice near its edge, and it is whole far inside; uint8."""
    rng, season = setting.rng("floe"), setting.season
    depth = np.clip(inside_km, 0, 400) / setting.limited_km(45, 0.15)
    score = rng.normal(0.5, 1.0) - 0.5 * season.melt + 1.0 * np.sqrt(depth)
    score = score + 0.85 * setting.fields.fractal("floe zones", 90, 10, 1.0)
    score -= 1.2 * (1 - concentration)
    # How well floes are sorted differs: a mixture has no dominant size to be charted.
    score += rng.uniform(0, 0.75) * setting.fields.fractal("floe mixture", 6, 1.5, 0.8)
    limits = _LIMITS[setting.region.service]
    floe: np.ndarray = np.searchsorted(limits, score).astype(np.uint8) + CAKE
    if setting.region.service == "cis":
        # Canadian charts of the dataset hold neither cake ice nor bergs.
        floe = np.maximum(floe, SMALL)
    elif rng.random() < 0.3:
        place = setting.fields.fractal("bergs", 24, 3, 0.9)
        near = setting.geography.distance_km < setting.limited_km(45, 0.12)
        floe[near & (place > 0.9)] = BERGS
    return floe


def draw_floes(setting: Setting, floe: np.ndarray, fast: np.ndarray) -> Floes:
    """Draw the floes that pixels resolve.

    Args:
        setting: The scene.
        floe: Floe size class, uint8 (lines, samples).
        fast: Fast ice, which has no floes, bool (lines, samples).
    """
    tone = np.zeros(floe.shape, np.float32)
    side_km = np.full(floe.shape, np.inf, np.float32)
    for name, size_km in FLOE_KM.items():
        where = (floe == name) & ~fast & ~setting.geography.land
        if size_km * 1000 >= 2.5 * setting.grid.spacing_m and where.any():
            identity, side = _cells(setting, f"floes {name}", size_km, where)
            tone[where], side_km[where] = identity - 0.5, side
    return Floes(tone, side_km)


def _cells(
    setting: Setting, name: str, size_km: float, where: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Identity and distance to the side of the floe at each chosen pixel, float32 (n,) each."""
    # Bent coordinates: floes of many sizes and shapes rather than a honeycomb.
    bent = []
    for axis, c in zip("yx", setting.grid.mesh_km(), strict=True):
        bend = setting.fields.fractal(f"bend {axis}", 6, 0.4, 0.7)
        bent.append((c + np.float32(0.3 * size_km) * bend)[where])
    return floe_cells(bent[0], bent[1], size_km, setting.fields.seed_of(name))


def embed_floes(
    setting: Setting, stage: np.ndarray, floe: np.ndarray, floes: Floes, fast: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Freeze floes of the scene's other stages into the ice, with a size of their own.

    Args:
        setting: The scene.
        stage: Stage of development by zones, uint8 (lines, samples).
        floe: Floe size class, uint8 (lines, samples).
        floes: The floes drawn so far; those embedded are added.
        fast: Fast ice, bool (lines, samples).

    Returns:
        Stage and floe size class with the embedded floes, uint8 (lines, samples) each.
    """
    rng, season = setting.rng("embedded"), setting.season
    share = float(rng.beta(*_MIXED[setting.region.service]))
    size = int(rng.choice([MEDIUM, BIG, VAST], p=_EMBEDDED[setting.region.service]))
    where = (stage > 0) & ~fast & (floe != BERGS) & ~setting.geography.land
    if len(season.stages) < 2 or not where.any():
        return stage, floe
    identity, side = _cells(setting, "embedded", FLOE_KM[size], where)
    # Below the share, a value's place between 0 and the share picks the stage.
    limits = np.cumsum(season.stage_shares)[:-1] * share
    drawn = np.array(season.stages, np.uint8)[np.searchsorted(limits, identity)]
    here = (identity < share) & (drawn >= YOUNG) & (drawn != stage[where])
    stage, floe = stage.copy(), floe.copy()
    stage[where] = np.where(here, drawn, stage[where])
    floe[where] = np.where(here, size, floe[where])
    if FLOE_KM[size] * 1000 >= 2.5 * setting.grid.spacing_m:
        floes.tone[where] = np.where(here, identity / share - 0.5, floes.tone[where])
        floes.side_km[where] = np.where(here, side, floes.side_km[where])
    return stage, floe


def cover_and_rims(
    setting: Setting,
    concentration: np.ndarray,
    floe: np.ndarray,
    floes: Floes,
    fast: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Ice in each pixel once there is water between the floes.

    Args:
        setting: The scene.
        concentration: Sea ice concentration, float32 0..1 (lines, samples).
        floe: Floe size class, uint8 (lines, samples).
        floes: The floes that pixels resolve.
        fast: Fast ice, bool (lines, samples).

    Returns:
        Ice share and share of floe edge of each pixel, 0..1, (lines, samples) each.
    """
    spacing_km = setting.grid.spacing_m / 1000
    size_km = np.zeros(8, np.float32)
    size_km[list(FLOE_KM)] = list(FLOE_KM.values())
    side_km, tone = floes.side_km, floes.tone
    # Half of the missing ice is missing floes, half is water around the others: a cell shrunk by
    # g on all sides keeps about (1 - 2g / size)^2 of its area.
    kept = np.sqrt(concentration)
    gap_km = 0.35 * size_km[floe] * (1 - np.sqrt(kept)) * (1 + tone)
    gap_km = np.where((tone + 0.5) * 97 % 1 > kept, size_km[floe], gap_km)
    drawn = np.isfinite(side_km) & ~fast
    # The water reaches as far to the other side of the floes' common side.
    water_km = np.minimum(side_km + spacing_km / 2, gap_km)
    water_km = water_km - np.maximum(side_km - spacing_km / 2, -gap_km)
    cover = 1 - np.clip(water_km / spacing_km, 0, 1)
    cover = np.where(drawn & (concentration < 0.97), 0.75 * cover + 0.25 * concentration, 1.0)
    cover = np.where(drawn, cover, concentration)
    rim = np.clip(1.2 - np.abs(side_km - gap_km) / max(0.15, 0.7 * spacing_km), 0, 1)
    rim *= min(1.0, 0.3 / spacing_km)
    return cover, np.where(drawn, rim, 0)
