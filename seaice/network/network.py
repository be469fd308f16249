"""A DeepLabV3-like network whose atrous rates are the variable of interest."""

from typing import cast

import timm
import torch
from timm.models import FeatureInfo
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.segmentation.deeplabv3 import ASPP

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.core.errors import ConfigError
from seaice.network.config import FEATURE_LEVEL, NetworkConfig
from seaice.network.rates import Rates


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
            out_indices=(FEATURE_LEVEL[config.output_stride],),
            in_chans=config.in_channels,
        )
        # `features_only` adds it, which timm's annotations do not say.
        features = cast("FeatureInfo", self.encoder.feature_info).channels()[-1]
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
        features: Tensor = self.encoder(inputs)[-1]
        return features

    def head(self, chart: ChartName, features: Tensor) -> Tensor:
        """One chart's outputs at the resolution of the features."""
        outputs: Tensor = self.decoders[chart](features)
        return outputs

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
