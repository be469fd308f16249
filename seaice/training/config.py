"""The configuration of a run, checked: the form, the command's options and `config.json`."""

import json
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Annotated, Literal, get_args

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS, SAR, channel_set
from seaice.ai4arctic.charts import ChartName
from seaice.ai4arctic.limits import MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import ConfigError
from seaice.network.config import (
    ENCODERS,
    FEATURE_LEVEL,
    MAX_WIDTH,
    MIN_DECODER_CHANNELS,
    MIN_WIDTH,
    PADDINGS,
    STEMS,
    EncoderName,
    NetworkConfig,
    OutputStride,
    PaddingName,
    StemName,
)
from seaice.network.rates import RATES_HELP, Rates
from seaice.training.config_checks import (
    check_frozen,
    check_norm_patch,
    check_norms,
    check_parts,
    check_patch,
    rates_of,
)
from seaice.training.recipe import RecipeSettings
from seaice.training.run_format import stamped, upgrade_config
from seaice.training.settings import Setting, check, settings_of

Precision = Literal["auto", "float32", "bfloat16"]
Schedule = Literal["one-cycle", "cosine", "constant"]
Sampling = Literal["uniform", "balanced"]
"""`uniform`: a labelled pixel, each alike, and its block. `balanced`: a chart, then one of its
classes, each alike, then a block that holds it, so that a rare class is met as often as a common
one; of these blocks too each is drawn by its number of pixels with any label, not of that class."""
SAMPLINGS: tuple[Sampling, ...] = get_args(Sampling)


