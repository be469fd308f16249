"""The AutoICE metric from running sums: no pixel is kept.

Scores (Stokholm et al. 2024, The Cryosphere, "The AutoICE Challenge"): R2 of the SIC class index,
weighted F1 of SOD and FLOE, each over the pixels with a label in that chart, pooled over scenes,
times 100; combined = (2 SIC + 2 SOD + FLOE) / 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.results.class_metrics import class_f1, class_facts


@dataclass(frozen=True)
class Score:
    """A score, or why there is none.

    Attributes:
        value: Times 100, unrounded; None where not defined.
        pixels: Number of pixels that it was taken over.
        reason: Why it is not defined; empty where it is.
    """

    value: float | None
    pixels: int
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.value:.3f}" if self.value is not None else f"not defined ({self.reason})"


@dataclass(frozen=True)
class Scores:
    """Scores of one scene or of several pooled.

    Attributes:
        SIC: R2 of the rounded, clipped class index: the official one.
        SIC_continuous: R2 of the clipped, unrounded value.
        SOD: Weighted F1.
        FLOE: Weighted F1.
    """

    SIC: Score
    SIC_continuous: Score
    SOD: Score
    FLOE: Score

    @property
    def combined(self) -> Score:
        """(2 SIC + 2 SOD + FLOE) / 5; not defined where one of them is not."""
        parts = {name: getattr(self, name) for name in CHARTS}
        lacking = [name for name, part in parts.items() if part.value is None]
        pixels = max(part.pixels for part in parts.values())
        if lacking:
            return Score(None, pixels, f"{', '.join(lacking)} not defined")
        weights = {name: CHART[name].weight for name in CHARTS}
        total = sum(weights[name] * parts[name].value for name in CHARTS)
        return Score(total / sum(weights.values()), pixels)

    def items(self) -> list[tuple[str, Score]]:
        """All scores by name, the combined one first."""
        return [
            ("combined", self.combined),
            ("SIC", self.SIC),
            ("SIC_continuous", self.SIC_continuous),
            ("SOD", self.SOD),
            ("FLOE", self.FLOE),
        ]

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """As JSON values."""
        return {
            name: {"value": score.value, "pixels": score.pixels, "reason": score.reason}
            for name, score in self.items()
        }


@dataclass(frozen=True)
class SicErrors:
    """Errors of the continuous, clipped concentration, in percentage points of concentration.

    Attributes:
        mean: Mean error, positive where too much ice is predicted; None without a labelled pixel.
        absolute: Mean absolute error.
        rms: Root mean square error.
        pixels: Labelled pixels.
    """

    mean: float | None
    absolute: float | None
    rms: float | None
    pixels: int


def _no_confusion() -> dict[ChartName, np.ndarray]:
    return {name: np.zeros((CHART[name].n_classes,) * 2, np.int64) for name in CHARTS}


@dataclass
class ScoreSums:
    """Sums from which the scores follow; those of several scenes add up.

    Attributes:
        confusion: By chart: (classes, classes) int64 pixel counts, row the chart's class, column
            the predicted one.
        sic_squared_error: Sum over labelled pixels of (clipped prediction - class index)^2,
            float64.
        sic_absolute_error: Sum of its absolute value.
        sic_error: Sum of the difference itself.
    """

    confusion: Mapping[ChartName, np.ndarray] = field(default_factory=_no_confusion)
    sic_squared_error: float = 0.0
    sic_absolute_error: float = 0.0
    sic_error: float = 0.0

    def add(self, chart: ChartName, reference: np.ndarray, predicted: np.ndarray) -> None:
        """Count the pixels of a map, or of a part of it.

        Args:
            chart: Which chart.
            reference: uint8 classes, 255 without a label, any shape.
            predicted: The same shape; SIC: float, the continuous class index, unclipped or
                clipped; SOD and FLOE: uint8 classes.
        """
        n_classes = CHART[chart].n_classes
        labelled = reference < n_classes
        truth, guess = reference[labelled], predicted[labelled]
        if chart == "SIC":
            guess = np.clip(guess.astype(np.float64), 0, n_classes - 1)
            error = guess - truth
            self.sic_squared_error += float(np.sum(error**2))
            self.sic_absolute_error += float(np.sum(np.abs(error)))
            self.sic_error += float(np.sum(error))
            guess = sic_classes(guess)
        pairs = truth.astype(np.int64) * n_classes + guess
        counts = np.bincount(pairs, minlength=n_classes**2)
        self.confusion[chart][...] += counts.reshape(n_classes, n_classes)

    def __iadd__(self, other: "ScoreSums") -> "ScoreSums":
        for name in CHARTS:
            self.confusion[name][...] += other.confusion[name]
        self.sic_squared_error += other.sic_squared_error
        self.sic_absolute_error += other.sic_absolute_error
        self.sic_error += other.sic_error
        return self

    def sic_errors(self) -> "SicErrors":
        """Errors of the continuous concentration over all pixels counted so far."""
        pixels = int(self.confusion["SIC"].sum())
        if pixels == 0:
            return SicErrors(None, None, None, 0)
        # A class is ten per cent.
        return SicErrors(
            mean=10 * self.sic_error / pixels,
            absolute=10 * self.sic_absolute_error / pixels,
            rms=10 * (self.sic_squared_error / pixels) ** 0.5,
            pixels=pixels,
        )

    def to_dict(self) -> dict[str, Any]:
        """Scores, errors of SIC, confusion matrices and metrics by class, as JSON values."""
        errors = self.sic_errors()
        return {
            **self.scores().to_dict(),
            "SIC_error_percent": {
                "mean": errors.mean,
                "absolute": errors.absolute,
                "rms": errors.rms,
                "pixels": errors.pixels,
            },
            "confusion": {name: self.confusion[name].tolist() for name in CHARTS},
            **class_facts(self.confusion),
        }

    def scores(self) -> Scores:
        """The scores of all pixels counted so far."""
        return Scores(
            SIC=r2_of_classes(self.confusion["SIC"]),
            SIC_continuous=_r2(self.confusion["SIC"], self.sic_squared_error),
            SOD=weighted_f1(self.confusion["SOD"]),
            FLOE=weighted_f1(self.confusion["FLOE"]),
        )


def sic_classes(sic: np.ndarray) -> np.ndarray:
    """Continuous class index -> class, clipped to 0..10 and rounded as NumPy does, uint8."""
    classes: np.ndarray = np.rint(np.clip(sic, 0, 10)).astype(np.uint8)
    return classes


def r2_of_classes(confusion: np.ndarray) -> Score:
    """R2 of the class index, from a confusion matrix of SIC."""
    index = np.arange(len(confusion), dtype=np.float64)
    return _r2(confusion, float((confusion * (index[:, None] - index) ** 2).sum()))


def _r2(confusion: np.ndarray, squared_error: float) -> Score:
    """R2 = 1 - squared error / (sum of squares about the mean of the chart's class index)."""
    support = confusion.sum(axis=1).astype(np.float64)
    pixels = int(support.sum())
    if pixels == 0:
        return Score(None, 0, "no labelled pixel")
    index = np.arange(len(support), dtype=np.float64)
    mean = (support * index).sum() / pixels
    spread = float((support * (index - mean) ** 2).sum())
    if np.count_nonzero(support) < 2:
        return Score(None, pixels, "the chart has one class only")
    return Score(100 * (1 - squared_error / spread), pixels)


def weighted_f1(confusion: np.ndarray) -> Score:
    """Mean of the classes' F1, weighted by their pixels in the chart."""
    support = confusion.sum(axis=1)
    pixels = int(support.sum())
    if pixels == 0:
        return Score(None, 0, "no labelled pixel")
    return Score(float(np.nansum(class_f1(confusion) * support) / pixels), pixels)
