"""Mean and spread of the scaled inputs: the dataset's own scaling should make them 0 and 1."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import SAR
from seaice.ai4arctic.layout import SCALING
from seaice.simulate.calibration.checks import Check, Section, fixed
from seaice.simulate.calibration.sample import Sample
from seaice.simulate.calibration.sums import Mergeable, ratio

TITLE = "Scaled inputs"
MEAN_WITHIN = 0.35
STD_WITHIN = (0.75, 1.25)

LIMITS = (
    "Weather is one draw a scene around assumed monthly means, so that few scenes are few draws. "
    "Cloud water is near zero in most places: its spread hangs on a few cloudy scenes and on how "
    "thick the thickest clouds are made. Land has one emissivity instead of many, which narrows "
    "the brightness temperatures. The level of the residual HV noise, which covers calm water, "
    "is assumed. HH and HV follow the share of water in the scenes, and the distance map follows "
    "invented coasts."
)


@dataclass(frozen=True)
class InputSums(Mergeable):
    """Sums over pixels of each scaled variable, float64 (variables,) in the order of `SCALING`.

    Attributes:
        count: Number of pixels.
        total: Sum of their values.
        squares: Sum of their squares.
    """

    count: np.ndarray
    total: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, sample: Sample) -> "InputSums":
        """Count one scene: of SAR and incidence angle what is not masked, of the others all."""
        sums = []
        for name in SCALING:
            values = sample.scaled(name)
            values = (values[sample.valid] if name in SAR else values).astype(float).ravel()
            sums.append((values.size, values.sum(), values @ values))
        return cls(*np.array(sums, float).T)

    def mean_and_std(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation over all pixels, float64 (variables,) each."""
        mean = ratio(self.total, self.count)
        return mean, np.sqrt(np.maximum(ratio(self.squares, self.count) - mean**2, 0))


def section(sums: InputSums) -> Section:
    """The section of the report: two bounds for each variable."""
    checks = []
    low, high = STD_WITHIN
    for name, mean, std in zip(SCALING, *sums.mean_and_std(), strict=True):
        near = bool(abs(mean) <= MEAN_WITHIN)
        text = fixed(mean, 2, signed=True)
        checks.append(Check(TITLE, f"{name}, mean", text, f"within {MEAN_WITHIN} of 0", near))
        wide = bool(low <= std <= high)
        bound = f"{low} to {high}"
        checks.append(Check(TITLE, f"{name}, spread", fixed(std, 2), bound, wide))
    text = (
        "Values of the finished dataset over the pixels of all scenes, scaled by the mean and the "
        "standard deviation of the real training set: their mean and standard deviation. HH, HV "
        "and incidence angle without masked pixels, all others with land and unseen pixels."
    )
    return Section(TITLE, (text,), tuple(checks), limits=LIMITS)
