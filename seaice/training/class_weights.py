"""Weights of the classes in the losses, from how often each class occurs."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName


def class_weights(pixels: np.ndarray, balance: float) -> Mapping[ChartName, Tensor]:
    """Weight of each class: its frequency to the power of -`balance`.

    The weights are scaled such that their mean over all labelled pixels is 1, so that each chart's
    loss keeps its size. A class that never occurs gets 1.

    Args:
        pixels: (charts, classes) number of labelled pixels of each class, in the order of `CHARTS`.
        balance: 0 for equal weights of all pixels, 1 for equal weights of all classes.

    Returns:
        By chart with a cross-entropy: (classes,) float32. Empty if `balance` is 0.
    """
    if not balance:
        return {}
    weights: dict[ChartName, Tensor] = {}
    for name, counts in zip(CHARTS, pixels, strict=True):
        if name != "SIC" and counts.any():
            weights[name] = torch.from_numpy(_of_chart(counts[: CHART[name].n_classes], balance))
    return weights


def _of_chart(counts: np.ndarray, balance: float) -> np.ndarray:
    present = counts > 0
    frequency = counts[present] / counts.sum()
    raw = frequency**-balance
    weights = np.ones(len(counts), np.float32)
    weights[present] = raw / (frequency * raw).sum()
    return weights
