"""How to build a network. Needs no torch."""

from dataclasses import dataclass
from typing import Literal, get_args

from seaice.core.errors import ConfigError
from seaice.network.rates import Rates, check_rates

EncoderName = Literal["resnet18", "resnet34", "resnet50", "resnet152"]
ENCODERS: tuple[EncoderName, ...] = get_args(EncoderName)
"""Encoders by their timm names."""

FEATURE_LEVEL = {8: 2, 16: 3}
"""Index of timm's feature level by output stride: up to layer2 for 8, up to layer3 for 16."""


@dataclass(frozen=True)
class NetworkConfig:
    """How to build a network.

    Attributes:
        in_channels: Number of input channels.
        rates: Atrous rates, one 3 x 3 branch each; empty for the control without any.
        encoder: timm's name of the encoder.
        output_stride: Input pixels per feature cell. The encoder is never dilated.
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
            raise ConfigError(f"in_channels must be 1 to 64, not {self.in_channels}.")
        if self.encoder not in ENCODERS:
            raise ConfigError(
                f"encoder must be one of {', '.join(ENCODERS)}, not {self.encoder!r}."
            )
        if self.output_stride not in FEATURE_LEVEL:
            raise ConfigError(f"output_stride must be 8 or 16, not {self.output_stride}.")
        if not 4 <= self.decoder_channels <= 512:
            raise ConfigError(f"decoder_channels must be 4 to 512, not {self.decoder_channels}.")

    @property
    def size_multiple(self) -> int:
        """Inputs are padded to a multiple of this: the 2 x 2 pooling needs an even feature grid."""
        return 2 * self.output_stride
