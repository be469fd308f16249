"""All that is needed to build a network; imports no torch."""

from dataclasses import dataclass
from typing import Literal, get_args

from seaice.core.errors import ConfigError
from seaice.network.rates import Rates, check_rates

EncoderName = Literal["resnet18", "resnet34", "resnet50", "resnet152"]
ENCODERS: tuple[EncoderName, ...] = get_args(EncoderName)
"""Encoders by timm's names."""

FEATURE_LEVEL = {8: 2, 16: 3}
"""Index of timm's feature level by output stride: through layer2 at 8, through layer3 at 16."""


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
        if self.output_stride not in FEATURE_LEVEL:
            raise ConfigError(f"The output stride is 8 or 16, not {self.output_stride}.")
        if not 4 <= self.decoder_channels <= 512:
            raise ConfigError(f"A decoder has 4 to 512 channels, not {self.decoder_channels}.")

    @property
    def size_multiple(self) -> int:
        """Inputs are padded to a multiple of this: the 2 x 2 pooling needs an even feature grid."""
        return 2 * self.output_stride
