"""Networks with random weights whose outputs hang on every layer."""

import torch
from torch import nn

from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet


def varied_network(config: NetworkConfig, seed: int = 0) -> SeaIceNet:
    """A network in evaluation mode with random weights and random norms.

    An untrained encoder's last norm of each block is 0, which would leave its layers out.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = SeaIceNet(config).eval()
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.running_mean.normal_(0, 0.3)
                layer.running_var.uniform_(0.5, 2)
                layer.weight.data.uniform_(0.5, 1.5)
                layer.bias.data.normal_(0, 0.3)
    return network
