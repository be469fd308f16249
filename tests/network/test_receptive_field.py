import numpy as np
import pytest
import torch
from torch import nn

from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.rates import CENTRE
from seaice.network.receptive_field import (
    branch_span_cells,
    no_data_share,
    padding_share,
    receptive_field_px,
)


def every_path_counts(network: SeaIceNet) -> SeaIceNet:
    """Positive weights, no normalisation: nothing cancels and nothing is cut to zero."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    # The maximum passes a gradient to one pixel of its window, the mean to all of them.
    network.encoder.maxpool = nn.AvgPool2d(3, 2, 1)
    return network.double().eval()


def widest_gradient(network: SeaIceNet, size: int) -> int:
    """Largest extent of non-zero gradients over the output pixels of one period."""
    # Narrow: the field is measured along the lines, and no kernel of ours differs between the axes.
    shape = size, 2 * network.config.size_multiple
    image = torch.ones(1, 1, *shape, dtype=torch.float64, requires_grad=True)
    widest = 0
    features = network.features(image)
    outputs = network.upsample(network.head("SIC", features), shape)
    middle = size // 2
    for pixel in range(network.config.size_multiple):
        (gradient,) = torch.autograd.grad(
            outputs[0, 0, middle + pixel, shape[1] // 2], image, retain_graph=True
        )
        lines = gradient[0, 0].abs().sum(dim=1).nonzero()
        widest = max(widest, int(lines.max() - lines.min()) + 1)
    return widest


@pytest.mark.parametrize("rates", [(), (1,), (1, 2, 3), (3, 6, 9)])
def test_theory_equals_the_support_of_the_gradient(rates):
    network = every_path_counts(SeaIceNet(NetworkConfig(1, rates, decoder_channels=4)))
    assert widest_gradient(network, 416) == receptive_field_px(network)


@pytest.mark.parametrize("rates", [(), CENTRE, (1, 2, 3), (3, 6, 9)])
@pytest.mark.parametrize("smooth", [None, (), (0,)])
def test_theory_equals_the_support_at_stride_4(rates, smooth):
    stem = {"stem": "full"} if smooth is None else {"stem": "separable", "smooth_inputs": smooth}
    config = NetworkConfig(1, rates, output_stride=4, width=8, decoder_channels=4, **stem)
    network = every_path_counts(SeaIceNet(config))
    assert widest_gradient(network, 256) == receptive_field_px(network)


@pytest.mark.parametrize("stride", [4, 8])
def test_centre_sees_no_further_than_none(stride):
    none, centre, three = (
        receptive_field_px(SeaIceNet(NetworkConfig(3, rates, output_stride=stride)))
        for rates in ((), CENTRE, (3, 3, 3))
    )
    assert none == centre < three
    assert branch_span_cells(0) == 1
    assert padding_share(0, (12, 5)) == 0


def test_theory_equals_the_support_at_stride_16():
    network = SeaIceNet(NetworkConfig(1, (1, 2), output_stride=16, decoder_channels=4))
    assert widest_gradient(every_path_counts(network), 512) == receptive_field_px(network)


def test_a_branch_adds_two_cells_for_each_step_of_its_rate():
    small, large = (
        receptive_field_px(SeaIceNet(NetworkConfig(3, rates))) for rates in ((6, 12), (6, 13))
    )
    assert large - small == 2 * 8
    assert branch_span_cells(6) == 13


@pytest.mark.parametrize(
    ("rate", "cells"), [(1, (4, 4)), (3, (4, 4)), (4, (4, 4)), (36, (72, 72)), (5, (3, 12))]
)
def test_padding_share_matches_counted_taps(rate: int, cells: tuple[int, int]):
    taps = [
        (line + i * rate, sample + j * rate)
        for line in range(cells[0])
        for sample in range(cells[1])
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    ]
    outside = sum(not (0 <= i < cells[0] and 0 <= j < cells[1]) for i, j in taps)
    assert padding_share(rate, cells) == pytest.approx(outside / len(taps))


@pytest.mark.parametrize("rate", [1, 2, 5, 20])
def test_the_share_without_data_matches_counted_taps(rate: int):
    rng = np.random.default_rng(0)
    with_data = rng.random((9, 7)) < 0.6
    taps = [
        0 <= line + u < 9 and 0 <= sample + v < 7 and with_data[line + u, sample + v]
        for line, sample in zip(*np.nonzero(with_data), strict=True)
        for u in (-rate, 0, rate)
        for v in (-rate, 0, rate)
    ]
    assert no_data_share(rate, with_data) == pytest.approx(1 - np.mean(taps))
    whole = np.ones((9, 7), bool)
    assert no_data_share(rate, whole) == pytest.approx(padding_share(rate, (9, 7)))
    assert no_data_share(rate, ~whole) == 0
