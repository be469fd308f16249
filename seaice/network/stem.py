"""The first layer of an encoder whose inputs are treated by how finely they vary."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

_KERNEL, _STRIDE, _PADDING = 7, 2, 3
"""Those of a ResNet's first convolution."""


class SeparableStem(nn.Module):
    """A 7 x 7 convolution of stride 2, separable for the inputs that vary smoothly.

    Fine inputs pass the full convolution of a ResNet. Smooth inputs pass a depthwise convolution of
    the same window, then a 1 x 1 convolution (Sifre and Mallat 2014; Chollet 2017, arXiv
    1610.02357). The results are added, so the field is that of the full convolution. Where most
    inputs are smooth, this takes a fraction of its time.

    Args:
        in_channels: Number of inputs.
        smooth: Indices of the smooth inputs.
        channels: Number of outputs.

    Attributes:
        fine: Convolution of the fine inputs; None if there are none.
        depthwise: Convolution of each smooth input; None if there are none. It starts as the mean
            of its window.
        pointwise: Mixes their results; None if there are none.
    """

    def __init__(self, in_channels: int, smooth: Sequence[int], channels: int) -> None:
        super().__init__()
        window = _KERNEL, _STRIDE, _PADDING
        self.smooth_inputs = sorted(smooth)
        self.fine_inputs = [index for index in range(in_channels) if index not in smooth]
        fine, n = len(self.fine_inputs), len(self.smooth_inputs)
        self.fine = nn.Conv2d(fine, channels, *window, bias=False) if fine else None
        self.depthwise = nn.Conv2d(n, n, *window, groups=n, bias=False) if n else None
        self.pointwise = nn.Conv2d(n, channels, 1, bias=False) if n else None
        for layer in (self.fine, self.pointwise):
            if layer:
                # As timm initialises the convolutions of a ResNet.
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        if self.depthwise:
            nn.init.constant_(self.depthwise.weight, 1 / _KERNEL**2)

    @property
    def paths(self) -> list[tuple[list[int], nn.Sequential]]:
        """For each kind of input: its indices, and the layers that it passes in order."""
        paths = []
        if self.fine:
            paths.append((self.fine_inputs, nn.Sequential(self.fine)))
        if self.depthwise and self.pointwise:
            paths.append((self.smooth_inputs, nn.Sequential(self.depthwise, self.pointwise)))
        return paths

    def forward(self, inputs: Tensor) -> Tensor:
        """Outputs of the first layer.

        Args:
            inputs: (batch, inputs, lines, samples) float.

        Returns:
            (batch, channels, lines / 2, samples / 2) float, rounded up.
        """
        outputs = [layers(_selected(inputs, indices)) for indices, layers in self.paths]
        total: Tensor = sum(outputs[1:], outputs[0])
        return total


def _selected(inputs: Tensor, indices: Sequence[int]) -> Tensor:
    """Inputs of these indices, laid out as convolutions compute fastest."""
    # Runs of neighbours: picking single layers takes longer than the convolution.
    starts = [index for index in indices if index - 1 not in indices]
    ends = [index + 1 for index in indices if index + 1 not in indices]
    runs = [inputs[:, start:end] for start, end in zip(starts, ends, strict=True)]
    return torch.cat(runs, dim=1).contiguous(memory_format=torch.channels_last)
