"""Weights of the classes in the losses, from how often a run shows each class."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.core.errors import SceneError
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import read_chart
from seaice.training.config import TrainingConfig
from seaice.training.patches.dataset import PatchDataset

_SAMPLE = 300
"""Patches that are counted where their classes are drawn: dozens for the rarest class."""
_OPEN_FILES = 8


def weights_of_run(config: TrainingConfig, patches: PatchDataset) -> Mapping[ChartName, Tensor]:
    """Weights of the classes in a run; see `class_weights`.

    Balanced sampling shows rare classes more often already. So there the classes are counted in the
    first patches of the run, and with uniform sampling in its scenes.

    Args:
        config: Settings of the run.
        patches: Its patches.
    """
    if not config.class_balance:
        return {}
    uniform = config.sampling == "uniform"
    pixels = patches.area.pixels if uniform else _sampled_pixels(config, patches)
    return class_weights(pixels, config.class_balance)


def _sampled_pixels(config: TrainingConfig, patches: PatchDataset) -> np.ndarray:
    """(charts, classes) labelled pixels of each class in the first patches that can be read."""
    counts = np.zeros_like(patches.area.pixels)
    # Not through the dataset, whose files stay open: workers would inherit them.
    with OpenFiles(_OPEN_FILES, chunk_cache_bytes=None) as files:
        for index in range(min(_SAMPLE, len(patches))):
            scene, window = patches.draw(index)
            try:
                charts = [
                    read_chart(scene, name, config.spacing_m, window, files) for name in CHARTS
                ]
            except SceneError:
                continue
            for number, chart in enumerate(charts):
                counts[number] += np.bincount(chart.ravel(), minlength=256)[: counts.shape[1]]
    return counts


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
