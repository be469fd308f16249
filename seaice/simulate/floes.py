"""Floes: how large they are, where each lies, and the water and edges between them."""

import numpy as np

from seaice.simulate.noise import floe_cells
from seaice.simulate.setting import Setting

CAKE, SMALL, MEDIUM, BIG, VAST, BERGS = 1, 2, 3, 4, 5, 6

FLOE_KM = {MEDIUM: 0.3, BIG: 1.2, VAST: 4.5}
"""Typical floe of a class: medium 100-500 m, big 0.5-2 km, vast 2-10 km (JCOMM TD-1215)."""


def floe_class(setting: Setting, inside_km: np.ndarray, concentration: np.ndarray) -> np.ndarray:
    """Floe size class: waves break the ice near its edge, and it is whole far inside; uint8."""
    rng, season = setting.rng("floe"), setting.season
    depth = np.clip(inside_km, 0, 400) / setting.limited_km(45, 0.15)
    score = rng.normal(0.5, 1.0) - 0.5 * season.melt + 1.0 * np.sqrt(depth)
    score = score + 0.85 * setting.fields.fractal("floe zones", 90, 10, 1.0)
    score -= 1.2 * (1 - concentration)
    # How well floes are sorted differs: a mixture has no dominant size to be charted.
    score += rng.uniform(0, 0.75) * setting.fields.fractal("floe mixture", 6, 1.5, 0.8)
    floe = np.searchsorted([-0.8, 0.0, 0.95, 2.2], score).astype(np.uint8) + CAKE
    if setting.region.service == "cis":
        # Canadian charts of the dataset hold neither cake ice nor bergs.
        return np.maximum(floe, SMALL)
    if rng.random() < 0.4:
        place = setting.fields.fractal("bergs", 24, 3, 0.9)
        near = setting.geography.distance_km < setting.limited_km(45, 0.12)
        floe[near & (place > 0.9)] = BERGS
    return floe


def draw_floes(
    setting: Setting, floe: np.ndarray, fast: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Floes large enough to be seen.

    Args:
        setting: The scene.
        floe: Floe size class, uint8 (lines, samples).
        fast: Fast ice, which has no floes, bool (lines, samples).

    Returns:
        A tone in [-0.5, 0.5) for each floe, 0 elsewhere, and the distance to its side in km,
        infinite elsewhere; float32 (lines, samples) each.
    """
    y_km, x_km = setting.ground.mesh_km()
    bend_y, bend_x = (setting.fields.fractal(f"bend {axis}", 6, 0.4, 0.7) for axis in "yx")
    tone = np.zeros(floe.shape, np.float32)
    side_km = np.full(floe.shape, np.inf, np.float32)
    for name, size_km in FLOE_KM.items():
        where = (floe == name) & ~fast & ~setting.geography.land
        if size_km * 1000 >= 2.5 * setting.ground.spacing_m and where.any():
            seed = setting.fields.seed_of(f"floes {name}")
            # Bent coordinates: floes of many sizes and shapes rather than a honeycomb.
            v, u = ((c + 0.3 * size_km * b)[where] for c, b in ((y_km, bend_y), (x_km, bend_x)))
            identity, side = floe_cells(v, u, size_km, seed)
            tone[where], side_km[where] = identity - 0.5, side
    return tone, side_km


def cover_and_rims(
    setting: Setting,
    concentration: np.ndarray,
    floe: np.ndarray,
    floes: tuple[np.ndarray, np.ndarray],
    fast: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Ice in each pixel once there is water between the floes.

    Args:
        setting: The scene.
        concentration: Sea ice concentration, float32 0..1 (lines, samples).
        floe: Floe size class, uint8 (lines, samples).
        floes: Distance to the side of the floe in km, and its tone.
        fast: Fast ice, bool (lines, samples).

    Returns:
        Ice share and share of floe edge of each pixel, 0..1, (lines, samples) each.
    """
    spacing_km = setting.ground.spacing_m / 1000
    size_km = np.zeros(8, np.float32)
    size_km[list(FLOE_KM)] = list(FLOE_KM.values())
    side_km, tone = floes
    # Half of the missing ice is missing floes, half is water around the others: a cell shrunk by
    # g on all sides keeps about (1 - 2g / size)^2 of its area.
    kept = np.sqrt(concentration)
    gap_km = 0.35 * size_km[floe] * (1 - np.sqrt(kept)) * (1 + tone)
    gap_km = np.where((tone + 0.5) * 97 % 1 > kept, size_km[floe], gap_km)
    drawn = np.isfinite(side_km) & ~fast
    cover = np.clip((side_km - gap_km) / spacing_km + 0.5, 0, 1)
    cover = np.where(drawn & (concentration < 0.97), 0.75 * cover + 0.25 * concentration, 1.0)
    cover = np.where(drawn, cover, concentration)
    rim = np.clip(1.2 - np.abs(side_km - gap_km) / max(0.15, 0.7 * spacing_km), 0, 1)
    rim *= min(1.0, 0.3 / spacing_km)
    return cover, np.where(drawn, rim, 0)
