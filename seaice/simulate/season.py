"""What the season and the region let a scene hold: how much water, which stages, what weather.

The shares follow the statistics of the AI4Arctic training charts (class counts by season; 5 % of
scenes without ice, 13 % without water). Air temperatures and the melt are assumptions fitted to
the dataset's mean and spread of `t2m` (269 and 9 K).
"""

from dataclasses import dataclass

import numpy as np

from seaice.simulate.noise import stream
from seaice.simulate.regions import Region

_SEASON_OF_MONTH = (0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0)

_WATER_SHARE = (0.44, 0.48, 0.68, 0.73)
"""Water among charted pixels in winter, spring, summer, autumn, of scenes that hold some."""

_NO_ICE = (0.03, 0.03, 0.06, 0.07)
_NO_WATER = (0.24, 0.18, 0.06, 0.07)

_STAGE_MIX = (
    (0.04, 0.22, 0.22, 0.19, 0.33),
    (0.01, 0.01, 0.03, 0.72, 0.23),
    (0.002, 0.002, 0.006, 0.59, 0.40),
    (0.23, 0.12, 0.02, 0.04, 0.59),
)
"""Shares of new, young, thin first-year, thick first-year and old ice among the ice."""

_DRAWS_OF_STAGES = (0.1, 0.3, 0.35, 0.25)
"""Chance that one to four draws decide which stages a scene's ice is of."""

# Monthly mean air temperature over the seas around 70 degrees north, kelvin [assumption].
_AIR_K = (254, 253, 255, 261, 268, 273, 276, 276, 273, 267, 261, 256)
_MELT = (0, 0, 0, 0, 0.15, 0.7, 1.0, 0.8, 0.25, 0, 0, 0)
_FREEZE = (1, 1, 1, 0.9, 0.4, 0, 0, 0, 0.5, 0.9, 1, 1)


@dataclass(frozen=True)
class Season:
    """The draws that set a scene's character.

    Attributes:
        month: Month of the year.
        water_share: Open water among the sea pixels, 0 (no water) to 1 (no ice).
        stages: Stages of development in the scene, classes 1..5, youngest first.
        stage_shares: Their shares of the ice area; sum 1.
        melt: 0 for cold dry snow to 1 for wet snow and ponds.
        freezing: Chance that a lead is covered by new ice.
        air_k: Mean air temperature of the scene, kelvin.
        wind_m_s: Mean wind speed of the scene, m/s.
        vapour_kg_m2: Mean column water vapour, kg/m2.
    """

    month: int
    water_share: float
    stages: tuple[int, ...]
    stage_shares: tuple[float, ...]
    melt: float
    freezing: float
    air_k: float
    wind_m_s: float
    vapour_kg_m2: float


def draw_season(seed: int, month: int, region: Region) -> Season:
    """Draw a scene's character.

    Args:
        seed: Seed of the scene.
        month: 1 to 12.
        region: Region of the scene.

    Returns:
        The draws; the same for the same arguments.
    """
    rng = stream(seed, "season")
    quarter = _SEASON_OF_MONTH[month - 1]
    water_share = _draw_water_share(rng, quarter)
    stages, shares = _draw_stages(rng, quarter, region)
    latitude_k = -0.45 * (region.latitude - 70)
    air_k = float(np.clip(_AIR_K[month - 1] + latitude_k + rng.normal(0, 3.5), 236, 283))
    # Saturated air over the whole column holds about 1.5 kg/m2 at 245 K and 14 at 275 K.
    vapour = float(1.0 * np.exp((air_k - 242) / 14) * rng.lognormal(0, 0.25))
    return Season(
        month=month,
        water_share=water_share,
        stages=stages,
        stage_shares=shares,
        melt=float(np.clip(_MELT[month - 1] + rng.normal(0, 0.15) * (_MELT[month - 1] > 0), 0, 1)),
        freezing=_FREEZE[month - 1],
        air_k=air_k,
        wind_m_s=float(np.clip(rng.weibull(2.2) * 6.6, 1.5, 19)),
        vapour_kg_m2=min(vapour, 28.0),
    )


def _draw_water_share(rng: np.random.Generator, quarter: int) -> float:
    """Water among the sea pixels: none, all, or anything between with the season's mean."""
    kind = rng.random()
    mean = _WATER_SHARE[quarter]
    share = float(np.clip(rng.beta(1.9 * mean, 1.9 * (1 - mean)), 0.04, 0.96))
    if kind < _NO_ICE[quarter]:
        return 1.0
    return 0.0 if kind > 1 - _NO_WATER[quarter] else share


def _draw_stages(
    rng: np.random.Generator, quarter: int, region: Region
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The stages of the scene, youngest first, and their shares of the ice area."""
    odds = np.array(_STAGE_MIX[quarter])
    # Rare stages share their scene with others; fewer draws of them give the season's areas.
    odds[1:3] *= (0.8, 1.4)
    odds[4] *= 1.2 * region.old_ice
    odds /= odds.sum()
    count = 1 + int(rng.choice(4, p=_DRAWS_OF_STAGES))
    # Drawn with repetition, so that a season of few stages shows few.
    stages = np.unique(rng.choice(5, size=count, p=odds))
    # Dampened odds: what is rare in a season may still fill a scene where it occurs.
    shares = rng.dirichlet((2.5 * odds[stages] ** 0.7 + 0.5) * np.where(stages == 0, 0.4, 1.0))
    return tuple(int(s) + 1 for s in stages), tuple(float(s) for s in shares)
