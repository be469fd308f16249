"""What a network says of a region, as a function of the encoder's features."""

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import Window
from seaice.explain.gradcam import CamConfig
from seaice.explain.head import Head
from seaice.explain.targets import target_names
from seaice.network.checkpoint import Checkpoint
from seaice.network.network import SeaIceNet
from seaice.results.tiled import MODEL_LOCK, padded_tensor
from seaice.scenes.read import Inputs


def output_of(
    checkpoint: Checkpoint, inputs: Inputs, config: CamConfig, region: Window
) -> "RegionOutput":
    """What a network says of a region of a scene, to be asked what it rests on.

    Raises:
        ConfigError: The region has no valid pixel, or the network gives none of them the target.
    """
    if not inputs.valid[region].any():
        raise ConfigError("There is no valid pixel here, so there is no map to test.")
    tensor = padded_tensor(checkpoint, inputs.values)
    with MODEL_LOCK, torch.no_grad():
        features = checkpoint.network.features(tensor).float()
    asked = _asked(inputs.valid, region, tensor)
    output = RegionOutput(checkpoint.network, config, features, asked)
    if not output.pixels:
        name = target_names(config.chart)[config.target].lower()
        raise ConfigError(f"The network predicts no {name} here, so there is no map to test.")
    return output


class RegionOutput:
    """The target as a function of the encoder's features."""

    def __init__(
        self, network: SeaIceNet, config: CamConfig, features: Tensor, asked: Tensor
    ) -> None:
        size = asked.shape[-2], asked.shape[-1]
        self._head = Head(network, config.chart, size, config.target)
        self._network, self._config, self._features = network, config, features
        self.mask = asked
        if config.chart != "SIC":
            with torch.no_grad():
                outputs = SeaIceNet.upsample(network.head(config.chart, features), size)
            self.mask = asked & (outputs[0].argmax(0) == config.target)
        self.pixels = int(self.mask.sum())

    def __call__(self, features: Tensor) -> Tensor:
        """Mean contrast over the pixels of the target."""
        # Features are those of cells with data: without any, `argmax` would have found no pixel.
        mean: Tensor = (self._head(features)[0] * self.mask).sum() / self.pixels
        return mean

    def evidence(self) -> np.ndarray:
        """HiResCAM at the encoder: (cells, cells) float32, signed."""
        leaf = self._features.detach().requires_grad_(True)
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(self(leaf), leaf)
        raw: np.ndarray = (gradient * self._features)[0].sum(0).cpu().numpy()
        return raw

    def with_cells(
        self, kept: np.ndarray, field: np.ndarray, instead: Literal["mean", "nothing"] = "mean"
    ) -> float:
        """The target where the other cells of a field are replaced; computed on the field alone.

        Args:
            kept: (cells, cells) bool: these keep what they hold.
            field: (cells, cells) bool.
            instead: What the others hold: the field's mean, or 0 in every feature, from where
                HiResCAM counts.
        """
        within = torch.from_numpy(field).to(self._features.device)
        mean = self._features[..., within].mean(-1)[..., None, None]
        mean = mean if instead == "mean" else torch.zeros_like(mean)
        lost = within & ~torch.from_numpy(kept).to(self._features.device)
        cells = _box(field)
        stride = self._network.config.output_stride
        pixels = tuple(slice(side.start * stride, side.stop * stride) for side in cells)
        mask = self.mask[pixels]
        head = Head(
            self._network, self._config.chart, (mask.shape[0], mask.shape[1]), self._config.target
        )
        with torch.no_grad():
            changed = torch.where(lost, mean, self._features)[..., *cells]
            return float((head(changed)[0] * mask).sum() / self.pixels)


def _box(field: np.ndarray) -> Window:
    """The window of cells around a field, in whole blocks of the pooling branch."""
    lines, samples = (
        slice(int(at[0]) // 2 * 2, min(size, -(-(int(at[-1]) + 1) // 2) * 2))
        for at, size in zip(
            (np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))),
            field.shape,
            strict=True,
        )
    )
    return lines, samples


def _asked(valid: np.ndarray, region: Window, tensor: Tensor) -> Tensor:
    """Valid pixels of a region on the padded grid, (lines, samples) bool."""
    asked = torch.zeros(tensor.shape[-2:], dtype=torch.bool)
    asked[region] = torch.from_numpy(valid[region])
    return asked.to(tensor.device)
