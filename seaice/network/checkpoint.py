"""A checkpoint: one `.safetensors` file whose metadata hold all that is needed to use it.

Weights are stored as float16, imported ones as float32, and computed with in float32 or bfloat16. A
file is written whole or not at all, and no pickle is ever read.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from seaice.ai4arctic.channels import CHANNEL
from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.ai4arctic.layout import SCALING
from seaice.core.errors import CheckpointError, ConfigError, SeaIceError
from seaice.core.files import atomic_write, require_file
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.rates import Rates, rates_name

FORMAT_VERSION = 1
SUFFIX = ".safetensors"
_METADATA_KEY = "seaice"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,99}")


@dataclass(frozen=True)
class CheckpointInfo:
    """What a checkpoint says of itself.

    Attributes:
        network: How to build the network.
        channel_set: Name of the channel set.
        channels: Its channels, in the order of the network's inputs.
        spacing_m: Pixel spacing that it was trained at, metres.
        scaling: Mean and standard deviation by which each channel was scaled, physical units.
        classes: Class names of each chart.
        training: Settings and data of the training.
        versions: Software that made it.
        scores: Scores with the data that they were measured on; empty where not measured.
        format_version: Version of this list.
    """

    network: NetworkConfig
    channel_set: str
    channels: tuple[str, ...]
    spacing_m: float
    scaling: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        if unknown := [name for name in self.channels if name not in CHANNEL]:
            raise ConfigError(f"Unknown channels: {', '.join(unknown)}.")
        if len(self.channels) != self.network.in_channels:
            raise ConfigError(
                f"{len(self.channels)} channels do not go with a network of "
                f"{self.network.in_channels} inputs."
            )
        if not 0 < self.spacing_m <= 100_000:
            raise ConfigError(f"A pixel spacing of {self.spacing_m} m cannot be.")

    @property
    def rates(self) -> Rates:
        """Atrous rates of the network."""
        return self.network.rates

    def to_json(self) -> str:
        """As one JSON document; inverse of `from_json`."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "CheckpointInfo":
        """Read what `to_json` wrote.

        Raises:
            ConfigError: A newer format, or values that make no network.
            ValueError, TypeError, KeyError: Not what `to_json` wrote.
        """
        values = json.loads(text)
        version = values["format_version"]
        if version != FORMAT_VERSION:
            raise ConfigError(
                f"has format version {version!r}, this software reads {FORMAT_VERSION}"
            )
        values["network"] = NetworkConfig(**values["network"])
        values["channels"] = tuple(values["channels"])
        return cls(**values)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint in memory, ready to compute with.

    Attributes:
        path: The file.
        info: What it says of itself.
        sha256: Hash of the file, hexadecimal.
        network: The network in evaluation mode, float32, parameters frozen.
    """

    path: Path
    info: CheckpointInfo
    sha256: str
    network: SeaIceNet

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return next(self.network.parameters()).device


@dataclass(frozen=True)
class CheckpointFile:
    """A checkpoint on disk, its weights not read.

    Attributes:
        path: The file.
        info: What it says of itself.
    """

    path: Path
    info: CheckpointInfo

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.path.name.removesuffix(SUFFIX)


def describe(
    network: NetworkConfig,
    channel_set: str,
    channels: tuple[str, ...],
    spacing_m: float,
    training: Mapping[str, Any],
    versions: Mapping[str, str],
) -> CheckpointInfo:
    """Information on a fresh checkpoint: scaling and classes are those of this software."""
    return CheckpointInfo(
        network=network,
        channel_set=channel_set,
        channels=channels,
        spacing_m=spacing_m,
        scaling={name: SCALING[name] for name in channels if name in SCALING},
        classes={name: CHART[name].class_names for name in CHARTS},
        training=training,
        versions=versions,
    )


def checkpoint_name(rates: Rates, channel_set: str, seed: int) -> str:
    """File name, without its ending, that says what a checkpoint is.

    >>> checkpoint_name((6, 12, 18), "sar+amsr2", 0)
    'sar+amsr2_6-12-18_seed0'
    """
    if "," in channel_set:
        # Of channels named one by one: their number, and what tells them from others as many.
        digest = hashlib.sha256(channel_set.encode()).hexdigest()[:6]
        channel_set = f"{channel_set.count(',') + 1}channels-{digest}"
    return f"{channel_set}_{rates_name(rates)}_seed{seed}"


def check_name(name: str) -> str:
    """A checkpoint's name, if it can be one.

    Raises:
        ConfigError: It holds more than letters, digits and `+._-`.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            "A checkpoint's name holds letters, digits and '+._-' alone, 100 at most; "
            f"got {name[:40]!r}."
        )
    return name.removesuffix(SUFFIX)


