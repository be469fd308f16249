"""Is a network right as often as it is sure?

The confidence of a pixel is the probability of the class that it is given. The expected calibration
error (Guo et al. 2017, On Calibration of Modern Neural Networks) is the mean distance between
confidence and accuracy over bins of confidence, each weighted by its pixels. By class it is taken
over the pixels that are given the class (Gupta and Ramdas 2022, Top-label calibration): what a
person who reads the class off a map wants to know.
"""

from dataclasses import dataclass

import numpy as np

BINS = 15
"""Bins of equal width, as Guo et al. take them."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Sums over labelled pixels, by predicted class and bin of confidence.

    Attributes:
        pixels: (classes, bins) int64.
        right: (classes, bins) int64: pixels whose label is the predicted class.
        confidence: (classes, bins) float64: sum of the confidence.
    """

    pixels: np.ndarray
    right: np.ndarray
    confidence: np.ndarray

    def __add__(self, other: "Reliability") -> "Reliability":
        return Reliability(
            self.pixels + other.pixels,
            self.right + other.right,
            self.confidence + other.confidence,
        )

    def part(self, of: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pixels, right ones and summed confidence, (bins,) each.

        Args:
            of: Predicted class; all if None.
        """
        parts = (self.pixels, self.right, self.confidence)
        pixels, right, confidence = (a.sum(axis=0) if of is None else a[of] for a in parts)
        return pixels, right, confidence

    def count(self, of: int | None = None) -> int:
        """Pixels that are given a class; all if None."""
        return int(self.part(of)[0].sum())

    def accuracy(self, of: int | None = None) -> float:
        """Share of right pixels, 0 to 1; NaN without pixels."""
        pixels, right, _ = self.part(of)
        return float(right.sum() / pixels.sum()) if pixels.sum() else float("nan")

    def mean_confidence(self, of: int | None = None) -> float:
        """Mean confidence, 0 to 1; NaN without pixels."""
        pixels, _, confidence = self.part(of)
        return float(confidence.sum() / pixels.sum()) if pixels.sum() else float("nan")

    def error(self, of: int | None = None) -> float:
        """Expected calibration error, 0 to 1; NaN without pixels."""
        pixels, right, confidence = self.part(of)
        total = pixels.sum()
        # |accuracy - confidence| of a bin, times its share of the pixels.
        return float(np.abs(right - confidence).sum() / total) if total else float("nan")

    def curve(self, of: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The reliability diagram: confidence, accuracy and pixels of the bins that hold any."""
        pixels, right, confidence = self.part(of)
        held = pixels > 0
        return confidence[held] / pixels[held], right[held] / pixels[held], pixels[held]


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> Reliability:
    """Sort pixels by predicted class and confidence.

    Args:
        probabilities: (classes, pixels) float.
        labels: (pixels,) classes; all pixels are labelled.
        bins: Bins of equal width. One holds its upper end and not its lower one.
    """
    classes = len(probabilities)
    predicted = probabilities.argmax(axis=0)
    confidence = probabilities.max(axis=0).astype(np.float64)
    at = np.clip(np.ceil(confidence * bins) - 1, 0, bins - 1).astype(np.intp)
    place = predicted * bins + at

    def summed(weights: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(place, weights, classes * bins).reshape(classes, bins)

    right = summed((labels == predicted).astype(np.float64))
    return Reliability(summed(), right.astype(np.int64), summed(confidence))
