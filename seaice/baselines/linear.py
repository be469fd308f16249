"""The per-pixel linear model: a regression for SIC, softmax of linear scores for SOD and FLOE."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Weights of a per-pixel linear model.

    Attributes:
        weights: By chart: (outputs, inputs) float32.
        offsets: By chart: (outputs,) float32.
    """

    weights: Mapping[ChartName, np.ndarray]
    offsets: Mapping[ChartName, np.ndarray]

    def outputs(self, inputs: np.ndarray) -> dict[ChartName, np.ndarray]:
        """Compute what a network's heads would give.

        Args:
            inputs: (inputs, pixels) float32.

        Returns:
            By chart: (outputs, pixels) float32; the class index of SIC, logits of SOD and FLOE.
        """
        return {name: self.weights[name] @ inputs + self.offsets[name][:, None] for name in CHARTS}

    def arrays(self) -> dict[str, np.ndarray]:
        """As a file holds it; the inverse of `from_arrays`."""
        return {f"{name}.weights": self.weights[name] for name in CHARTS} | {
            f"{name}.offsets": self.offsets[name] for name in CHARTS
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], n_inputs: int) -> Self:
        """Build it from the arrays of a file.

        Raises:
            KeyError, ValueError: An array is missing, or does not have its size.
        """
        for name in CHARTS:
            n = CHART[name].n_outputs
            weights, offsets = arrays[f"{name}.weights"], arrays[f"{name}.offsets"]
            if weights.shape != (n, n_inputs) or offsets.shape != (n,):
                raise ValueError(f"the weights of {name} have the wrong size")
            if not (np.isfinite(weights).all() and np.isfinite(offsets).all()):
                raise ValueError(f"the weights of {name} are not finite")
        return cls(
            {name: arrays[f"{name}.weights"] for name in CHARTS},
            {name: arrays[f"{name}.offsets"] for name in CHARTS},
        )
