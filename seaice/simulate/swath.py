"""When AMSR2 passed and how it looked, and where the ice had drifted by then.

The radiometer crosses the scene minutes to hours before or after Sentinel-1. Its footprints are
ellipses whose long axis points along its look; both are drawn for each scene.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.noise import stream
from seaice.simulate.weather import Weather

_TYPICAL_DELAY_S, _LONGEST_DELAY_S = 2400.0, 5 * 3600

WIND_FACTOR, TURN_DEG = 0.02, 25.0
"""Free drift: 2 % of the wind at 10 m, turned to the right of it on the northern hemisphere
(Leppäranta, The Drift of Sea Ice, 2011, free-drift solution)."""

_COMPACT_SLOWS = 0.7
"""Share of the free drift that the internal stress of a closed pack removes [assumption]."""


@dataclass(frozen=True)
class Swath:
    """AMSR2's pass over a scene.

    Attributes:
        look_deg: Direction of the footprints' long axis, degrees from the lines axis towards the
            samples axis.
        delay_s: Time from Sentinel-1's pass to AMSR2's, seconds; negative where AMSR2 came first.
    """

    look_deg: float
    delay_s: int


def draw_swath(seed: int) -> Swath:
    """Draw a scene's pass: any direction, half of the delays below 40 minutes, none above 5 h."""
    rng = stream(seed, "swath of AMSR2")
    delay_s = min(_TYPICAL_DELAY_S * rng.lognormal(0, 0.9), _LONGEST_DELAY_S)
    return Swath(float(rng.uniform(0, 180)), round(delay_s * rng.choice([-1, 1])))


def drifted(
    shares: np.ndarray, fixed: np.ndarray, cells: PixelGrid, weather: Weather, delay_s: float
) -> np.ndarray:
    """The surface when AMSR2 passed.

    Args:
        shares: Share of each surface in each cell when Sentinel-1 passed, water first and land
            last, float32 (surfaces, cell lines, cell samples), sum 1.
        fixed: Share of the cell that is land or fast ice, which do not drift, float32 0..1.
        cells: The 2 km grid.
        weather: Gives the wind.
        delay_s: Time from Sentinel-1's pass to AMSR2's, seconds.

    Returns:
        The shares then: as `shares`. Ice that drifts out of the scene is lost; what drifts in from
        beyond is like the ice at the margin.
    """
    turn = np.deg2rad(TURN_DEG)
    along_lines = np.cos(turn) * weather.v_m_s - np.sin(turn) * weather.u_m_s
    along_samples = np.sin(turn) * weather.v_m_s + np.cos(turn) * weather.u_m_s
    ice = shares[1:-1].sum(0)
    mobility = WIND_FACTOR * (1 - _COMPACT_SLOWS * ndimage.gaussian_filter(ice, 5))
    mobility *= 1 - ndimage.maximum_filter(fixed, 3)
    step = mobility * delay_s / cells.spacing_m
    lines, samples = np.indices(ice.shape, np.float32)
    start = [lines - step * along_lines, samples - step * along_samples]
    moved = np.stack([ndimage.map_coordinates(s, start, order=1, mode="nearest") for s in shares])
    moved[-1] = shares[-1]
    sea = np.clip(1 - moved[-1], 0, 1)
    total = moved[1:-1].sum(0)
    moved[1:-1] *= np.minimum(1, sea / np.maximum(total, 1e-6))
    moved[0] = np.clip(sea - moved[1:-1].sum(0), 0, 1)
    return moved.astype(np.float32)
