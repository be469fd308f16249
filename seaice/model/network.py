"""A DeepLabV3-like network whose atrous rates are the variable of interest."""

from dataclasses import dataclass
from typing import Literal

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.errors import ConfigError
from seaice.vocabulary import CHART, CHARTS, ENCODERS, ChartName, EncoderName, Rates, check_rates

# Index of timm's feature level by output stride: through layer2 at 8, through layer3 at 16.
_LEVEL = {8: 2, 16: 3}


@dataclass(frozen=True)
class NetworkConfig:
    """All that is needed to build a network.

    Attributes:
        in_channels: Number of input channels.
        rates: Atrous rates, one 3 x 3 branch each; empty for the control without any.
        encoder: timm's name of the encoder.
        output_stride: Pixels of the input along a feature cell; the encoder is never dilated.
        decoder_channels: Channels of each ASPP branch and of the decoder.

    Raises:
        ConfigError: A field is out of its bounds.
    """

    in_channels: int
    rates: Rates = (6, 12, 18)
    encoder: EncoderName = "resnet18"
    output_stride: Literal[8, 16] = 8
    decoder_channels: int = 32

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", check_rates(self.rates))
        if not 1 <= self.in_channels <= 64:
            raise ConfigError(f"A network has 1 to 64 input channels, not {self.in_channels}.")
        if self.encoder not in ENCODERS:
            raise ConfigError(f"No encoder {self.encoder!r}. There are: {', '.join(ENCODERS)}.")
        if self.output_stride not in _LEVEL:
            raise ConfigError(f"The output stride is 8 or 16, not {self.output_stride}.")
        if not 4 <= self.decoder_channels <= 512:
            raise ConfigError(f"A decoder has 4 to 512 channels, not {self.decoder_channels}.")

    @property
    def size_multiple(self) -> int:
        """Inputs are padded to a multiple of this: the 2 x 2 pooling needs an even feature grid."""
        return 2 * self.output_stride


def aspp_decoder(in_channels: int, rates: Rates, channels: int, outputs: int) -> nn.Sequential:
    """One chart's decoder: ASPP, 3 x 3 convolution, 1 x 1 output.

    torchvision's ASPP (DeepLabV3, arXiv 1706.05587) with its global pooling replaced by a local
    2 x 2 average, in the structure and order of geohai/autoice-challenge-geospatial-encoding, so
    that a state of that network fits.

    Args:
        in_channels: Channels of the features.
        rates: Atrous rates.
        channels: Channels of each branch.
        outputs: Outputs of the last convolution.

    Returns:
        Features (batch, in_channels, lines, samples) -> (batch, outputs, lines, samples).
    """
    aspp = ASPP(in_channels, list(rates), channels)
    aspp.convs[-1][0] = nn.AvgPool2d(2)
    return nn.Sequential(
        aspp,
        nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.Conv2d(channels, outputs, 1),
    )


class SeaIceNet(nn.Module):
    """Inputs -> SIC as a number on the class index, logits of SOD and FLOE.

    Attributes:
        config: What it was built from.
        encoder: timm's feature extractor, its keys as torchvision's ResNet has them.
        decoders: One decoder for each chart.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = timm.create_model(
            config.encoder,
            pretrained=False,
            features_only=True,
            out_indices=(_LEVEL[config.output_stride],),
            in_chans=config.in_channels,
        )
        features = self.encoder.feature_info.channels()[-1]
        self.decoders = nn.ModuleDict(
            {
                name: aspp_decoder(
                    features, config.rates, config.decoder_channels, CHART[name].n_outputs
                )
                for name in CHARTS
            }
        )

    def features(self, inputs: Tensor) -> Tensor:
        """Encoder output of inputs whose size is a multiple of the output stride x 2.

        Raises:
            ConfigError: It is not; names the size to pad to.
        """
        lines, samples = inputs.shape[-2:]
        multiple = self.config.size_multiple
        if lines % multiple or samples % multiple:
            padded = [-(-size // multiple) * multiple for size in (lines, samples)]
            raise ConfigError(
                f"Inputs of {lines} x {samples} pixels must be padded to "
                f"{padded[0]} x {padded[1]}, multiples of {multiple}."
            )
        return self.encoder(inputs)[-1]

    def head(self, chart: ChartName, features: Tensor) -> Tensor:
        """One chart's outputs at the resolution of the features."""
        return self.decoders[chart](features)

    def forward(self, inputs: Tensor) -> dict[ChartName, Tensor]:
        """Outputs of all charts on the input grid.

        Args:
            inputs: (batch, channels, lines, samples) float, sizes multiples of
                `config.size_multiple`.

        Returns:
            By chart: (batch, outputs, lines, samples); SIC has one output, unclipped.
        """
        features = self.features(inputs)
        return {
            name: self.upsample(self.head(name, features), inputs.shape[-2:]) for name in CHARTS
        }

    @staticmethod
    def upsample(outputs: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
        """Bilinear, by true position: half-pixel centres."""
        return F.interpolate(outputs, size=size, mode="bilinear", align_corners=False)
