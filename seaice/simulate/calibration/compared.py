"""What real and simulated scenes have in common: charts, HH and brightness temperatures."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import AMSR2, HH
from seaice.ai4arctic.charts import CHARTS, FILL, ChartName
from seaice.ai4arctic.layout import unscale
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.simulate.calibration.sample import Sample

WATER, ICE = "water", "ice"
CLOSE_ICE = 8
"""SIC from which on a pixel counts as ice here: 80 %."""


@dataclass(frozen=True)
class ComparedScene:
    """A scene on its full grid.

    Attributes:
        charts: SIC, SOD and FLOE, uint8 (lines, samples).
        valid: Pixels that are not masked, bool (lines, samples).
        hh_db: HH, dB, float32 (lines, samples).
        tb_k: Brightness temperatures that the scene has, K, float32 (lines, samples).
        spacing_m: Pixel spacing, metres.
    """

    charts: dict[ChartName, np.ndarray]
    valid: np.ndarray
    hh_db: np.ndarray
    tb_k: dict[str, np.ndarray]
    spacing_m: float

    @classmethod
    def of_file(cls, scene: Scene, spacing_m: float) -> "ComparedScene":
        """Read a scene at a spacing.

        Raises:
            SceneError: It cannot be read, or has no HH.
        """
        names = [name for name in (HH, *AMSR2) if name in (HH, *scene.channels)]
        inputs = read_inputs(scene, names, spacing_m)
        physical = {
            name: unscale(name, values) for name, values in zip(names, inputs.values, strict=True)
        }
        charts = {name: read_chart(scene, name, spacing_m) for name in CHARTS}
        return cls(charts, inputs.valid, physical.pop(HH), physical, spacing_m)

    @classmethod
    def of_sample(cls, sample: Sample) -> "ComparedScene":
        """A simulated scene."""
        return cls(
            {name: sample.scaled(name) for name in CHARTS},
            sample.valid,
            sample.physical(HH),
            {name: sample.to_pixels(sample.physical(name)) for name in AMSR2},
            sample.spacing_m,
        )

    def surfaces(self) -> dict[str, np.ndarray]:
        """Where the chart says open water, and close ice, bool (lines, samples)."""
        sic = self.charts["SIC"]
        ice = (sic >= CLOSE_ICE) & (sic != FILL)
        return {WATER: (sic == 0) & self.valid, ICE: ice & self.valid}
