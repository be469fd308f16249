"""Which context does each pixel need? The smallest receptive field whose network gets it right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import FILL, ChartName
from seaice.results.agreement import SIC_TOLERANCE

_BLOCK = 32


@dataclass(frozen=True)
class NeededContext:
    """The smallest field that gets each pixel right.

    Attributes:
        classes: (lines, samples) uint8: 0 if all fields are right, 1 if only small ones are (the
            smallest is right and a larger one wrong), n + 1 if field n is the smallest that is
            right, counted from 0, and fields + 1 if none is right; 255 without a label.
        labels: A name for each class but the last value.
        shares: Share of the labelled pixels in each class, 0 to 1.
    """

    classes: np.ndarray
    labels: tuple[str, ...]
    shares: tuple[float, ...]


def is_right(chart: ChartName, reference: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Where a prediction is right, (lines, samples) bool; of SIC, within 10 %.

    Args:
        chart: Which chart.
        reference: (lines, samples) uint8 classes, 255 without a label.
        predicted: (lines, samples) classes, or of SIC the continuous class index.
    """
    if chart != "SIC":
        right: np.ndarray = reference == predicted
        return right
    error = np.abs(np.rint(np.clip(predicted.astype(np.float32), 0, 10)) - reference)
    near: np.ndarray = error <= SIC_TOLERANCE
    return near


def needed_context(
    reference: np.ndarray, right: Sequence[np.ndarray], fields: Sequence[str]
) -> NeededContext:
    """Compare the networks of one channel set, the smallest field first.

    Args:
        reference: (lines, samples) uint8 classes, 255 without a label.
        right: (lines, samples) bool for each network.
        fields: Name of each network's field, such as "26 km".
    """
    stack = np.stack(list(right))
    count = len(stack)
    # argmax gives the first one that is right, and 0 where none is.
    classes = (stack.argmax(axis=0) + 1).astype(np.uint8)
    classes[~stack.any(axis=0)] = count + 1
    classes[stack.all(axis=0)] = 0
    labelled = reference != FILL
    classes[~labelled] = FILL
    counts = np.bincount(classes[labelled], minlength=count + 2)
    shares = counts / max(int(labelled.sum()), 1)
    labels = ("All fields", f"Only small, {fields[0]}", *(f"From {each}" for each in fields[1:]))
    return NeededContext(classes, (*labels, "None"), tuple(float(share) for share in shares))


def strongest_disagreement(
    reference: np.ndarray, one: np.ndarray, other: np.ndarray, block: int = _BLOCK
) -> tuple[slice, slice] | None:
    """The block of a scene in which one network is right and another is wrong most often.

    Args:
        reference: (lines, samples) uint8 classes, 255 without a label.
        one: (lines, samples) bool, where one network is right.
        other: The same of another.
        block: Pixels along a side of a block.

    Returns:
        Lines and samples of the block; None if the networks differ nowhere.
    """
    differs = (one != other) & (reference != FILL)
    if not differs.any():
        return None
    lines, samples = (-(-size // block) for size in differs.shape)
    padded = np.zeros((lines * block, samples * block), np.int64)
    padded[: differs.shape[0], : differs.shape[1]] = differs
    counts = padded.reshape(lines, block, samples, block).sum(axis=(1, 3))
    line, sample = np.unravel_index(int(counts.argmax()), counts.shape)
    top, left = int(line) * block, int(sample) * block
    return (
        slice(top, min(top + block, differs.shape[0])),
        slice(left, min(left + block, differs.shape[1])),
    )