@dataclass(frozen=True)
class TrainingConfig(RecipeSettings):
    """Settings of one run. The `Setting` of each field describes it.

    SIC's squared error on the class index starts near 16, the cross-entropies of SOD and FLOE near
    2: hence the default weights.

    Raises:
        ConfigError: A field is out of its bounds or does not fit another one.
    """

    data: Annotated[
        str,
        Setting("Data folder", "Folder with training scenes.", "Data", variable="SEAICE_DATA"),
    ]
    rates: Annotated[Rates, Setting("Atrous rates", f"{RATES_HELP}.", "Network")]
    channel_set: Annotated[
        str,
        Setting(
            "Channel set",
            f"{', '.join(CHANNEL_SETS)}; or channel names joined by commas.",
            "Network",
            option="channels",
        ),
    ]
    train_list: Annotated[
        str,
        Setting("Training list", "Scenes to train with: JSON, text or table.", "Data"),
    ] = ""
    validation: Annotated[
        str, Setting("Validation folder", "Folder with validation scenes.", "Data")
    ] = ""
    validation_list: Annotated[
        str,
        Setting("Validation list", "Validation scenes: JSON, text or table.", "Data"),
    ] = ""
    validation_share: Annotated[
        float,
        Setting(
            "Validation fraction",
            "Fraction of the scenes held out for validation if no folder or list names them.",
            "Data",
            0,
            0.9,
        ),
    ] = 0.15
    encoder: Annotated[
        EncoderName, Setting("Encoder", "Backbone (timm name).", "Network", choices=ENCODERS)
    ] = "resnet18"
    output_stride: Annotated[
        OutputStride,
        Setting(
            "Output stride",
            "Input pixels per feature cell.",
            "Network",
            choices=tuple(FEATURE_LEVEL),
        ),
    ] = 4
    width: Annotated[
        int,
        Setting(
            "Encoder width",
            "Channels of the encoder's first stage; each later stage doubles them, decoders halve "
            "them.",
            "Network",
            MIN_WIDTH,
            MAX_WIDTH,
        ),
    ] = 32
    stem: Annotated[
        StemName,
        Setting(
            "Stem",
            "First convolution: full treats all channels alike, separable saves time on those that "
            "vary smoothly.",
            "Network",
            choices=STEMS,
        ),
    ] = "separable"
    padding: Annotated[
        PaddingName,
        Setting(
            "Padding",
            "Taps beyond the scene and on masked cells: zeros counts them, renormalised leaves "
            "them out.",
            "Network",
            choices=PADDINGS,
        ),
    ] = "zeros"
    spacing_m: Annotated[
        float,
        Setting(
            "Pixel spacing, m",
            "Finer scenes are averaged to this spacing.",
            "Data",
            MIN_SPACING_M,
            MAX_SPACING_M,
        ),
    ] = 400.0
    patch: Annotated[
        int,
        Setting(
            "Patch size, pixels",
            "Side length, a multiple of twice the output stride.",
            "Training",
            16,
            4096,
        ),
    ] = 160
    batch: Annotated[
        int, Setting("Batch size", "Patches per step, over all devices.", "Training", 1, 1024)
    ] = 32
    accumulate: Annotated[
        int,
        Setting(
            "Gradient accumulation steps",
            "Parts that a batch is computed in, one after another, to save memory.",
            "Machine",
            1,
            1024,
        ),
    ] = 1
    steps: Annotated[int, Setting("Steps", "Optimizer steps.", "Training", 1, 10_000_000)] = 1120
    learning_rate: Annotated[
        float, Setting("Learning rate", "Peak learning rate.", "Training", 1e-8, 1)
    ] = 3e-3
    schedule: Annotated[
        Schedule,
        Setting(
            "Learning rate schedule",
            "one-cycle rises and falls, cosine falls from the peak, constant stays at the peak.",
            "Training",
            choices=("one-cycle", "cosine", "constant"),
        ),
    ] = "one-cycle"
    weight_decay: Annotated[
        float, Setting("Weight decay", "Weight decay of AdamW.", "Training", 0, 1)
    ] = 1e-2
    weight_sic: Annotated[
        float, Setting("SIC loss weight", "Weight of the SIC loss.", "Training", 0, 1000)
    ] = 0.25
    weight_sod: Annotated[
        float, Setting("SOD loss weight", "Weight of the SOD loss.", "Training", 0, 1000)
    ] = 1.0
    weight_floe: Annotated[
        float, Setting("FLOE loss weight", "Weight of the FLOE loss.", "Training", 0, 1000)
    ] = 1.0
    sampling: Annotated[
        Sampling,
        Setting(
            "Sampling",
            "uniform draws patches over the labelled area, balanced over the classes.",
            "Training",
            choices=SAMPLINGS,
        ),
    ] = "uniform"
    augment: Annotated[
        bool, Setting("Augmentation", "Flip and rotate patches at random.", "Training")
    ] = True
    seed: Annotated[
        int,
        Setting(
            "Seed", "Seed of the weights, the split and the patches.", "Training", 0, 2**31 - 1
        ),
    ] = 0
    validate_every: Annotated[
        int,
        Setting("Validation interval", "Steps between validations.", "Validation", 1, 10_000_000),
    ] = 140
    patience: Annotated[
        int,
        Setting(
            "Patience",
            "Stop after this many validations in a row without a better score; 0 never stops.",
            "Validation",
            0,
            10_000,
        ),
    ] = 4
    precision: Annotated[
        Precision,
        Setting(
            "Precision",
            "auto uses bfloat16 where the hardware supports it.",
            "Machine",
            choices=("auto", "float32", "bfloat16"),
        ),
    ] = "auto"
    devices: Annotated[
        int, Setting("Devices", "GPUs to train on; without GPUs, processes.", "Machine", 1, 64)
    ] = 1
    workers: Annotated[
        int,
        Setting(
            "Data workers",
            "Processes that read patches; 0 reads them in the training process.",
            "Machine",
            0,
            64,
        ),
    ] = 1
    name: Annotated[
        str,
        Setting(
            "Checkpoint name",
            "File name of the checkpoint; if empty, its channels, rates and seed.",
            "Machine",
        ),
    ] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", rates_of(self.rates))
        for name, field in settings_of(type(self)).items():
            if name != "rates":
                check(field, getattr(self, name))
        channel_set(self.channel_set)
        if not self.data:
            raise ConfigError("data is empty. Name a folder with scenes.")
        if not any(self.loss_weights.values()):
            raise ConfigError("weight_sic, weight_sod and weight_floe must not all be 0.")
        check_patch(self.patch, self.output_stride, self.rates)
        if self.norm_patches:
            check_norm_patch(self.norm_patch, self.output_stride)
        at_a_time = check_parts(self.batch, self.devices, self.accumulate)
        check_norms(at_a_time, self.patch, self.output_stride)
        check_frozen(self.freeze_encoder, self.start_from)

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels in the order of the network's inputs."""
        return channel_set(self.channel_set)

    @property
    def cell_m(self) -> float:
        """Size of a feature cell, metres."""
        return self.output_stride * self.spacing_m

    @property
    def loss_weights(self) -> dict[ChartName, float]:
        """Weight of each chart's loss."""
        return {"SIC": self.weight_sic, "SOD": self.weight_sod, "FLOE": self.weight_floe}

    def network(self) -> NetworkConfig:
        """The network that these settings train."""
        smooth = tuple(i for i, name in enumerate(self.channels) if CHANNEL[name].smooth)
        radar = tuple(i for i, name in enumerate(self.channels) if name in SAR)
        return NetworkConfig(
            in_channels=len(self.channels),
            rates=self.rates,
            encoder=self.encoder,
            output_stride=self.output_stride,
            width=self.width,
            decoder_channels=max(MIN_DECODER_CHANNELS, self.width // 2),
            stem=self.stem,
            smooth_inputs=smooth if self.stem == "separable" else (),
            padding=self.padding,
            radar_inputs=radar if self.padding == "renormalised" else (),
        )

    def to_json(self) -> str:
        """Return one JSON document; the inverse of `from_json`."""
        return json.dumps(stamped(asdict(self)), indent=2, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "TrainingConfig":
        """Read what `to_json` of this or an older version wrote.

        Settings that did not exist then get their defaults.

        Raises:
            FormatVersionError: The format is newer or unknown.
            ConfigError: A field is unknown, missing or out of its bounds.
        """
        try:
            document = json.loads(text)
        except ValueError as error:
            raise ConfigError(f"Not a training configuration: {error}.") from error
        if not isinstance(document, dict):
            raise ConfigError("Not a training configuration: not a JSON object.")
        values = upgrade_config(document)
        known = {field.name: field.default is MISSING for field in fields(cls)}
        if unknown := sorted(set(values) - set(known)):
            raise ConfigError(f"Not a training configuration: unknown {', '.join(unknown)[:80]}.")
        if missing := [name for name, required in known.items() if required and name not in values]:
            raise ConfigError(f"Not a training configuration: it lacks {', '.join(missing)}.")
        return cls(**values)
