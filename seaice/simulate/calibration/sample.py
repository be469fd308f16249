"""One simulated scene in memory: its truth, and the finished dataset as a file would hold it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr
from scipy import ndimage

from seaice.ai4arctic import layout
from seaice.ai4arctic.cells import cells_to_pixels
from seaice.ai4arctic.channels import INCIDENCE_ANGLE, SAR
from seaice.simulate.config import SimulationConfig, draw_time, resolve
from seaice.simulate.parts import Simulated, simulate
from seaice.simulate.scene import to_dataset
from seaice.simulate.season import season_of


@dataclass(frozen=True)
class Sample:
    """A scene to measure.

    Attributes:
        truth: All parts of the scene, in physical units.
        dataset: What would be written to its file.
    """

    truth: Simulated
    dataset: xr.Dataset

    @classmethod
    def simulated(cls, config: SimulationConfig) -> "Sample":
        """Simulate a scene; nothing is written."""
        config = resolve(config)
        truth = simulate(config)
        return cls(truth, to_dataset(truth, draw_time(config)))

    @property
    def month(self) -> int:
        """Month, 1 to 12."""
        return self.truth.config.month or 1

    @property
    def season(self) -> int:
        """Index into `published.SEASONS`."""
        return season_of(self.month)

    @property
    def spacing_m(self) -> float:
        """Pixel spacing, metres."""
        return float(self.truth.config.spacing_m)

    def scaled(self, name: str) -> np.ndarray:
        """A variable as it stands in the dataset."""
        return self.dataset[name].values

    def physical(self, name: str) -> np.ndarray:
        """A variable of the dataset in physical units, float32."""
        return layout.unscale(name, self.scaled(name))

    @cached_property
    def valid(self) -> np.ndarray:
        """Pixels that are not masked in the dataset, bool (lines, samples)."""
        masked = [self.scaled(name) == layout.INPUT_FILL for name in SAR]
        valid: np.ndarray = ~np.logical_and.reduce(masked)
        return valid

    @cached_property
    def angle_deg(self) -> np.ndarray:
        """Incidence angle, degrees, float32 (lines, samples); the mean where masked."""
        return self.physical(INCIDENCE_ANGLE)

    @cached_property
    def open_water(self) -> np.ndarray:
        """Sea without any ice in it or in the eight pixels around, bool (lines, samples)."""
        ice = self.truth.ice
        free = (self.scaled("true_SIC") == 0) & (ice.cover < _NO_COVER) & self.valid
        free &= ice.bergs < _NO_COVER
        return ndimage.binary_erosion(free, np.ones((3, 3), bool), border_value=1)

    def to_pixels(self, cells: np.ndarray) -> np.ndarray:
        """The 2 km grid brought to the full grid, as networks get it."""
        window = tuple(slice(0, size) for size in self.valid.shape)
        return cells_to_pixels(cells, window, self.spacing_m)  # type: ignore[arg-type]

    def wind_m_s(self) -> np.ndarray:
        """Wind speed of the dataset on the full grid, m/s, float32 (lines, samples)."""
        u_m_s, v_m_s = (self.physical(name) for name in ("u10m_rotated", "v10m_rotated"))
        speed_m_s: np.ndarray = np.hypot(self.to_pixels(u_m_s), self.to_pixels(v_m_s))
        return speed_m_s


_NO_COVER = 1e-3
"""Ice in a pixel that does not count, 30 dB below full cover."""
