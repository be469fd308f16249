"""Convert the paper authors' published weights to a checkpoint.

Their network (geohai/autoice-challenge-geospatial-encoding, DOI 10.1016/j.rsase.2025.101538) is a
ResNet-152 through layer3 on 18 inputs at 80 m, with an ASPP decoder of rates 12, 24 and 36 for each
chart. Its SOD and FLOE decoders have one more output, the mask class. No pixel is trained to be
that class, so the import drops it.

The weights are a PyTorch file, the only kind of pickle that this project opens. It is read only by
`torch.load` with `weights_only=True`, which builds tensors and plain values and runs no other code.
"""

import importlib.metadata
import os
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seaice.ai4arctic.channels import channel_set
from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.errors import CheckpointError, ConfigError
from seaice.core.file_kinds import disguise
from seaice.core.files import require_file, require_writable
from seaice.core.text import named
from seaice.network.checkpoint import save_checkpoint
from seaice.network.checkpoint_files import SUFFIX, check_name, file_sha256
from seaice.network.checkpoint_info import describe
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet

CHANNEL_SET = "autoice18"
SPACING_M = 80.0
CONFIG = NetworkConfig(18, (12, 24, 36), "resnet152", 16, decoder_channels=32)
"""Configuration of the authors' network."""

DEFAULT_NAME = "autoice18_12-24-36_authors"
"""File name of the checkpoint, without its ending, if only a folder is given."""

SOURCE = {
    "network": "geohai/autoice-challenge-geospatial-encoding",
    "doi": "10.1016/j.rsase.2025.101538",
}

_STATE = "model_state_dict"
_WRAPPER = "module."  # prefix that torch's DataParallel adds to every key
_SOFTWARE = ("seaice", "torch", "torchvision", "timm")
_MOST_BYTES = 2**31
"""Size limit of the file. The weights take 185 MB, three times that with their optimizer."""

_OBJECT = re.compile(r"(?:unsupported GLOBAL|[Uu]nsupported global: GLOBAL) ([\w.]+)")
"""Finds the object that torch refuses to build, in torch's message."""

State = dict[str, Tensor]


def import_weights(weights: Path, out: Path) -> Path:
    """Write the authors' weights as a checkpoint. Never overwrites a file.

    Args:
        weights: Their PyTorch file.
        out: A file name that ends in .safetensors, or a folder for a checkpoint called
            `DEFAULT_NAME`.

    Returns:
        Path of the checkpoint.

    Raises:
        CheckpointError: The file does not hold the weights of that network, or holds more than
            tensors.
        ConfigError: The checkpoint already exists, or its name is not valid.
        OutputError: The checkpoint cannot be written.
    """
    target = target_path(out)
    state = read_state(weights)
    network = network_of(weights, state)
    info = describe(
        network=CONFIG,
        channel_set=CHANNEL_SET,
        channels=channel_set(CHANNEL_SET),
        spacing_m=SPACING_M,
        training={
            "source": "imported",
            "file": weights.name,
            "file_sha256": file_sha256(weights),
            **SOURCE,
        },
        versions={name: importlib.metadata.version(name) for name in _SOFTWARE},
    )
    require_writable(target.parent)
    save_checkpoint(target, network, info, exact=True)
    return target


def target_path(out: Path) -> Path:
    """Path of the checkpoint to write.

    Raises:
        ConfigError: The file already exists, or its name is not valid.
    """
    if out.suffix == SUFFIX and not os.path.isdir(out):
        folder, name = out.parent, out.name.removesuffix(SUFFIX)
    elif out.suffix and not os.path.isdir(out):
        raise ConfigError(f"{out} does not end in {SUFFIX}. Name a {SUFFIX} file or a folder.")
    else:
        folder, name = out, DEFAULT_NAME
    target = folder / f"{check_name(name)}{SUFFIX}"
    if os.path.exists(target) or target.is_symlink():
        raise ConfigError(f"{target} already exists. Choose another name.")
    return target


def read_state(path: Path) -> State:
    """Read the entry `model_state_dict` of a PyTorch file.

    Returns:
        Tensors by their names in `SeaIceNet`.

    Raises:
        CheckpointError: The file has no such entry, is damaged, or holds more than tensors.
    """
    content = _load(path)
    if not isinstance(content, Mapping) or _STATE not in content:
        raise CheckpointError(
            path, f"has no entry {_STATE}", "Name the file that the authors published."
        )
    state = content[_STATE]
    if not isinstance(state, Mapping) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in state.items()
    ):
        raise CheckpointError(path, f"has more than named tensors in its entry {_STATE}")
    if state and all(name.startswith(_WRAPPER) for name in state):
        state = {name.removeprefix(_WRAPPER): value for name, value in state.items()}
    return {_our_name(name): value for name, value in state.items()}


