"""What the branches of a decoder say on average: it stands for a branch that is taken out."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import cast

import torch
from torch import Tensor, nn

from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.explain.near import in_cells
from seaice.explain.part import LARGEST_PX
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.results.tiled import MODEL_LOCK, features_in_cells, mixed_precision
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

BranchMeans = tuple[Tensor, ...]
"""The mean output of each branch over cells with data, (channels,) float32 each."""

SCENES = 5
"""Scenes of a folder that means are taken over."""


def branch_means(scenes: Sequence[Scene], checkpoint: Checkpoint, chart: ChartName) -> BranchMeans:
    """Means over the cells of several scenes; of a very large one, over its middle.

    Raises:
        ConfigError: No scene has a valid pixel.
        MissingChannelsError: A scene lacks channels of the checkpoint's channel set.
        MemoryShortError: There is too little memory for the encoder.
    """
    info, network = checkpoint.info, checkpoint.network
    sums: list[Tensor] = []
    cells = 0
    for scene in scenes:
        scene.require(info.channels, info.channel_set)
        part = _middle(scene.grid.at(info.spacing_m), network.config.size_multiple)
        inputs = read_inputs(scene, info.channels, info.spacing_m, part)
        if not inputs.valid.any():
            continue
        with MODEL_LOCK, torch.inference_mode(), mixed_precision(checkpoint):
            features = features_in_cells(checkpoint, inputs.values)
            seen = in_cells(inputs.valid, features.shape[-2:], network.config.output_stride)
            valid = torch.from_numpy(seen).to(features.device)
            own = int(seen.sum())
            means = means_over(network, chart, features, valid)
        added = [own * mean for mean in means]
        sums = [a + b for a, b in zip(sums, added, strict=True)] if sums else added
        cells += own
    if not cells:
        raise ConfigError("No scene has a valid pixel, so there is no mean of its branches.")
    return tuple(each / cells for each in sums)


def _middle(grid: PixelGrid, multiple: int) -> Window:
    """The whole grid; of a very large one, a square in its middle that begins at a multiple."""
    if grid.lines * grid.samples <= LARGEST_PX:
        return grid.whole
    side = int(LARGEST_PX**0.5) // 2
    lines, samples = (
        slice(start, min(size, start + side))
        for size in grid.shape
        for start in (max(0, (size - side) // 2) // multiple * multiple,)
    )
    return lines, samples


def means_over(
    network: SeaIceNet, chart: ChartName, features: Tensor, valid: Tensor
) -> BranchMeans:
    """Means over cells of one scene.

    Args:
        network: The network.
        chart: The chart.
        features: (1, features, cells, cells): the encoder's output.
        valid: (cells, cells) bool: the cell has data.
    """
    found: list[Tensor] = []

    def take(module: nn.Module, inputs: object, output: Tensor) -> None:
        found.append(output[0, :, valid].float().mean(dim=-1))

    with ExitStack() as stack:
        for branch in branches_of(network, chart):
            stack.callback(branch.register_forward_hook(take).remove)
        network.head(chart, features)
    return tuple(found)


def branches_of(network: SeaIceNet, chart: ChartName) -> Sequence[nn.Module]:
    """The branches of a chart's decoder, in order."""
    aspp = next(network.decoders[chart].children())
    # torchvision has no types.
    return list(cast("nn.ModuleList", aspp.convs))


@contextmanager
def without(branch: nn.Module, mean: Tensor) -> Iterator[None]:
    """Replace what a branch puts out by its mean, channel by channel.

    Args:
        branch: The branch.
        mean: (channels,) float.
    """

    def replace(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        return mean.to(output.dtype)[:, None, None].expand_as(output)

    handle = branch.register_forward_hook(replace)
    try:
        yield
    finally:
        handle.remove()
