"""Compute the theoretical receptive field of a network from its layers.

The theoretical receptive field is the extent of the input pixels that one output pixel can depend
on, along one side. It follows from kernel sizes, strides and dilations alone (Araujo et al.,
Distill 2019). The effective receptive field is smaller (Luo et al., NeurIPS 2016).
"""

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
from torch import nn
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.network.network import SeaIceNet
from seaice.network.stem import SeparableStem

Interval = tuple[int, int]
"""First and last index of a range of pixels or cells, along one side."""


def receptive_field_px(network: SeaIceNet) -> int:
    """Largest extent of input pixels that an output pixel of any chart can depend on.

    The extent differs between output pixels: it depends on their position between two feature
    centres and within a 2 x 2 pooling block. The result is the largest extent of one period.

    Args:
        network: The network. Its weights do not matter.

    Returns:
        Pixels along one side.
    """
    stride = network.config.output_stride
    encoder = encoder_layers(network.encoder)
    chains = [encoder + list(decoder.children()) for decoder in network.decoders.values()]
    widths = []
    for chain in chains:
        for pixel in range(network.config.size_multiple):
            low, high = through_chain(chain, upsampled_cells((pixel, pixel), stride))
            widths.append(high - low + 1)
    return max(widths)


def reach_px(network: SeaIceNet) -> int:
    """Distance along lines or samples that no input of an output pixel lies beyond, pixels.

    The field differs between the pixels of a period, and is not symmetric for each of them.
    """
    return receptive_field_px(network) // 2 + network.config.size_multiple


def branch_span_cells(rate: int) -> int:
    """Feature cells from the first to the last tap of a branch, along one side.

    >>> branch_span_cells(6), branch_span_cells(0)
    (13, 1)
    """
    return 2 * rate + 1


def padding_share(rate: int, cells: tuple[int, int]) -> float:
    """Share of the taps of a 3 x 3 branch that fall on padding, averaged over a feature grid.

    >>> round(padding_share(1, (1, 1)), 3), round(padding_share(36, (72, 72)), 3)
    (0.889, 0.556)

    Args:
        rate: Atrous rate, feature cells.
        cells: Feature cells along lines and samples.

    Returns:
        0 to 8/9.
    """
    lines, samples = ((1 + 2 * max(0, size - rate) / size) / 3 for size in cells)
    return 1 - lines * samples


def no_data_share(rate: int, with_data: np.ndarray) -> float:
    """Share of the taps of a 3 x 3 branch that fall on padding or on cells without data.

    Averaged over the cells with data; if all have data, it is `padding_share`.

    >>> no_data_share(1, np.array([[True, True, False]])) == 7 / 9
    True

    Args:
        rate: Atrous rate, feature cells.
        with_data: (lines, samples) bool: the feature cells with data.

    Returns:
        0 to 8/9; 0 without any cell with data.
    """
    lines, samples = with_data.shape
    around = np.pad(with_data, rate)
    starts = (0, rate, 2 * rate)
    taps = sum(
        int((around[line : line + lines, sample : sample + samples] & with_data).sum())
        for line in starts
        for sample in starts
    )
    cells = int(with_data.sum())
    return 1 - taps / (9 * cells) if cells else 0.0


def through_chain(layers: Iterable[nn.Module], needed: Interval) -> Interval:
    """Input interval that an output interval depends on, through layers applied in order."""
    for layer in reversed(list(layers)):
        needed = _through(layer, needed)
    return needed


def _through(layer: nn.Module, needed: Interval) -> Interval:
    if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        return _through_window(layer, needed)
    if isinstance(layer, ASPP):
        *branches, pooling = layer.convs
        intervals = [through_chain(branch, needed) for branch in branches]
        factor = _side(pooling[0].stride)
        intervals.append(through_chain(pooling, upsampled_cells(needed, factor)))
        return _union(intervals)
    if isinstance(layer, SeparableStem):
        return _union([through_chain(layers, needed) for _, layers in layer.paths])
    return needed  # pointwise: normalisation, activation, dropout


def _through_window(layer: nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d, needed: Interval) -> Interval:
    # timm and torchvision never use a string such as "same" as padding.
    padding = _side(cast("int | tuple[int, ...]", layer.padding))
    stride = _side(layer.stride)
    reach = (_side(layer.kernel_size) - 1) * _side(getattr(layer, "dilation", 1))
    return needed[0] * stride - padding, needed[1] * stride - padding + reach


def _union(intervals: Sequence[Interval]) -> Interval:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def upsampled_cells(needed: Interval, factor: int) -> Interval:
    """Cells that pixels of a bilinear upsampling depend on: whole factor, half-pixel centres."""
    low, high = ((index + 0.5) / factor - 0.5 for index in needed)
    return int(low // 1), int(-(-high // 1))


def _side(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]


def encoder_layers(module: nn.Module) -> list[nn.Module]:
    """An encoder's windowed layers along its longest path, in order.

    A ResNet block's shortcut (`downsample`, 1 x 1) never reaches further than its convolutions.
    """
    if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d | SeparableStem):
        return [module]
    parts = (part for name, part in module.named_children() if name != "downsample")
    return [layer for part in parts for layer in encoder_layers(part)]
