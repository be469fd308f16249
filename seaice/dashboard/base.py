"""What every map of Compare lies on: a scene, or a region of it, at the spacing of the display."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seaice.ai4arctic.channels import DISTANCE_MAP, POSITIONS
from seaice.ai4arctic.charts import ChartName
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.dashboard import cached
from seaice.figures.maps import Extent, at_cells, hover_step
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

# Pixels along a panel: more than a screen shows of one panel only costs transfer.
_DISPLAY_PX = 1100


def land_of(zones: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    """Land, (lines, samples) bool, from zones of distance; nowhere where they are not known."""
    # Zone 0 is land; a mean of blocks of land and coast lies between.
    return np.zeros(shape, bool) if zones is None else zones < 0.5


@dataclass(frozen=True)
class Base:
    """The ground of a page's maps.

    Attributes:
        scene: The scene.
        region: Part of it; the whole where None.
    """

    scene: Scene
    region: Region | None = None

    @cached_property
    def grid(self) -> PixelGrid:
        """The scene's grid, coarsened by whole blocks to what a panel can show of the region."""
        own = self.scene.grid
        window = self.region.window(own) if self.region else own.whole
        longest = max(side.stop - side.start for side in window)
        return own.at(own.spacing_m * max(1, -(-longest // _DISPLAY_PX)))

    @cached_property
    def window(self) -> Window:
        """The region's pixels on that grid."""
        return self.region.window(self.grid) if self.region else self.grid.whole

    @property
    def shape(self) -> tuple[int, int]:
        """Lines and samples of every map."""
        lines, samples = self.window
        return lines.stop - lines.start, samples.stop - samples.start

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Identity for caches."""
        return (*self.scene.key, str(self.region))

    @cached_property
    def land(self) -> np.ndarray:
        """Land, where the scene tells; (lines, samples) bool."""
        known = DISTANCE_MAP in self.scene.channels
        return land_of(self.channel(DISTANCE_MAP)[0] if known else None, self.shape)

    @cached_property
    def valid(self) -> np.ndarray:
        """Validity, (lines, samples) bool."""
        name = next(n for n in self.scene.channels if n not in POSITIONS)
        return self.channel(name)[1]

    @cached_property
    def extent(self) -> Extent:
        """What every panel covers."""
        km = self.grid.spacing_m / 1000
        sides = self.shape[0] * km, self.shape[1] * km
        corner = {"top_km": self.window[0].start * km, "left_km": self.window[1].start * km}
        cell = hover_step(self.shape) * km
        if not self.scene.has_positions:
            return Extent(*sides, cell, **corner)
        latitude, longitude = cached.positions(self.scene, self.grid.spacing_m, self.region)
        return Extent(*sides, cell, at_cells(latitude), at_cells(longitude), **corner)

    def channel(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """A channel in physical units, (lines, samples) float32, and validity, bool."""
        return cached.channel(self.scene, name, self.grid.spacing_m, self.region)

    def chart(self, chart: ChartName) -> np.ndarray:
        """The ice chart, (lines, samples) uint8, 255 where unlabelled."""
        return cached.chart(self.scene, chart, self.grid.spacing_m, self.region)
