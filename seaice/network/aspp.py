"""The decoder of one chart: an ASPP (atrous spatial pyramid pooling) and two convolutions."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.network.config import PaddingName
from seaice.network.rates import CENTRE, Rates


def aspp_decoder(
    in_channels: int, rates: Rates, channels: int, outputs: int, padding: PaddingName = "zeros"
) -> nn.Sequential:
    """Build the decoder of one chart: ASPP, a 3 x 3 convolution and a 1 x 1 convolution.

    The ASPP is torchvision's (DeepLabV3, arXiv 1706.05587), with a local 2 x 2 average in place of
    its global pooling. A branch of the rates `CENTRE` keeps the centre tap of its kernel
    alone, which makes it a 1 x 1 convolution. Structure and order of the layers are those of
    geohai/autoice-challenge-geospatial-encoding, so that the weights of that network fit.

    Args:
        in_channels: Channels of the features.
        rates: Atrous rates.
        channels: Channels of each branch.
        outputs: Outputs of the last convolution.
        padding: What is made of taps on cells without data; see `RenormalisedConv2d`.

    Returns:
        Features (batch, in_channels, lines, samples) -> (batch, outputs, lines, samples).
    """
    aspp = ASPP(in_channels, [max(rate, 1) for rate in rates], channels)
    aspp.convs[-1][0] = nn.AvgPool2d(2)
    if rates == CENTRE:
        for branch in aspp.convs[1:-1]:
            branch[0] = _centre_tap(branch[0])
    convolution = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
    others = nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, outputs, 1)
    if padding == "zeros":
        return nn.Sequential(aspp, convolution, *others)
    aspp.convs[-1][0] = RenormalisedMean(2)
    for branch in aspp.convs[1:-1]:
        branch[0] = RenormalisedConv2d.of(branch[0])
    return _RenormalisedDecoder(aspp, RenormalisedConv2d.of(convolution), *others)


def cells_with_data(features: Tensor) -> Tensor:
    """1 in cells where a feature is not 0, else 0.

    With renormalised padding, the network sets the features of cells without data to 0.

    Args:
        features: (batch, channels, cells, cells) float.

    Returns:
        (batch, 1, cells, cells), as the features.
    """
    return (features != 0).any(dim=1, keepdim=True).to(features.dtype)


class RenormalisedConv2d(nn.Conv2d):
    """A convolution that leaves out the taps on cells without data, masked or beyond the border.

    The sum over the others is multiplied by all taps / taps with data, as in partial convolutions
    (Liu et al. 2018, arXiv 1804.07723), but the mask stays the same from layer to layer. Where no
    tap has data, the output is 0.
    """

    @classmethod
    def of(cls, layer: nn.Conv2d) -> "RenormalisedConv2d":
        """The same layer with the same weights: square, odd, without stride and bias."""
        side, rate = layer.kernel_size[0], layer.dilation[0]
        # Without content, so that no random numbers are drawn.
        new = cls(
            layer.in_channels,
            layer.out_channels,
            side,
            padding=rate * (side // 2),
            dilation=rate,
            bias=False,
            device="meta",
        )
        new.weight = layer.weight
        return new

    def forward(self, inputs: Tensor, valid: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            inputs: (batch, channels, cells, cells) float, 0 in cells without data.
            valid: (batch, 1, cells, cells) as the inputs: 1 in cells with data, else 0; told from
                the inputs if None.
        """
        if valid is None:
            valid = cells_with_data(inputs)
        window = torch.ones_like(self.weight[:1, :1])
        with_data = F.conv2d(valid, window, None, self.stride, self.padding, self.dilation)
        outputs: Tensor = super().forward(inputs)
        return outputs * (window.numel() / with_data.clamp(min=1)).to(outputs.dtype)


class RenormalisedMean(nn.AvgPool2d):
    """A mean over the cells with data. Without any it is 0."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Average (batch, channels, cells, cells) float, 0 in cells without data."""
        share = super().forward(cells_with_data(inputs))
        mean: Tensor = super().forward(inputs)
        return mean / torch.where(share > 0, share, 1)


class _RenormalisedDecoder(nn.Sequential):
    """A decoder whose second convolution leaves out cells without data too."""

    def forward(self, features: Tensor) -> Tensor:
        aspp, convolution, *others = self
        valid = cells_with_data(features)
        outputs: Tensor = convolution(aspp(features) * valid, valid)
        for layer in others:
            outputs = layer(outputs)
        return outputs


def _centre_tap(kernel: nn.Conv2d) -> nn.Conv2d:
    """The 1 x 1 convolution that the centre tap of a 3 x 3 kernel is.

    It takes over the tap's initial weights: with the same seed, all else starts alike with any
    three rates.
    """
    # Without content, so that no random numbers are drawn.
    point = nn.Conv2d(kernel.in_channels, kernel.out_channels, 1, bias=False, device="meta")
    point.weight = nn.Parameter(kernel.weight.detach()[..., 1:2, 1:2].clone())
    return point
