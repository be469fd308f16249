"""What a checkpoint says about itself: its metadata, read without its weights and without torch."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from seaice.ai4arctic.channels import CHANNEL
from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.ai4arctic.layout import SCALING
from seaice.core.errors import CheckpointError, ConfigError
from seaice.core.format_version import FormatVersionError
from seaice.core.safetensors_header import read_header
from seaice.network.checkpoint_format import (
    BASELINE_KEY,
    FORMAT_VERSION,
    METADATA_KEY,
    upgrade_metadata,
)
from seaice.network.config import NetworkConfig
from seaice.network.rates import Rates
from seaice.network.reach import rates_label, reach_facts
from seaice.network.training_range import ChannelStatistics, read_statistics

TEMPERATURES = 0.05, 20.0
"""Bounds of temperatures: beyond them, all probabilities are 0 and 1, or alike."""


@dataclass(frozen=True)
class CheckpointInfo:
    """What a checkpoint says about itself.

    Attributes:
        network: How to build the network.
        channel_set: Name of the channel set.
        channels: Its channels, in the order of the network's inputs.
        spacing_m: Pixel spacing that it was trained at, metres.
        statistics: The channels over the training scenes; empty if not recorded.
        scaling: Mean and standard deviation by which each channel was scaled, physical units.
        classes: Class names of each chart.
        training: Settings and data of the training.
        versions: Software that made it.
        scores: Scores and the data they were measured on; empty if not measured.
        calibration: Temperatures by chart under "temperatures", and the data that they were fitted
            to; empty if not calibrated.
        format_version: Version of these metadata.

    Raises:
        ConfigError: The channels are unknown or do not fit the network, or the spacing is out of
            its bounds, or a temperature is.
    """

    network: NetworkConfig
    channel_set: str
    channels: tuple[str, ...]
    spacing_m: float
    statistics: Mapping[str, ChannelStatistics] = field(default_factory=dict)
    scaling: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    calibration: Mapping[str, Any] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        if unknown := [name for name in self.channels if name not in CHANNEL]:
            raise ConfigError(f"Unknown channels: {', '.join(unknown)}.")
        if len(self.channels) != self.network.in_channels:
            raise ConfigError(
                f"{len(self.channels)} channels do not fit a network with "
                f"{self.network.in_channels} inputs."
            )
        if not 0 < self.spacing_m <= 100_000:
            raise ConfigError(f"The pixel spacing must be 0 to 100000 m, not {self.spacing_m}.")
        low, high = TEMPERATURES
        for chart, temperature in self.calibration.get("temperatures", {}).items():
            if chart not in CHART or not low <= temperature <= high:
                raise ConfigError(
                    f"A temperature must be {low} to {high}, not {temperature!r} for {chart!r}."
                )

    @property
    def rates(self) -> Rates:
        """Atrous rates of the network."""
        return self.network.rates

    @property
    def cell_m(self) -> float:
        """Size of a feature cell, metres."""
        return self.network.output_stride * self.spacing_m

    @property
    def rates_label(self) -> str:
        """Its rates and their reach, as a person reads them."""
        return rates_label(self.rates, self.cell_m)

    @property
    def rates_facts(self) -> dict[str, Any]:
        """The same for programs: `rates`, `reach_min_km` and `reach_max_km`."""
        return {"rates": list(self.rates), **reach_facts(self.rates, self.cell_m)}

    def temperature(self, chart: ChartName) -> float:
        """What the logits of a chart are divided by before they become probabilities."""
        return float(self.calibration.get("temperatures", {}).get(chart, 1.0))

    @property
    def score(self) -> float | None:
        """Combined score of its validation, times 100; None if it was not measured."""
        measured = self.scores.get("combined")
        value = measured.get("value") if isinstance(measured, Mapping) else None
        return float(value) if isinstance(value, int | float) else None

    def to_json(self) -> str:
        """Return one JSON document; the inverse of `from_json`."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "CheckpointInfo":
        """Read what `to_json` of this or an older version wrote.

        Raises:
            FormatVersionError: The version is missing, not a version number, or newer than this.
            ConfigError: The values do not describe a network.
            ValueError, TypeError, KeyError, AttributeError: Not what `to_json` writes.
        """
        values = upgrade_metadata(json.loads(text))
        values["network"] = NetworkConfig(**values["network"])
        values["channels"] = tuple(values["channels"])
        values["statistics"] = read_statistics(values.get("statistics", {}))
        return cls(**values)


def describe(
    network: NetworkConfig,
    channel_set: str,
    channels: tuple[str, ...],
    spacing_m: float,
    training: Mapping[str, Any],
    versions: Mapping[str, str],
    statistics: Mapping[str, ChannelStatistics] | None = None,
) -> CheckpointInfo:
    """Describe a new checkpoint, with the scaling and the classes that this software uses."""
    return CheckpointInfo(
        network=network,
        channel_set=channel_set,
        channels=channels,
        spacing_m=spacing_m,
        statistics=statistics or {},
        scaling={name: SCALING[name] for name in channels if name in SCALING},
        classes={name: CHART[name].class_names for name in CHARTS},
        training=training,
        versions=versions,
    )


def read_info(path: Path) -> CheckpointInfo:
    """Read what a checkpoint says about itself, without its weights.

    Raises:
        CheckpointError: The file is missing, damaged, from other software, or of a newer format.
    """
    header = read_header(path)
    text = header.get(METADATA_KEY)
    if text is None and BASELINE_KEY in header:
        raise CheckpointError(
            path, "is a baseline, not a network", "Use a checkpoint that `seaice train` made."
        )
    if text is None:
        raise CheckpointError(
            path, "was not written by seaice", "Use a checkpoint that `seaice train` made."
        )
    try:
        return CheckpointInfo.from_json(text)
    except FormatVersionError as error:
        raise CheckpointError(path, error.problem, error.remedy) from error
    except ConfigError as error:
        raise CheckpointError(
            path,
            f"describes a network that cannot be built ({str(error).rstrip('.')})",
            "Update seaice or train it again.",
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            path, "has metadata that cannot be read", "Train it again."
        ) from error
