"""A network that begins as a trunk computes what the trunk does, and its branches can learn."""

from dataclasses import replace

import pytest
import torch

from seaice.core.errors import ConfigError
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.trunk import begin_as

TRUNK = NetworkConfig(4, (), output_stride=4, width=8, stem="separable", smooth_inputs=(2, 3))
RATES = [(), (0, 0, 0), (2,), (1, 2, 3), (6, 12, 18)]


@pytest.fixture
def trunk() -> SeaIceNet:
    """A trunk whose statistics of batch norm are not those that a new network has."""
    torch.manual_seed(1)
    network = SeaIceNet(TRUNK)
    with torch.no_grad():
        network(3 * torch.randn(4, 4, 64, 64) + 1)
    return network.eval()


def begun(trunk: SeaIceNet, **fields) -> SeaIceNet:
    network = SeaIceNet(replace(trunk.config, **fields))
    begin_as(network, trunk)
    return network.eval()


@pytest.mark.parametrize("padding", ["zeros", "renormalised"])
@pytest.mark.parametrize("rates", RATES)
def test_it_computes_what_the_trunk_does(rates, padding):
    torch.manual_seed(2)
    source = SeaIceNet(replace(TRUNK, padding=padding)).eval()
    inputs = torch.randn(2, 4, 64, 64)
    network = begun(source, rates=rates)
    with torch.no_grad():
        ours, theirs = network(inputs), source(inputs)
    for name, outputs in theirs.items():
        torch.testing.assert_close(ours[name], outputs, rtol=1e-5, atol=1e-5)


def test_statistics_are_taken_over(trunk):
    inputs = torch.randn(1, 4, 64, 64)
    with torch.no_grad():
        ours, theirs = begun(trunk, rates=(1, 2, 3))(inputs), trunk(inputs)
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-5) for name in theirs)


@pytest.mark.parametrize("rates", [(0, 0, 0), (1, 2, 3)])
def test_its_branches_learn(trunk, rates):
    """The first step moves what is multiplied by zero, the second one what it multiplies."""
    network = begun(trunk, rates=rates).train()
    aspp = network.decoders["SOD"][0]
    before = aspp.convs[2][0].weight.detach().clone()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for _ in range(2):
        network(torch.randn(2, 4, 64, 64))["SOD"].square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    branch = aspp.convs[0][0].out_channels
    assert aspp.project[0].weight[:, branch:-branch].abs().max() > 0
    assert not torch.equal(aspp.convs[2][0].weight, before)


def test_branches_keep_the_weights_of_their_seed(trunk):
    torch.manual_seed(3)
    alone = SeaIceNet(replace(TRUNK, rates=(1, 2, 3)))
    torch.manual_seed(3)
    network = begun(trunk, rates=(1, 2, 3))
    for ours, theirs in zip(
        network.decoders["SIC"][0].convs[1:-1], alone.decoders["SIC"][0].convs[1:-1], strict=True
    ):
        assert torch.equal(ours[0].weight, theirs[0].weight)


@pytest.mark.parametrize(
    "fields", [{"width": 16}, {"output_stride": 8}, {"in_channels": 5}, {"smooth_inputs": (3,)}]
)
def test_a_trunk_that_is_built_otherwise_is_refused(trunk, fields):
    network = SeaIceNet(replace(TRUNK, rates=(1, 2, 3), **fields))
    with pytest.raises(ConfigError, match=f"The trunk's {next(iter(fields))} is"):
        begin_as(network, trunk)


def test_a_trunk_has_no_rates():
    source = SeaIceNet(replace(TRUNK, rates=(1, 2, 3)))
    with pytest.raises(ConfigError, match="A trunk is a network with the rates 'none'"):
        begin_as(source, source)
