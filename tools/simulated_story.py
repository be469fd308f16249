"""A simulated scene together with what its parts were made from."""

import calendar
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.layout import CELL_M
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.config import SimulationConfig, resolve
from seaice.simulate.noise import Fields

# The surfaces as the simulator itself mixes them, so that the pictures show what it does.
from seaice.simulate.parts import Simulated, simulate, surface_shares
from seaice.simulate.regions import region_named
from seaice.simulate.scene import SIMULATOR_VERSION
from seaice.simulate.season import Season, draw_season
from seaice.simulate.setting import Setting


@dataclass(frozen=True)
class Story:
    """A scene and what its parts were made from.

    Attributes:
        scene: The parts.
        season: The draws of season and weather.
        setting: What the steps of the ice share.
        shares: Surfaces in each cell when Sentinel-1 passed, float32 (7, cells).
        foot: What every picture says below it.
    """

    scene: Simulated
    season: Season
    setting: Setting
    shares: np.ndarray
    foot: str

    @property
    def cells(self) -> PixelGrid:
        """The 2 km grid."""
        return self.scene.grid.at(CELL_M)

    @property
    def cell_land(self) -> np.ndarray:
        """Cells that are mostly land, bool (cells)."""
        return self.shares[-1] > 0.5


def tell(config: SimulationConfig) -> Story:
    """Simulate a scene and keep what its pictures need."""
    config = resolve(config)
    scene = simulate(config)
    region = region_named(config.region or "")
    season = draw_season(config.seed, config.month or 1, region)
    fields = Fields(scene.grid, config.seed, "ice_state")
    setting = Setting(scene.grid, scene.geography, region, season, fields, config.seed)
    cells = scene.grid.at(CELL_M)
    foot = (
        f"Simulated scene: {config.region}, {calendar.month_name[config.month or 1]}, "
        f"seed {config.seed}, {config.lines} x {config.samples} pixels of {config.spacing_m:g} m; "
        f"simulator version {SIMULATOR_VERSION}"
    )
    shares = surface_shares(scene.grid, cells, scene.geography, scene.ice)
    return Story(scene, season, setting, shares, foot)
