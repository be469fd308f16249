"""One configuration of a run, checked: the form, the command's options and `config.json`."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from seaice.ai4arctic.channels import CHANNEL_SETS, channel_set
from seaice.ai4arctic.charts import ChartName
from seaice.ai4arctic.layout import MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import ConfigError
from seaice.network.config import ENCODERS, EncoderName
from seaice.network.rates import MAX_RATE, MAX_RATES, Rates, check_rates
from seaice.training.patches.sampling import SAMPLINGS, Sampling
from seaice.training.settings import Setting, check, settings_of

if TYPE_CHECKING:
    # The command line knows these settings without torch.
    from seaice.network.config import NetworkConfig

Precision = Literal["auto", "float32", "bfloat16"]
Schedule = Literal["one-cycle", "cosine", "constant"]


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of one run; each field's words are its `Setting`.

    SIC's squared error on the class index starts near 16, the cross-entropies of SOD and FLOE near
    2: hence the default weights.

    Raises:
        ConfigError: A field is out of its bounds, or does not go with another one.
    """

    data: Annotated[
        str,
        Setting("Data folder", "Folder with scenes to train with.", "Data", variable="SEAICE_DATA"),
    ]
    rates: Annotated[
        Rates,
        Setting(
            "Atrous rates",
            f"None to {MAX_RATES} whole numbers of 1 to {MAX_RATE} such as 6-12-18, or none.",
            "Network",
        ),
    ]
    channel_set: Annotated[
        str,
        Setting(
            "Channel set",
            f"{', '.join(CHANNEL_SETS)}; or names of channels, joined by commas.",
            "Network",
            option="channels",
        ),
    ]
    train_list: Annotated[
        str, Setting("Training list", "JSON list of the scenes to train with.", "Data")
    ] = ""
    validation: Annotated[
        str, Setting("Validation folder", "Folder with validation scenes.", "Data")
    ] = ""
    validation_list: Annotated[
        str, Setting("Validation list", "JSON list of the scenes that validate.", "Data")
    ] = ""
    validation_share: Annotated[
        float,
        Setting(
            "Validation share", "Share that validates where no folder or list says.", "Data", 0, 0.9
        ),
    ] = 0.15
    encoder: Annotated[
        EncoderName, Setting("Encoder", "timm's name of it.", "Network", choices=ENCODERS)
    ] = "resnet18"
    output_stride: Annotated[
        Literal[8, 16],
        Setting("Output stride", "Pixels along a feature cell.", "Network", choices=(8, 16)),
    ] = 8
    spacing_m: Annotated[
        float,
        Setting(
            "Pixel spacing, m",
            "Finer scenes are coarsened to it, metres.",
            "Data",
            MIN_SPACING_M,
            MAX_SPACING_M,
        ),
    ] = 400.0
    patch: Annotated[
        int,
        Setting(
            "Patch, pixels",
            "Pixels along one side, a multiple of twice the output stride.",
            "Training",
            16,
            4096,
        ),
    ] = 576
    batch: Annotated[
        int, Setting("Batch", "Patches of a step, of all devices together.", "Training", 1, 1024)
    ] = 4
    accumulate: Annotated[
        int,
        Setting(
            "Parts of a batch",
            "Parts that a batch is computed in, one after another, to save memory.",
            "Machine",
            1,
            1024,
        ),
    ] = 1
    steps: Annotated[int, Setting("Steps", "Optimizer steps.", "Training", 1, 10_000_000)] = 400
    learning_rate: Annotated[
        float, Setting("Learning rate", "Peak learning rate.", "Training", 1e-8, 1)
    ] = 3e-3
    schedule: Annotated[
        Schedule,
        Setting(
            "Schedule",
            "How the learning rate goes: up and down, down from the peak, or constant.",
            "Training",
            choices=("one-cycle", "cosine", "constant"),
        ),
    ] = "one-cycle"
    weight_decay: Annotated[
        float, Setting("Weight decay", "Weight decay of AdamW.", "Training", 0, 1)
    ] = 1e-2
    weight_sic: Annotated[
        float, Setting("Weight of SIC", "Weight of the SIC loss.", "Training", 0, 1000)
    ] = 0.25
    weight_sod: Annotated[
        float, Setting("Weight of SOD", "Weight of the SOD loss.", "Training", 0, 1000)
    ] = 1.0
    weight_floe: Annotated[
        float, Setting("Weight of FLOE", "Weight of the FLOE loss.", "Training", 0, 1000)
    ] = 1.0
    sampling: Annotated[
        Sampling,
        Setting(
            "Sampling",
            "uniform: over the labelled area; balanced: over the classes.",
            "Training",
            choices=SAMPLINGS,
        ),
    ] = "uniform"
    augment: Annotated[bool, Setting("Augment", "Flip and turn patches at random.", "Training")] = (
        True
    )
    seed: Annotated[
        int, Setting("Seed", "Seed of weights, split and patches.", "Training", 0, 2**31 - 1)
    ] = 0
    validate_every: Annotated[
        int, Setting("Validate every", "Steps between validations.", "Validation", 1, 10_000_000)
    ] = 100
    patience: Annotated[
        int,
        Setting(
            "Patience",
            "Validations in a row without a better score that end the run; 0: never.",
            "Validation",
            0,
            10_000,
        ),
    ] = 0
    precision: Annotated[
        Precision,
        Setting(
            "Precision",
            "auto takes bfloat16 where the machine has units for it.",
            "Machine",
            choices=("auto", "float32", "bfloat16"),
        ),
    ] = "auto"
    devices: Annotated[
        int, Setting("Devices", "GPUs to train on, or processes without GPUs.", "Machine", 1, 64)
    ] = 1
    workers: Annotated[
        int,
        Setting("Workers", "Processes that read patches; 0: none but the run.", "Machine", 0, 64),
    ] = 1
    name: Annotated[
        str,
        Setting(
            "Name", "The checkpoint's file name; by channels, rates and seed if empty.", "Machine"
        ),
    ] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", _rates(self.rates))
        for name, field in settings_of(type(self)).items():
            if name != "rates":
                check(field, getattr(self, name))
        channel_set(self.channel_set)
        if not self.data:
            raise ConfigError("data is empty. Name a folder with scenes.")
        if not any(self.loss_weights.values()):
            raise ConfigError("weight_sic, weight_sod and weight_floe are not all 0.")
        self._check_patch()
        self._check_parts()

    def _check_patch(self) -> None:
        # The local 2 x 2 pooling needs an even feature grid.
        multiple = 2 * self.output_stride
        if self.patch % multiple:
            raise ConfigError(
                f"A patch's side is a multiple of {multiple} pixels (twice the output stride), "
                f"not {self.patch}."
            )
        cells, widest = self.patch // self.output_stride, max(self.rates, default=0)
        if widest >= cells:
            least = -(-(widest + 1) * self.output_stride // multiple) * multiple
            raise ConfigError(
                f"A patch of {self.patch} pixels is {cells} feature cells wide: rate {widest} "
                f"would see nothing but padding. Take a patch of {least} or more."
            )

    def _check_parts(self) -> None:
        if self.batch % (self.devices * self.accumulate):
            raise ConfigError(
                f"A batch of {self.batch} cannot be shared out evenly among {self.devices} "
                f"device(s) in {self.accumulate} part(s)."
            )

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels in the order of the network's inputs."""
        return channel_set(self.channel_set)

    @property
    def loss_weights(self) -> dict[ChartName, float]:
        """Weight of each chart's loss."""
        return {"SIC": self.weight_sic, "SOD": self.weight_sod, "FLOE": self.weight_floe}

    def network(self) -> "NetworkConfig":
        """The network that these settings train."""
        from seaice.network.config import NetworkConfig

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
        """Read what `to_json` wrote; what an earlier version did not know has its default.

        Raises:
            ConfigError: A field is unknown, missing or out of its bounds.
        """
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError) as error:
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(f"Not a training configuration: {error}.") from error


def _rates(rates: object) -> Rates:
    """Rates out of what may be anything that JSON holds."""
    if not isinstance(rates, tuple | list) or any(type(rate) is not int for rate in rates):
        raise ConfigError(f"Atrous rates are a list of whole numbers, not {str(rates)[:40]!r}.")
    return check_rates(rates)
