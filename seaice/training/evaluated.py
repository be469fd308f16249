"""Average the weights of a network, and estimate the statistics of its norms anew."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

import torch
from torch import Tensor, nn

from seaice.network.checkpoint import to_device
from seaice.network.network import SeaIceNet


def decay(averaging: float, step: int) -> float:
    """What averaged weights keep of themselves at a step.

    A power-function average (Karras et al. 2024, arXiv 2312.02696) reaches back a fixed share of
    the steps so far, however long the run is.

    Args:
        averaging: That share, 0 to 1.
        step: Number of the step, from 1.
    """
    return 1 - 1 / max(1.0, averaging * step)


def average(averaged: nn.Module, current: nn.Module, keep: float) -> None:
    """Move averaged weights towards the current ones.

    Statistics of batch norm are averaged like weights; counters are copied.

    Args:
        averaged: Changed in place.
        current: A network of the same structure.
        keep: Share of the former values to keep.
    """
    latest = current.state_dict()
    for name, value in averaged.state_dict().items():
        if value.is_floating_point():
            value.lerp_(latest[name], 1 - keep)
        else:
            value.copy_(latest[name])


def copy_of(network: SeaIceNet) -> SeaIceNet:
    """A network of the same weights, apart from the training: no gradients, no other devices.

    Its norms are plain ones, which do not wait for those of other processes.
    """
    # What the training draws does not depend on when it is validated.
    with torch.random.fork_rng(devices=[]):
        copied = SeaIceNet(network.config)
    copied.load_state_dict(network.state_dict())
    to_device(copied, next(network.parameters()).device)
    return copied.requires_grad_(False).eval()


@torch.no_grad()
def estimate_norms(
    network: nn.Module, inputs: Iterable[Tensor], at_once: int, part: nn.Module | None = None
) -> None:
    """Estimate the statistics of batch norms anew, each batch normalised by itself.

    Mean and variance are those of all batches together: the variance is the mean of the batches'
    variances plus the variance of their means. Everything else computes as in evaluation, without
    dropout. The network is left in evaluation mode.

    Args:
        network: Changed in place.
        inputs: Patches, each (channels, lines, samples) float32, all of one size.
        at_once: Patches in a batch. A rest of fewer patches counts by its share.
        part: The part of the network whose norms are estimated; all of it where None.
    """
    norms = [each for each in (part or network).modules() if isinstance(each, nn.BatchNorm2d)]
    network.eval()
    device = next(network.parameters()).device
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    sums = [torch.zeros(3, norm.num_features, dtype=torch.float64, device=device) for norm in norms]
    count = 0
    # Upsampled outputs take more memory than any layer, and no norm sees them.
    compute = network.heads if isinstance(network, SeaIceNet) else network
    for batch in _batches(inputs, at_once, device):
        compute(batch)
        size = len(batch)
        # Or it would stay while the next one is read.
        del batch
        count += size
        for total, norm in zip(sums, norms, strict=True):
            mean, variance = (each.double() for each in _statistics(norm))
            total += size * torch.stack([mean, mean.square(), variance])
    for norm, total, momentum in zip(norms, sums, momenta, strict=True):
        mean, square, variance = total / count
        for kept, value in zip(_statistics(norm), (mean, variance + square - mean**2), strict=True):
            kept.copy_(value)
        norm.momentum = momentum
    network.eval()


def _statistics(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise TypeError("a batch norm without statistics")
    return mean, variance


def _batches(inputs: Iterable[Tensor], at_once: int, device: torch.device) -> Iterator[Tensor]:
    """Batches with the channels last. One of large patches takes as much as a layer: no copies."""
    remaining = iter(inputs)
    while (first := next(remaining, None)) is not None:
        batch = torch.empty(
            (at_once, *first.shape),
            dtype=first.dtype,
            device=device,
            memory_format=torch.channels_last,
        )
        count = 0
        for count, patch in enumerate(chain([first], islice(remaining, at_once - 1)), 1):
            batch[count - 1] = patch
        yield batch[:count]
        del batch