def place_checkpoint(source: Path, folder: Path, name: str) -> Path:
    """Copy a checkpoint into a folder, never over another one.

    Args:
        source: The checkpoint.
        folder: The folder; it is made.
        name: Its name there; with -2, -3, ... behind it where there is another one of that name,
            by whichever run it may come at the very same moment.

    Returns:
        Where it lies; where the very same file lies there already, that one.

    Raises:
        OutputError: The folder cannot be written to.
    """
    name, sha256, number = check_name(name), file_sha256(source), 1
    while True:
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}{SUFFIX}"
        if path.exists() and file_sha256(path) == sha256:
            return path
        try:
            with atomic_write(path, durable=True, overwrite=False) as temporary:
                shutil.copyfile(source, temporary)
        except FileExistsError:
            number += 1
        else:
            return path


def save_checkpoint(
    path: Path, network: SeaIceNet, info: CheckpointInfo, *, exact: bool = False
) -> None:
    """Write a checkpoint, whole or not at all; one of that name is replaced.

    Args:
        path: The file; its folder is made.
        network: The network, its configuration that of `info`.
        info: What the file will say of itself.
        exact: Store float32, of a network whose outputs shall stay what they are elsewhere.

    Raises:
        OutputError: The folder cannot be written to.
        CheckpointError: A weight is not finite.
    """
    tensors = {name: _stored(tensor, exact) for name, tensor in network.state_dict().items()}
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise CheckpointError(
            path, "would hold weights that are not finite", "Train with a lower learning rate."
        )
    _write(path, tensors, info)


def with_scores(path: Path, scores: Mapping[str, Any]) -> None:
    """Write scores measured on a stored file into its metadata; the weights stay as they are."""
    info = load_checkpoint(path).info
    _write(path, load_file(path), replace(info, scores=scores))


def read_info(path: Path) -> CheckpointInfo:
    """What a checkpoint says of itself, without reading its weights.

    Raises:
        CheckpointError: The file is not there, damaged, foreign, or of a newer format.
    """
    try:
        require_file(path)
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
    except FileNotFoundError as error:
        raise CheckpointError(path, "is not there", "Check the path.") from error
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            path, "is damaged or no safetensors file", "Copy it again or train it again."
        ) from error
    if _METADATA_KEY not in metadata:
        raise CheckpointError(
            path, "was not written by seaice", "Use a checkpoint that `seaice train` made."
        )
    try:
        return CheckpointInfo.from_json(metadata[_METADATA_KEY])
    except SeaIceError as error:
        raise CheckpointError(path, str(error).rstrip("."), "Update seaice.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CheckpointError(
            path, "has metadata that cannot be read", "Train it again."
        ) from error


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> Checkpoint:
    """Build the network and fill in its weights.

    Args:
        path: The file.
        device: Where it shall compute.

    Raises:
        CheckpointError: See `read_info`; or the weights do not fit the network.
    """
    info = read_info(path)
    network = SeaIceNet(info.network)
    try:
        network.load_state_dict(load_file(path))  # float16 becomes the network's float32
    except (RuntimeError, SafetensorError, OSError) as error:
        raise CheckpointError(
            path, "has weights that do not fit its description", "Train it again."
        ) from error
    if not all(tensor.isfinite().all() for tensor in network.state_dict().values()):
        raise CheckpointError(path, "has weights that are not finite", "Copy or train it again.")
    network.requires_grad_(False).eval()
    network.to(device=device, memory_format=torch.channels_last)
    return Checkpoint(path, info, file_sha256(path), network)


def list_checkpoints(folder: Path) -> tuple[list[CheckpointFile], list[str]]:
    """Checkpoints of a folder by name, and a sentence for each file that is none.

    A folder that is not there holds none.
    """
    found, problems = [], []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            found.append(CheckpointFile(path, read_info(path)))
        except CheckpointError as error:
            problems.append(str(error))
    return found, problems


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, tensors: dict[str, torch.Tensor], info: CheckpointInfo) -> None:
    # A training state that names it may reach the disk next.
    with atomic_write(path, SafetensorError, durable=True) as temporary:
        save_file(tensors, temporary, metadata={_METADATA_KEY: info.to_json()})


def _stored(tensor: torch.Tensor, exact: bool) -> torch.Tensor:
    """As it is stored: float16, but float32 where that would overflow or all is wanted exactly."""
    tensor = tensor.detach().cpu().contiguous()
    if exact or not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    return half if half.isfinite().all() else tensor
