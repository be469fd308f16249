"""How old the ice is: zones of age, floes that strayed or froze in, and how much it is deformed."""

import numpy as np

from seaice.ai4arctic.charts import NEW, YOUNG
from seaice.core.grids.resample import subsampled
from seaice.simulate.setting import Setting

_LEVEL = 0.3


def stage_zones(
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
    size = setting.grid.size_km
    age = outward * np.clip(inside_km, 0, 250) * 0.6
    age = age + 0.14 * size * setting.fields.fractal("age", 120, 5, 0.9)
    # Floes stray into the next zone.
    stray_km = setting.limited_km(float(rng.gamma(1.2, 40)), 0.3)
    age += stray_km * (tone + 0.3 * setting.fields.fractal("strays", 8, 2, 0.8))
    ice = subsampled(age)[subsampled((concentration > 0.15) & setting.geography.valid)]
    limits = np.quantile(ice if ice.size else age, np.cumsum(season.stage_shares)[:-1])
    stage: np.ndarray = np.array(season.stages, np.uint8)[np.searchsorted(limits, age)]
    if season.freezing > 0.3:
        stage = np.where(polynya > 0.3, YOUNG, stage)
        stage = np.where(polynya > 0.65, NEW, stage)
    return stage.astype(np.uint8)


def deformation_of(setting: Setting, stage: np.ndarray) -> np.ndarray:
    """Share of deformed ice: more in older ice, in zones and belts; float32 0..1."""
    typical = np.array([0, 0, 0.15, 0.3, 0.5, 0.5], np.float32)[stage]
    zones = setting.fields.fractal("deformation", 50, 1, 0.7)
    belts = np.exp(-((setting.fields.fractal("belts", 24, 1.5, 0.9) / 0.25) ** 2))
    ridged = typical * (1 + 0.6 * zones + 0.8 * belts)
    # Ice that little has moved is level altogether.
    deformed: np.ndarray = np.clip((ridged - _LEVEL) / (1 - _LEVEL), 0, 1).astype(np.float32)
    return deformed
