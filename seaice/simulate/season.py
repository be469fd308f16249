"""What the season and the region let a scene hold: how much water, which stages, what weather.

The shares follow the statistics of the AI4Arctic training charts (class counts by season; 5 % of
scenes without ice, 13 % without water). Air temperatures and the melt are assumptions fitted to
the dataset's mean and spread of `t2m` (269 and 9 K).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from seaice.ai4arctic.charts import OLD
from seaice.simulate.noise import stream
from seaice.simulate.regions import IceRegion

_WATER_SHARE = (0.45, 0.50, 0.68, 0.76)
"""Water among charted pixels in winter, spring, summer, autumn, of scenes that hold some."""

_NO_ICE = (0.03, 0.03, 0.07, 0.08)
_NO_WATER = (0.27, 0.20, 0.07, 0.08)

_STAGE_MIX = (
    (0.06, 0.25, 0.235, 0.16, 0.35),
    (0.01, 0.012, 0.04, 0.60, 0.34),
    (0.0, 0.0, 0.002, 0.55, 0.45),
    (0.30, 0.16, 0.012, 0.055, 0.47),
)
"""Shares of new, young, thin first-year, thick first-year and old ice among the ice."""

_ALIKE = 3.4
"""How alike scenes of a season are: a scene's shares are drawn from a Dirichlet distribution of
this weight around those of the season; less lets single stages fill scenes."""
_LEAST_SHARE = 0.04

_WATER_SHIFT = {"dmi": 0.05, "cis": 0.6}
"""Shift of the water share's mean, logit: Greenland's charts hold 54 %, Canada's 63 % of water."""

# Monthly mean air temperature over the seas around 70 degrees north, kelvin [assumption].
_AIR_K = (254, 253, 255, 261, 268, 273, 276, 276, 273, 267, 261, 256)
_MELT = (0, 0, 0, 0, 0.15, 0.7, 1.0, 0.8, 0.25, 0, 0, 0)
_FREEZE = (1, 1, 1, 0.9, 0.4, 0, 0, 0, 0.5, 0.9, 1, 1)


def season_of(month: int) -> int:
    """Season of a month, 1 to 12: 0 winter (December to February), 1 spring, 2 summer, 3 autumn."""
    return month % 12 // 3


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


def draw_season(seed: int, month: int, region: IceRegion) -> Season:
    """Draw a scene's character.

    Args:
        seed: Seed of the scene.
        month: 1 to 12.
        region: Region of the scene.

    Returns:
        The draws; the same for the same arguments.
    """
    rng = stream(seed, "season")
    quarter = season_of(month)
    water_share = _draw_water_share(rng, quarter, region)
    stages, shares = _draw_stages(rng, quarter, region)
    latitude_k = -0.45 * (region.latitude - 70)
    air_k = float(np.clip(_AIR_K[month - 1] + latitude_k + rng.normal(0, 3.5), 236, 283))
    # A column that is warmer by 10 K holds twice as much: 1.2 kg/m2 at 245 K, 10.6 at 275 K.
    vapour = float(1.0 * np.exp((air_k - 242) / 14) * rng.lognormal(0, 0.25))
    return Season(
        month=month,
        water_share=water_share,
        stages=stages,
        stage_shares=shares,
        melt=float(np.clip(_MELT[month - 1] + rng.normal(0, 0.15) * (_MELT[month - 1] > 0), 0, 1)),
        freezing=_FREEZE[month - 1],
        air_k=air_k,
        wind_m_s=float(np.clip(rng.weibull(2.2) * 7.2, 1.5, 15)),
        vapour_kg_m2=min(vapour, 28.0),
    )


def _draw_water_share(rng: np.random.Generator, quarter: int, region: IceRegion) -> float:
    """Water among the sea pixels: none, all, or anything between with the season's mean."""
    kind = rng.random()
    mean = float(expit(logit(_WATER_SHARE[quarter]) + _WATER_SHIFT[region.service]))
    share = float(np.clip(rng.beta(1.9 * mean, 1.9 * (1 - mean)), 0.04, 0.96))
    if kind < _NO_ICE[quarter]:
        return 1.0
    return 0.0 if kind > 1 - _NO_WATER[quarter] else share


def _draw_stages(
    rng: np.random.Generator, quarter: int, region: IceRegion
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The stages of the scene, youngest first, and their shares of the ice area."""
    odds = np.array(_STAGE_MIX[quarter])
    odds[OLD - 1] *= region.old_ice
    shares = rng.dirichlet(_ALIKE * odds / odds.sum())
    kept = np.flatnonzero(shares >= _LEAST_SHARE)
    shares = shares[kept] / shares[kept].sum()
    return tuple(int(k) + 1 for k in kept), tuple(float(share) for share in shares)
