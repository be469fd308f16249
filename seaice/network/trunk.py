"""A network without rates as the common beginning of networks with any."""

from dataclasses import fields
from typing import cast

import torch
from torch import nn
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet


def check_trunk(trunk: NetworkConfig, network: NetworkConfig) -> None:
    """Check that a network can begin as a trunk.

    Args:
        trunk: The network without rates.
        network: The network that is to begin as it.

    Raises:
        ConfigError: The trunk has rates, or is built otherwise.
    """
    if trunk.rates:
        raise ConfigError("A trunk is a network with the rates 'none'. This one has others.")
    for field in fields(NetworkConfig):
        theirs, ours = getattr(trunk, field.name), getattr(network, field.name)
        if field.name != "rates" and theirs != ours:
            raise ConfigError(
                f"The trunk's {field.name} is {theirs}, that of the network is {ours}. "
                f"Use a trunk with the same {field.name}."
            )


def begin_as(network: SeaIceNet, trunk: SeaIceNet) -> None:
    """Give a network the weights of a trunk, so that it computes just what the trunk does.

    The branches with rates keep their weights, but what they contribute to the projection is
    multiplied by zero (as new paths begin in ReZero, Bachlechner et al. 2020, arXiv 2003.04887).
    Networks with different rates thus begin as the same function, and differ by what training
    makes of their branches.

    Args:
        network: The network, changed in place.
        trunk: A network without rates and otherwise built alike.

    Raises:
        ConfigError: The trunk has rates, or is built otherwise.
    """
    check_trunk(trunk.config, network.config)
    network.encoder.load_state_dict(trunk.encoder.state_dict())
    for name in CHARTS:
        aspp, *others = network.decoders[name].children()
        trunk_aspp, *trunk_others = trunk.decoders[name].children()
        _begin_aspp(cast("ASPP", aspp), cast("ASPP", trunk_aspp))
        for layer, source in zip(others, trunk_others, strict=True):
            layer.load_state_dict(source.state_dict())


def _begin_aspp(aspp: ASPP, trunk: ASPP) -> None:
    """Copy the first branch and the pooling; the projection reads nothing else."""
    for index in (0, -1):
        aspp.convs[index].load_state_dict(trunk.convs[index].state_dict())
    projection, *others = aspp.project.children()
    source, *trunk_others = trunk.project.children()
    kernel, trunk_kernel = (cast("nn.Conv2d", each).weight for each in (projection, source))
    branch = trunk_kernel.shape[1] // len(trunk.convs)
    with torch.no_grad():
        kernel.zero_()
        for columns in (slice(None, branch), slice(-branch, None)):
            kernel[:, columns] = trunk_kernel[:, columns]
    for layer, other in zip(others, trunk_others, strict=True):
        layer.load_state_dict(other.state_dict())
