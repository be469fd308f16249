"""What a network says of a region, as a function of what a layer holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import Window
from seaice.explain.gradcam import CamConfig, raw_map
from seaice.explain.head import Head
from seaice.explain.near import box_of, near_field
from seaice.explain.targets import target_names
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.results.tiled import MODEL_LOCK, features_in_cells
from seaice.scenes.read import Inputs


def output_of(
    checkpoint: Checkpoint, inputs: Inputs, config: CamConfig, region: Window
) -> "RegionOutput":
    """What a network says of a region of a scene, to be asked what it rests on.

    Raises:
        ConfigError: The region has no valid pixel, the network gives none of them the target, or
            there is no such layer.
        MemoryShortError: There is too little memory for the encoder.
    """
    if not inputs.valid[region].any():
        raise ConfigError("There is no valid pixel here, so there is no map to test.")
    with MODEL_LOCK, torch.no_grad():
        features = features_in_cells(checkpoint, inputs.values).float()
    asked = _asked(inputs.valid, region, features, checkpoint.network.config.output_stride)
    output = RegionOutput(checkpoint.network, config, features, asked)
    output.cells = box_of(near_field(checkpoint.network, inputs.valid, region, features.shape[-2:]))
    if not output.pixels:
        name = target_names(config.chart)[config.target].lower()
        raise ConfigError(f"The network predicts no {name} here, so there is no map to test.")
    return output


class RegionOutput:
    """The target as a function of what the cells of a layer hold.

    Attributes:
        mask: (lines, samples) bool: pixels of the target.
        pixels: How many these are.
        cells: Cells that the target is computed on: all that it can depend on, at least.
    """

    def __init__(
        self, network: SeaIceNet, config: CamConfig, features: Tensor, asked: Tensor
    ) -> None:
        size = asked.shape[-2], asked.shape[-1]
        self._head = Head(network, config.chart, size, config.target)
        self._network, self._config, self._features = network, config, features
        self.cells: Window = slice(0, features.shape[-2]), slice(0, features.shape[-1])
        self.mask = asked
        if config.chart != "SIC":
            with torch.no_grad():
                outputs = SeaIceNet.upsample(network.head(config.chart, features), size)
            self.mask = asked & (outputs[0].argmax(0) == config.target)
        self.pixels = int(self.mask.sum())

    def evidence(self) -> np.ndarray:
        """The map by the configuration's method at its layer: (cells, cells) float32, signed."""
        return raw_map(self._head, self._config, self._features, self.mask)

    def with_cells(
        self, kept: np.ndarray, field: np.ndarray, instead: Literal["mean", "nothing"] = "mean"
    ) -> float:
        """The target where the layer's other cells of a field are replaced.

        Args:
            kept: (cells, cells) bool: these keep what they hold.
            field: (cells, cells) bool.
            instead: What the others hold: the field's mean, or 0 in every channel of the layer,
                from where HiResCAM counts.
        """
        device = self._features.device
        within = torch.from_numpy(field).to(device)
        lost = (within & ~torch.from_numpy(kept).to(device))[self.cells]
        mean = self._activations[..., within].mean(-1)[..., None, None]
        mean = mean if instead == "mean" else torch.zeros_like(mean)
        stride = self._network.config.output_stride
        mask = self.mask[*(slice(side.start * stride, side.stop * stride) for side in self.cells)]
        size = mask.shape[0], mask.shape[1]
        head = Head(self._network, self._config.chart, size, self._config.target)
        with torch.no_grad(), _replaced(head.layer(self._config.layer), lost, mean):
            outputs = head(self._features[..., *self.cells])
            return float((outputs[0] * mask).sum() / self.pixels)

    @cached_property
    def _activations(self) -> Tensor:
        """What the layer holds, (1, channels, cells, cells) float."""
        found: list[Tensor] = []
        layer = self._head.layer(self._config.layer)
        hook = layer.register_forward_hook(lambda module, inputs, output: found.append(output))
        try:
            with torch.no_grad():
                self._head(self._features)
        finally:
            hook.remove()
        return found[0]


@contextmanager
def _replaced(layer: nn.Module, lost: Tensor, instead: Tensor) -> Iterator[None]:
    """Replace what a layer puts out in some cells.

    Args:
        layer: The layer.
        lost: (cells, cells) bool: the cells.
        instead: (1, channels, 1, 1) float: what stands there.
    """

    def replace(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        return torch.where(lost, instead, output)

    hook = layer.register_forward_hook(replace)
    try:
        yield
    finally:
        hook.remove()


def _asked(valid: np.ndarray, region: Window, features: Tensor, stride: int) -> Tensor:
    """Valid pixels of a region on the padded grid, (lines, samples) bool."""
    lines, samples = features.shape[-2:]
    asked = torch.zeros((stride * lines, stride * samples), dtype=torch.bool)
    asked[region] = torch.from_numpy(valid[region])
    return asked.to(features.device)