def network_of(path: Path, state: State) -> SeaIceNet:
    """Build the network with the given weights, float32, in evaluation mode.

    Args:
        path: The file of the weights, for messages.
        state: Tensors by their names in `SeaIceNet`, with the mask class of SOD and FLOE.

    Raises:
        CheckpointError: Tensors are missing, unexpected, or of another shape or kind.
    """
    with torch.device("meta"):  # random weights would only be replaced, and take a second
        network = SeaIceNet(CONFIG)
    wanted = {name: _their_shape(name, value) for name, value in network.state_dict().items()}
    _require_keys(path, set(wanted), set(state))
    for name, shape in wanted.items():
        _require_tensor(path, _their_name(name), state[name], shape)
    kept = {name: _kept(name, state[name]) for name in wanted}
    for name, value in kept.items():
        if not value.isfinite().all():
            raise CheckpointError(path, f"has values in {_their_name(name)} that are not finite")
    network.load_state_dict(kept, assign=True)
    return network.requires_grad_(False).eval()


def _load(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(path)
        require_file(path)
        _require_size(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, weights_only=True, map_location="cpu")
    except CheckpointError:
        raise
    except FileNotFoundError as error:
        raise CheckpointError(path, "is not there", "Check the path.") from error
    except IsADirectoryError as error:
        raise CheckpointError(path, "is a folder", "Name the file in it.") from error
    except PermissionError as error:
        raise CheckpointError(path, "cannot be read", "Check its permissions.") from error
    except Exception as error:  # torch raises many types for damaged files
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> CheckpointError:
    """The error that explains why torch did not load a file."""
    if found := _OBJECT.search(str(error)):
        return CheckpointError(
            path,
            f"is a pickle that holds more than tensors ({found[1][:60]}) and was not opened",
            f"Such a file can run any program. Save only its {_STATE}.",
        )
    # A file of PyTorch is a zip archive itself.
    problem, remedy = disguise(path, "zip")
    return CheckpointError(
        path,
        problem or "is damaged or not a PyTorch checkpoint",
        remedy or "Copy or download it again.",
    )


def _require_size(path: Path) -> None:
    """Check that the file cannot fill the memory.

    A compressed file of a few kilobytes can unpack to any size, and torch would unpack it.

    Raises:
        CheckpointError: The file is too large, or larger unpacked than packed.
        OSError, zipfile.BadZipFile: The file cannot be read.
    """
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise CheckpointError(path, f"has {size} bytes, too many for the authors' network")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > size:
                raise CheckpointError(path, "is compressed, unlike PyTorch files")


def _our_name(name: str) -> str:
    for chart in CHARTS:
        theirs = f"{chart.lower()}_decoder."
        if name.startswith(theirs):
            return f"decoders.{chart}.{name.removeprefix(theirs)}"
    return name


def _their_name(name: str) -> str:
    for chart in CHARTS:
        ours = f"decoders.{chart}."
        if name.startswith(ours):
            return f"{chart.lower()}_decoder.{name.removeprefix(ours)}"
    return name


def _has_mask_class(name: str) -> bool:
    """Whether the authors' tensor has one more row than ours, for the mask class."""
    return any(
        name.startswith(f"decoders.{chart}.4.") for chart in CHARTS if CHART[chart].n_outputs > 1
    )


def _their_shape(name: str, ours: Tensor) -> tuple[int, ...]:
    shape = tuple(ours.shape)
    return (shape[0] + 1, *shape[1:]) if _has_mask_class(name) else shape


def _kept(name: str, value: Tensor) -> Tensor:
    """The part of a tensor that the network uses: all but the mask class, which is the last row."""
    value = value.detach()
    if _has_mask_class(name):
        value = value[:-1]
    return value.float() if value.is_floating_point() else value.long()


def _require_keys(path: Path, wanted: set[str], found: set[str]) -> None:
    for keys, clause in (
        (wanted - found, "lacks weights of the authors' network"),
        (found - wanted, "has unexpected weights"),
    ):
        if keys:
            names = sorted(_their_name(key) for key in keys)
            raise CheckpointError(path, f"{clause}: {named(names, most=3)}")


def _require_tensor(path: Path, name: str, value: Tensor, shape: tuple[int, ...]) -> None:
    """Check the kind and shape of a tensor before reading its values."""
    dense = value.layout is torch.strided and not (value.is_nested or value.is_quantized)
    counts = name.endswith("num_batches_tracked")
    if (
        not dense
        or value.device.type != "cpu"
        or value.is_complex()
        or value.is_floating_point() == counts
    ):
        raise CheckpointError(path, f"has {name} as {value.dtype}, not as plain numbers")
    if tuple(value.shape) != shape:
        found, wanted = ("x".join(map(str, each)) or "one value" for each in (value.shape, shape))
        raise CheckpointError(path, f"has {name} of shape {found} instead of {wanted}")
