"""The decoder of one chart: an ASPP (atrous spatial pyramid pooling) and two convolutions."""

from torch import nn
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.network.rates import CENTRE, Rates


def aspp_decoder(in_channels: int, rates: Rates, channels: int, outputs: int) -> nn.Sequential:
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

    Returns:
        Features (batch, in_channels, lines, samples) -> (batch, outputs, lines, samples).
    """
    aspp = ASPP(in_channels, [max(rate, 1) for rate in rates], channels)
    aspp.convs[-1][0] = nn.AvgPool2d(2)
    if rates == CENTRE:
        for branch in aspp.convs[1:-1]:
            branch[0] = _centre_tap(branch[0])
    return nn.Sequential(
        aspp,
        nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.Conv2d(channels, outputs, 1),
    )


def _centre_tap(kernel: nn.Conv2d) -> nn.Conv2d:
    """The 1 x 1 convolution that the centre tap of a 3 x 3 kernel is.

    It takes over the tap's initial weights: with the same seed, all else starts alike with any
    three rates.
    """
    # Without content, so that no random numbers are drawn.
    point = nn.Conv2d(kernel.in_channels, kernel.out_channels, 1, bias=False, device="meta")
    point.weight = nn.Parameter(kernel.weight.detach()[..., 1:2, 1:2].clone())
    return point
