"""Averaged weights and norms estimated anew, against computations by hand and in float64."""

import copy
import weakref
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from seaice.network.network import SeaIceNet
from seaice.training.evaluated import average, copy_of, decay, estimate_norms


def test_the_average_reaches_back_a_fixed_share():
    assert [decay(0.5, step) for step in (1, 2, 4, 100)] == [0, 0, 0.5, 0.98]
    assert decay(0.1, 10) == 0


def test_an_average_by_hand():
    averaged, current = nn.BatchNorm2d(1), nn.BatchNorm2d(1)
    by_hand = 0.0
    for step in range(1, 9):
        nn.init.constant_(current.weight, float(step**2))
        current.num_batches_tracked.fill_(step)
        average(averaged, current, decay(0.5, step))
        share = min(1.0, 2 / step)
        by_hand += share * (step**2 - by_hand)
    assert averaged.weight.item() == pytest.approx(by_hand)
    assert averaged.num_batches_tracked.item() == 8


def small() -> nn.Sequential:
    """Two convolutions with norms, and dropout between them."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(2, 3, 3),
        nn.BatchNorm2d(3),
        nn.Dropout(0.5),
        nn.Conv2d(3, 4, 1),
        nn.BatchNorm2d(4),
    )


def reference(network: nn.Sequential, batches: list[torch.Tensor]) -> list[torch.Tensor]:
    """Means and variances of both norms over all batches, in float64, by their definitions."""
    first, norm, _, second, _ = copy.deepcopy(network).double()
    sizes = torch.tensor([float(len(each)) for each in batches], dtype=torch.float64)
    share = (sizes / sizes.sum())[:, None]
    found = []
    for layer in range(2):
        means, variances = [], []
        for batch in batches:
            values = first(batch.double())
            mean, variance = values.mean((0, 2, 3)), values.var((0, 2, 3))
            if layer:
                spread = values.var((0, 2, 3), unbiased=False) + norm.eps
                scaled = (values - mean[:, None, None]) / spread.sqrt()[:, None, None]
                values = second(scaled * norm.weight[:, None, None] + norm.bias[:, None, None])
                mean, variance = values.mean((0, 2, 3)), values.var((0, 2, 3))
            means.append(mean)
            variances.append(variance)
        mean = (share * torch.stack(means)).sum(0)
        between = (share * (torch.stack(means) - mean) ** 2).sum(0)
        found += [mean, (share * torch.stack(variances)).sum(0) + between]
    return found


def test_norms_are_those_of_all_patches():
    network, inputs = small(), torch.randn(7, 2, 8, 8) * 3 + torch.arange(7.0)[:, None, None, None]
    with torch.no_grad():
        expected = reference(network, list(inputs.split(3)))
    weights = [each.clone() for each in network.parameters()]
    estimate_norms(network, inputs, 3)
    _, first, _, _, second = network
    found = [first.running_mean, first.running_var, second.running_mean, second.running_var]
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=1e-5, atol=1e-5)
    assert not network.training
    assert first.momentum == 0.1
    assert all(torch.equal(*pair) for pair in zip(weights, network.parameters(), strict=True))


def test_one_batch_is_held_at_a_time():
    """A batch of large patches takes as much memory as a layer."""
    network = small()
    held: list[weakref.ref[torch.Tensor]] = []
    network.register_forward_pre_hook(lambda _, inputs: held.append(weakref.ref(inputs[0]._base)))

    def patches() -> Iterator[torch.Tensor]:
        for _ in range(6):
            assert all(each() is None for each in held)
            yield torch.randn(2, 8, 8)

    estimate_norms(network, patches(), 2)
    assert len(held) == 3


def test_an_estimate_depends_on_the_patches_alone():
    inputs = torch.randn(4, 2, 8, 8)
    first, second = small(), small()
    first(torch.randn(3, 2, 8, 8))
    for network in (first, second):
        estimate_norms(network, inputs, 2)
    state = second.state_dict()
    for name, each in first.state_dict().items():
        if each.is_floating_point():
            assert torch.equal(each, state[name]), name


def test_a_copy_leaves_the_training_as_it_is(tiny_config):
    network = SeaIceNet(tiny_config("x").network()).train()
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    copied = copy_of(network)
    assert torch.equal(torch.rand(2), expected)
    assert network.training
    assert not copied.training
    average(copied, SeaIceNet(network.config), 0.0)
    assert not torch.equal(next(copied.parameters()), next(network.parameters()))
