"""How to build a network. Needs no torch."""

from dataclasses import dataclass
from typing import Literal, get_args

from seaice.core.errors import ConfigError
from seaice.network.rates import Rates, check_rates

EncoderName = Literal["resnet18", "resnet34", "resnet50", "resnet152"]
ENCODERS: tuple[EncoderName, ...] = get_args(EncoderName)
"""Encoders by their timm names."""

OutputStride = Literal[4, 8, 16]
FEATURE_LEVEL: dict[OutputStride, int] = {4: 1, 8: 2, 16: 3}
"""Index of timm's feature level by output stride: 4 ends behind layer1, 8 behind layer2, 16 behind
layer3."""

MIN_WIDTH, MAX_WIDTH = 4, 256
MIN_DECODER_CHANNELS, MAX_DECODER_CHANNELS = 4, 512

StemName = Literal["full", "separable"]
STEMS: tuple[StemName, ...] = get_args(StemName)
"""How the first convolution treats inputs that vary smoothly: like the others, or separably."""

PaddingName = Literal["zeros", "renormalised"]
PADDINGS: tuple[PaddingName, ...] = get_args(PaddingName)
"""What a decoder makes of taps that fall on cells without data: zeros, or it leaves them out."""


@dataclass(frozen=True)
class NetworkConfig:
    """How to build a network.

    Attributes:
        in_channels: Number of input channels.
        rates: Atrous rates, one 3 x 3 branch each; empty for the control without any.
        encoder: timm's name of the encoder.
        output_stride: Input pixels per feature cell. The encoder is never dilated.
        width: Channels of the encoder's first stage; each later stage has twice as many as the one
            before. A bottleneck's output has four times as many.
        stem: How the first convolution treats smooth inputs. A full one has 64 outputs, whatever
            the width; a separable one has `width`, rounded down to an even number.
        smooth_inputs: Indices of the inputs that a separable stem treats as smooth.
        padding: What the decoders make of taps beyond the scene and on masked cells.
        radar_inputs: Indices of the inputs that are 0 where the radar is masked. With renormalised
            padding, a cell has data if one of its pixels is not 0 in one of them; in any input if
            there are none.
        decoder_channels: Channels of each ASPP branch and of the decoder.

    Raises:
        ConfigError: A field is out of its bounds.
    """

    in_channels: int
    rates: Rates = (6, 12, 18)
    encoder: EncoderName = "resnet18"
    output_stride: OutputStride = 8
    width: int = 64
    decoder_channels: int = 32
    stem: StemName = "full"
    smooth_inputs: tuple[int, ...] = ()
    padding: PaddingName = "zeros"
    radar_inputs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", check_rates(self.rates))
        if not 1 <= self.in_channels <= 64:
            raise ConfigError(f"in_channels must be 1 to 64, not {self.in_channels}.")
        if self.encoder not in ENCODERS:
            raise ConfigError(
                f"encoder must be one of {', '.join(ENCODERS)}, not {self.encoder!r}."
            )
        if self.output_stride not in FEATURE_LEVEL:
            raise ConfigError(f"output_stride must be 4, 8 or 16, not {self.output_stride}.")
        if not MIN_DECODER_CHANNELS <= self.decoder_channels <= MAX_DECODER_CHANNELS:
            raise ConfigError(
                f"decoder_channels must be {MIN_DECODER_CHANNELS} to {MAX_DECODER_CHANNELS}, not "
                f"{self.decoder_channels}."
            )
        if not MIN_WIDTH <= self.width <= MAX_WIDTH:
            raise ConfigError(f"width must be {MIN_WIDTH} to {MAX_WIDTH}, not {self.width}.")
        self._check_inputs("stem", STEMS, "smooth_inputs", "full")
        self._check_inputs("padding", PADDINGS, "radar_inputs", "zeros")

    def _check_inputs(self, name: str, choices: tuple[str, ...], inputs: str, plain: str) -> None:
        """Check a choice, and the indices of inputs that it uses if it is not the plain one."""
        choice, indices = getattr(self, name), tuple(getattr(self, inputs))
        object.__setattr__(self, inputs, indices)
        if choice not in choices:
            raise ConfigError(f"{name} must be one of {', '.join(choices)}, not {choice!r}.")
        if indices and choice == plain:
            raise ConfigError(f"{inputs} has no meaning with the {name} {plain!r}.")
        known = range(self.in_channels)
        if any(index not in known for index in indices) or len(set(indices)) < len(indices):
            raise ConfigError(
                f"{inputs} must be different numbers from 0 to {self.in_channels - 1}, not "
                f"{', '.join(map(str, indices))}."
            )

    @property
    def stage_channels(self) -> tuple[int, int, int, int]:
        """Channels of each of the encoder's stages, as timm's ResNet takes them."""
        return self.width, 2 * self.width, 4 * self.width, 8 * self.width

    @property
    def size_multiple(self) -> int:
        """Inputs are padded to a multiple of this: the 2 x 2 pooling needs an even feature grid."""
        return 2 * self.output_stride
