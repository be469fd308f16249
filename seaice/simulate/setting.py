"""What the steps that draw a scene's ice share."""

from dataclasses import dataclass

import numpy as np

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.geography import Geography
from seaice.simulate.noise import Fields, stream
from seaice.simulate.regions import IceRegion
from seaice.simulate.season import Season


@dataclass(frozen=True)
class Setting:
    """What the steps share.

    Attributes:
        grid: The grid of the scene.
        geography: Land, swath and distances.
        region: Region of the scene.
        season: What the season lets it hold.
        fields: Random fields of the ice.
        seed: Seed of the scene.
    """

    grid: PixelGrid
    geography: Geography
    region: IceRegion
    season: Season
    fields: Fields
    seed: int

    def rng(self, step: str) -> np.random.Generator:
        """A generator for one step, independent of all others."""
        return stream(self.seed, "ice_state", step)

    def limited_km(self, length_km: float, share: float = 0.25) -> float:
        """A length, at most a share of the scene."""
        return min(length_km, share * self.grid.size_km)
