"""Weight gradients of the default network's 3 x 3 convolutions: torch's, and shifted products.

Run: python benchmarks/weight_gradients.py [--rounds N]

The gradient of each tap is one product of the outputs' gradient with the shifted inputs. Both ways
take turns on the convolutions of a training step (32 patches of 160 x 160 pixels), in float32; they
must agree. The last line has the sums over the step's convolutions.
"""

import argparse
import statistics
import time
from collections import Counter

import torch
from machine import describe
from torch import Tensor, nn
from torch.nn import functional as F

from seaice.network.network import SeaIceNet
from seaice.training.config import TrainingConfig

_CLOSE = 1e-3
"""Largest difference, as a share of the largest gradient: both add up some 50,000 products."""


def shifted(inputs: Tensor, gradient: Tensor, layer: nn.Conv2d) -> Tensor:
    """Gradient of a 3 x 3 kernel, tap by tap: (outputs, inputs, 3, 3)."""
    (step, _), (pad, _), (spread, _) = layer.stride, layer.padding, layer.dilation
    lines, samples = gradient.shape[2:]
    padded = F.pad(inputs, (pad, pad, pad, pad)).permute(0, 2, 3, 1)
    of_outputs = gradient.permute(0, 2, 3, 1).flatten(0, 2).T
    taps = []
    for line in range(3):
        for sample in range(3):
            own = padded[
                :,
                line * spread : line * spread + step * lines : step,
                sample * spread : sample * spread + step * samples : step,
            ]
            taps.append(of_outputs @ own.reshape(-1, own.shape[-1]))
    return torch.stack(taps, -1).unflatten(-1, (3, 3))


def library(inputs: Tensor, gradient: Tensor, layer: nn.Conv2d) -> Tensor:
    """The same by torch."""
    return torch.nn.grad.conv2d_weight(
        inputs, layer.weight.shape, gradient, layer.stride, layer.padding, layer.dilation
    )


def convolutions(config: TrainingConfig) -> Counter[tuple[nn.Conv2d, torch.Size]]:
    """The different 3 x 3 convolutions of a step, with the shape of their inputs, and how often."""
    network = SeaIceNet(config.network())
    found: dict[tuple[object, ...], tuple[nn.Conv2d, torch.Size]] = {}
    count: Counter[tuple[nn.Conv2d, torch.Size]] = Counter()

    def note(layer: nn.Conv2d, inputs: tuple[Tensor, ...]) -> None:
        shape = inputs[0].shape
        same = layer.in_channels, layer.out_channels, layer.stride, layer.dilation, shape
        count[found.setdefault(same, (layer, shape))] += 1

    for layer in network.modules():
        if isinstance(layer, nn.Conv2d) and layer.kernel_size == (3, 3) and layer.groups == 1:
            layer.register_forward_pre_hook(note)
    with torch.no_grad():
        network(torch.zeros(config.batch, len(config.channels), config.patch, config.patch))
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(describe())
    sums = [0.0, 0.0]
    config = TrainingConfig(data="data", rates=(6, 12, 18), channel_set="sar+amsr2-18-36")
    for (layer, shape), times in convolutions(config).items():
        inputs = torch.randn(shape).to(memory_format=torch.channels_last)
        with torch.no_grad():
            gradient = torch.randn_like(layer(inputs))
        ways = library, shifted
        first, second = (way(inputs, gradient, layer) for way in ways)
        assert (first - second).abs().max() < _CLOSE * first.abs().max(), "the ways disagree"
        taken: list[list[float]] = [[], []]
        for _ in range(rounds):
            for number, way in enumerate(ways):
                begun = time.perf_counter()
                way(inputs, gradient, layer)
                taken[number].append(time.perf_counter() - begun)
        medians = [statistics.median(each) for each in taken]
        sums = [total + times * each for total, each in zip(sums, medians, strict=True)]
        what = f"{times} x {layer.in_channels}-{layer.out_channels}, rate {layer.dilation[0]}"
        print(f"{what:24}{_row(medians)}", flush=True)
    print(f"{'all':24}{_row(sums)}")


def _row(seconds: list[float]) -> str:
    own, other = (1000 * each for each in seconds)
    return f"library {own:7.1f} ms   shifted {other:7.1f} ms   ratio {other / own:.2f}"


if __name__ == "__main__":
    main()
