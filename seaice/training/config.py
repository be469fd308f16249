"""One configuration of a run, checked, and the same in the form, the command and the file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

from seaice.data.sampling import Sampling, check_sampling
from seaice.errors import ConfigError
from seaice.model.network import EncoderName, NetworkConfig
from seaice.vocabulary import CHARTS, ChartName, Rates, channel_set, check_rates

Precision = Literal["auto", "float32", "bfloat16"]

_BEFORE = {"augment": False}
"""What a file that does not say so was trained with, where today's default is another."""


def _default_weights() -> dict[ChartName, float]:
    # SIC's squared error on the class index starts near 16, the cross-entropies near 2.
    return {"SIC": 0.25, "SOD": 1.0, "FLOE": 1.0}


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of one run.

    Attributes:
        data: Folder with the scenes.
        rates: Atrous rates.
        channel_set: Name of the channel set.
        train_list: Split file with names of scenes of `data`; empty: all of them.
        validation: Folder with validation scenes; empty: they are of `data`.
        validation_list: Split file with names of scenes that validate and never train; empty: all
            of the validation folder, or a share of `data` where there is none.
        validation_share: Share of the scenes that validates where neither folder nor list says.
        encoder: timm's name of the encoder.
        output_stride: Pixels along a feature cell.
        spacing_m: Pixel spacing, metres; finer scenes are coarsened to it.
        patch: Pixels of a patch along one side.
        batch: Patches of a step.
        steps: Optimizer steps.
        learning_rate: Peak of the one-cycle schedule.
        weight_decay: Of AdamW.
        loss_weights: Weight of each chart's loss.
        sampling: How the places of patches are drawn: `uniform` over the labelled area, or
            `balanced`, each class alike.
        augment: Whether patches are flipped and turned at random.
        seed: Of the weights, the split and the patches.
        precision: `auto` takes bfloat16 where the machine has units for it.
        workers: Processes that read patches; 0 reads in the training process.

    Raises:
        ConfigError: A field is out of its bounds.
    """

    data: str
    rates: Rates
    channel_set: str
    train_list: str = ""
    validation: str = ""
    validation_list: str = ""
    validation_share: float = 0.15
    encoder: EncoderName = "resnet18"
    output_stride: Literal[8, 16] = 8
    spacing_m: float = 400.0
    patch: int = 576
    batch: int = 4
    steps: int = 400
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    loss_weights: Mapping[ChartName, float] = field(default_factory=_default_weights)
    sampling: Sampling = "uniform"
    augment: bool = True
    seed: int = 0
    precision: Precision = "auto"
    workers: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", check_rates(self.rates))
        self._check_bounds()
        self._check_loss_weights()
        network = self.network()
        if self.patch % network.size_multiple:
            raise ConfigError(
                f"A patch's side is a multiple of {network.size_multiple} pixels (twice the "
                f"output stride), not {self.patch}."
            )
        cells = self.patch // self.output_stride
        if max(self.rates, default=0) >= cells:
            raise ConfigError(
                f"A patch of {self.patch} pixels is {cells} feature cells wide: rate "
                f"{max(self.rates)} would see nothing but padding. Take a larger patch."
            )
        self._check_choices()

    def _check_choices(self) -> None:
        if self.precision not in get_args(Precision):
            raise ConfigError(f"Precision is auto, float32 or bfloat16, not {self.precision!r}.")
        check_sampling(self.sampling)
        if not isinstance(self.augment, bool):
            raise ConfigError(f"augment is true or false, not {self.augment!r}.")
        for name in ("data", "train_list", "validation", "validation_list"):
            if not isinstance(getattr(self, name), str):
                raise ConfigError(f"{name} is the text of a path, not {getattr(self, name)!r}.")

    def _check_bounds(self) -> None:
        for name, low, high in (
            ("validation_share", 0.0, 0.9),
            ("spacing_m", 10, 10_000),
            ("patch", 16, 4096),
            ("batch", 1, 1024),
            ("steps", 1, 10_000_000),
            ("learning_rate", 1e-8, 1.0),
            ("weight_decay", 0.0, 1.0),
            ("seed", 0, 2**31 - 1),
            ("workers", 0, 64),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigError(f"{name} is between {low:g} and {high:g}, not {value}.")

    def _check_loss_weights(self) -> None:
        weights = dict(self.loss_weights)
        sensible = set(weights) == set(CHARTS) and all(0 <= w <= 1000 for w in weights.values())
        if not sensible or not any(weights.values()):
            raise ConfigError(
                f"loss_weights give {', '.join(CHARTS)} a number of 0 to 1000 each, not all 0; "
                f"got {weights}."
            )

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels in the order of the network's inputs."""
        return channel_set(self.channel_set)

    def network(self) -> NetworkConfig:
        """The network that these settings train."""
        return NetworkConfig(
            in_channels=len(self.channels),
            rates=self.rates,
            encoder=self.encoder,
            output_stride=self.output_stride,
        )

    def to_json(self) -> str:
        """As one JSON document; inverse of `from_json`."""
        return json.dumps(asdict(self), indent=2, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "TrainingConfig":
        """Read what `to_json` wrote, this version's or an earlier one's.

        Raises:
            ConfigError: A field is unknown, missing or out of its bounds.
        """
        try:
            return cls(**{**_BEFORE, **json.loads(text)})
        except (TypeError, json.JSONDecodeError) as error:
            raise ConfigError(f"Not a training configuration: {error}.") from error
