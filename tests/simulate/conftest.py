"""Settings and ice made by hand, for tests of single steps of the simulation."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.geography import make_geography
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import Fields
from seaice.simulate.regions import REGIONS
from seaice.simulate.season import draw_season
from seaice.simulate.setting import Setting

_GROUND = PixelGrid(100, 104, 1000.0)


@pytest.fixture
def make_setting() -> Callable[..., Setting]:
    """What the steps share; `open_sea` takes land and swath away, `season` replaces draws."""

    def make(
        seed: int = 0,
        grid: PixelGrid = _GROUND,
        *,
        region: str = "CentralEast",
        month: int = 2,
        open_sea: bool = False,
        **season: object,
    ) -> Setting:
        shape = (grid.lines, grid.samples)
        geography = make_geography(grid, seed, REGIONS[region])
        if open_sea:
            geography = replace(
                geography,
                land=np.zeros(shape, bool),
                seen=np.ones(shape, bool),
                distance_km=np.full(shape, 400, np.float32),
            )
        drawn = replace(draw_season(seed, month, REGIONS[region]), **season)
        fields = Fields(grid, seed, "ice_state")
        return Setting(grid, geography, REGIONS[region], drawn, fields, seed)

    return make


@pytest.fixture
def make_ice() -> Callable[..., IceState]:
    """Ice of known concentration, stage and floe size; the rest is level and full of ice."""

    def make(
        concentration: object, stage: object, floe: object, fast: object = False, bergs: float = 0
    ) -> IceState:
        amount, stage, floe, fast = np.broadcast_arrays(concentration, stage, floe, fast)
        amount = amount.astype(np.float32)
        none = np.zeros_like(amount)
        return IceState(
            concentration=amount,
            stage=stage.astype(np.uint8),
            floe=floe.astype(np.uint8),
            cover=amount,
            deformation=none,
            rim=none,
            tone=none,
            fast=fast.astype(bool),
            bergs=none + np.float32(bergs),
        )

    return make
