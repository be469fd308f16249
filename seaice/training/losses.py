"""Losses over the labelled pixels of each chart."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from seaice.ai4arctic.charts import CHARTS, FILL, ChartName


def labelled_pixels(charts: Tensor) -> Tensor:
    """Number of labelled pixels in each chart.

    Args:
        charts: (batch, 3, lines, samples) uint8 in the order of `CHARTS`, 255 where unlabelled.

    Returns:
        (3,) float32.
    """
    return (charts != FILL).sum(dim=(0, 2, 3)).float()


def chart_loss(
    chart: ChartName,
    outputs: Tensor,
    reference: Tensor,
    labelled: Tensor | None = None,
    class_weights: Tensor | None = None,
) -> Tensor:
    """Loss of one chart: squared error of the class index for SIC, else cross-entropy.

    Args:
        chart: Name of the chart.
        outputs: (batch, outputs, lines, samples) float.
        reference: (batch, lines, samples) uint8, 255 where unlabelled.
        labelled: Number of pixels to divide the sum by. If None, the labelled pixels in
            `reference`.
        class_weights: (classes,) float32, weights of the classes in the cross-entropy. If None,
            all are 1.

    Returns:
        Mean over the labelled pixels, float32 scalar. Without labelled pixels it is zero and has a
        gradient of zero.
    """
    outputs, target = outputs.float(), reference.long()
    if labelled is None:
        labelled = (target != FILL).sum()
    labelled = torch.where(labelled > 0, labelled, 1)
    if chart == "SIC":
        error = (outputs.squeeze(1) - target).square()
        return torch.where(target != FILL, error, 0.0).sum() / labelled
    loss = F.cross_entropy(outputs, target, class_weights, ignore_index=FILL, reduction="sum")
    return loss / labelled


def total_loss(
    outputs: Mapping[ChartName, Tensor],
    charts: Tensor,
    weights: Mapping[ChartName, float],
    labelled: Tensor | None = None,
    class_weights: Mapping[ChartName, Tensor] | None = None,
) -> tuple[Tensor, dict[ChartName, Tensor]]:
    """Weighted sum of the losses of all charts.

    Args:
        outputs: The network's outputs by chart.
        charts: (batch, 3, lines, samples) uint8 in the order of `CHARTS`.
        weights: Weight of each chart.
        labelled: (3,) number of pixels to divide the sum of each chart by. Pass the numbers of a
            whole batch so that the losses of its parts add up to the loss of the batch. If None,
            the labelled pixels in `charts`.
        class_weights: Weights of the classes of each chart; 1 where a chart has none.

    Returns:
        The weighted sum, and the unweighted loss of each chart.
    """
    counts = labelled_pixels(charts) if labelled is None else labelled
    by_class = class_weights or {}
    parts = {
        name: chart_loss(name, outputs[name], charts[:, index], counts[index], by_class.get(name))
        for index, name in enumerate(CHARTS)
    }
    return sum((weights[name] * part for name, part in parts.items()), torch.zeros(())), parts
