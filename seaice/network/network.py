"""A network like DeepLabV3 with variable atrous rates."""

from typing import cast

import timm
import torch
from timm.models import FeatureInfo
from torch import Tensor, nn
from torch.nn import functional as F

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.core.errors import ConfigError
from seaice.network.aspp import aspp_decoder
from seaice.network.config import FEATURE_LEVEL, NetworkConfig
from seaice.network.stem import SeparableStem


class SeaIceNet(nn.Module):
    """Predicts SIC as a number on the scale of the class index, and logits of SOD and FLOE.

    Attributes:
        config: Configuration of the network.
        encoder: timm's feature extractor. Its keys are those of torchvision's ResNet, but for a
            separable stem.
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
            channels=config.stage_channels,
            # timm's plain stem has 64 outputs, its deep one twice this width. Of the deep stem only
            # that number is used: the separable one takes its place.
            stem_type="deep" if config.stem == "separable" else "",
            stem_width=config.width // 2,
        )
        if config.stem == "separable":
            self.encoder.conv1 = SeparableStem(
                config.in_channels, config.smooth_inputs, 2 * (config.width // 2)
            )
        # `features_only` adds `feature_info`, which timm does not annotate.
        features = cast("FeatureInfo", self.encoder.feature_info).channels()[-1]
        self.decoders = nn.ModuleDict(
            {
                name: aspp_decoder(
                    features,
                    config.rates,
                    config.decoder_channels,
                    CHART[name].n_outputs,
                    config.padding,
                )
                for name in CHARTS
            }
        )

    def features(self, inputs: Tensor) -> Tensor:
        """Encoder output; with renormalised padding 0 in cells without data.

        Args:
            inputs: (batch, channels, lines, samples) float, sizes multiples of
                `config.size_multiple`.

        Returns:
            (batch, features, lines / output stride, samples / output stride) float.

        Raises:
            ConfigError: The size is not such a multiple. The message names the size to pad to.
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
        if self.config.padding == "renormalised":
            features = features * self.cells_with_data(inputs)
        return features

    def cells_with_data(self, inputs: Tensor) -> Tensor:
        """Tell cells with a pixel that has data from others.

        Args:
            inputs: (batch, channels, lines, samples) float.

        Returns:
            (batch, 1, lines / output stride, samples / output stride), as the inputs: 1 or 0.
        """
        radar = list(self.config.radar_inputs)
        seen = inputs[:, radar] if radar else inputs
        pixels = (seen != 0).any(dim=1, keepdim=True).to(inputs.dtype)
        return F.max_pool2d(pixels, self.config.output_stride)

    def head(self, chart: ChartName, features: Tensor) -> Tensor:
        """Outputs of one chart at the resolution of the features."""
        outputs: Tensor = self.decoders[chart](features)
        return outputs

    def heads(self, inputs: Tensor) -> dict[ChartName, Tensor]:
        """Outputs of all charts at the resolution of the features.

        Args:
            inputs: As of `features`.

        Returns:
            By chart: (batch, outputs, lines / output stride, samples / output stride) float.
        """
        features = self.features(inputs)
        return {name: self.head(name, features) for name in CHARTS}

    def forward(self, inputs: Tensor) -> dict[ChartName, Tensor]:
        """Outputs of all charts on the input grid.

        Args:
            inputs: (batch, channels, lines, samples) float, sizes multiples of
                `config.size_multiple`.

        Returns:
            By chart: (batch, outputs, lines, samples) float. SIC has one output, not clipped.
        """
        size = inputs.shape[-2:]
        return {name: self.upsample(each, size) for name, each in self.heads(inputs).items()}

    @staticmethod
    def upsample(outputs: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
        """Upsample bilinearly with half-pixel centres, so that positions are kept."""
        return F.interpolate(outputs, size=size, mode="bilinear", align_corners=False)
