"""A cue from afar: ice whose stage only a mark some kilometres away tells. Off unless asked for.

It proves that a way to measure spatial context finds the context that is there. Around sites that
lie far apart, a ring of level ice looks alike everywhere, to radar and radiometer. A rough, bright
patch in the middle of a site says that the ring is young ice; without it, the ring is thin
first-year ice. So nothing nearer than 0.6 of the distance tells its stage, all within it does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from seaice.ai4arctic.charts import CHART, THIN, YOUNG
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.chart import Charts
from seaice.simulate.geography import Geography
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import stream

RING = (0.8, 1.2)
"""Inner and outer radius of a ring, in units of the cue's distance."""
MARK = 0.2
"""Radius of a mark in the same unit: from a ring, its nearest part is 0.6 to 1 away."""
APART = 2.6
"""Least distance of two sites in the same unit: from a ring, other sites' marks are 1.2 away."""

_TRIES = 4000
_LEAST_CONCENTRATION = 0.5


@dataclass(frozen=True)
class FarCue:
    """Where a scene's rings and marks lie, (lines, samples) bool each.

    Attributes:
        ring: Rings of all sites.
        mark: Marks of the sites that have one.
        young: Rings of the sites that have a mark.
    """

    ring: np.ndarray
    mark: np.ndarray
    young: np.ndarray


def draw_far_cue(grid: PixelGrid, seed: int, distance_km: float, valid: np.ndarray) -> FarCue:
    """Draw sites, half of them with a mark.

    Args:
        grid: The grid of the scene.
        seed: Seed of the scene.
        distance_km: Distance of a ring from its mark.
        valid: (lines, samples) bool: where the sensors see the sea. A site whose mark could not be
            seen gets no ring.
    """
    rng = stream(seed, "far cue")
    y_km, x_km = grid.y_km[:, None], grid.x_km[None, :]
    cue = FarCue(*(np.zeros(grid.shape, bool) for _ in range(3)))
    for site_y_km, site_x_km in _sites(grid, rng, distance_km):
        away_km = np.hypot(y_km - site_y_km, x_km - site_x_km)
        mark = away_km <= MARK * distance_km
        marked = bool(rng.random() < 0.5)
        if not valid[mark].all():
            continue
        ring = (away_km >= RING[0] * distance_km) & (away_km <= RING[1] * distance_km)
        cue.ring[ring] = True
        if marked:
            cue.mark[mark] = True
            cue.young[ring] = True
    return cue


def _sites(
    grid: PixelGrid, rng: np.random.Generator, distance_km: float
) -> Iterator[tuple[float, float]]:
    """Places that keep their distance from each other and the scene's margin, km."""
    taken = np.empty((0, 2))
    size, mark_km = np.array([grid.height_km, grid.width_km]), MARK * distance_km
    if (size <= 2 * mark_km).any():
        return
    for place in mark_km + rng.random((_TRIES, 2)) * (size - 2 * mark_km):
        if (np.hypot(*(taken - place).T) >= APART * distance_km).all():
            taken = np.append(taken, place[None], axis=0)
            yield float(place[0]), float(place[1])


def plant_far_cue(
    cue: FarCue, ice: IceState, charts: Charts, geography: Geography
) -> tuple[IceState, IceState, Charts]:
    """Make the ice of the rings depend on the marks.

    Args:
        cue: Rings and marks.
        ice: The ice as drawn.
        charts: The charts as drawn.
        geography: Gives land and swath.

    Returns:
        The ice as the sensors see it, the true ice, and the charts, which know the true stage.
    """
    charted = (charts.sic > 0) & (charts.sic < CHART["SIC"].n_classes)
    ring = cue.ring & charted & geography.valid & (ice.concentration >= _LEAST_CONCENTRATION)
    stage = np.where(ring, np.where(cue.young, YOUNG, THIN), ice.stage).astype(np.uint8)
    even = {name: np.where(ring, 0, getattr(ice, name)) for name in ("deformation", "rim", "tone")}
    seen = replace(
        ice,
        stage=np.where(ring, THIN, ice.stage).astype(np.uint8),
        # As bright as ice gets, in floes as in water.
        bergs=np.where(cue.mark, 1, np.where(ring, 0, ice.bergs)).astype(np.float32),
        **{name: layer.astype(np.float32) for name, layer in even.items()},
    )
    sod = np.where(ring, stage, charts.sod).astype(np.uint8)
    return seen, replace(seen, stage=stage), replace(charts, sod=sod)
