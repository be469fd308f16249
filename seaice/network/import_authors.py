"""The paper authors' published network -> a checkpoint.

The network of geohai/autoice-challenge-geospatial-encoding (DOI 10.1016/j.rsase.2025.101538):
ResNet-152 through layer3 on 18 inputs at 80 m and, for each chart, an ASPP decoder of rates 12, 24
and 36. SOD and FLOE have one output more there, the mask class, which no pixel is trained to be: it
is dropped. The file is a torch file, the one kind of pickle that is ever opened here, and only by
`torch.load` with `weights_only=True`, which builds tensors and plain values and calls nothing else.
"""

import importlib.metadata
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
"""The authors' network in the terms of this project."""

DEFAULT_NAME = "autoice18_12-24-36_authors"
"""File name of the checkpoint, without its ending, where only a folder is given."""

SOURCE = {
    "network": "geohai/autoice-challenge-geospatial-encoding",
    "doi": "10.1016/j.rsase.2025.101538",
}

_STATE = "model_state_dict"
_WRAPPER = "module."  # what torch's DataParallel puts before every key
_SOFTWARE = ("seaice", "torch", "torchvision", "timm")
_MOST_BYTES = 2**31
"""Of the file: the weights take 185 MB, three times that with the state of their optimizer."""

_OBJECT = re.compile(r"(?:unsupported GLOBAL|[Uu]nsupported global: GLOBAL) ([\w.]+)")
"""What torch calls an object that it refuses to build."""

State = dict[str, Tensor]


def import_weights(weights: Path, out: Path) -> Path:
    """Write a checkpoint that computes what the authors' network does; never over another file.

    Args:
        weights: Their torch file.
        out: The checkpoint, a name that ends in .safetensors; or a folder, where it gets
            `DEFAULT_NAME`.

    Returns:
        The checkpoint's path.

    Raises:
        CheckpointError: The file is no state of that network, or holds more than tensors.
        ConfigError: The checkpoint exists already or has no name for one.
        OutputError: It cannot be written.
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
    """The checkpoint to write.

    Raises:
        ConfigError: It exists already, or its name is not that of a checkpoint.
    """
    if out.suffix == SUFFIX and not out.is_dir():
        folder, name = out.parent, out.name.removesuffix(SUFFIX)
    elif out.suffix and not out.is_dir():
        raise ConfigError(f"{out} does not end in {SUFFIX}. Name a checkpoint or a folder.")
    else:
        folder, name = out, DEFAULT_NAME
    target = folder / f"{check_name(name)}{SUFFIX}"
    if target.exists() or target.is_symlink():
        raise ConfigError(f"{target} exists already and is not overwritten. Choose another name.")
    return target


def read_state(path: Path) -> State:
    """The tensors of a torch file under `model_state_dict`, by our names of them.

    Raises:
        CheckpointError: It is no such file; says why.
    """
    content = _load(path)
    if not isinstance(content, Mapping) or _STATE not in content:
        raise CheckpointError(
            path, f"holds no {_STATE}", "Name the file that the authors published."
        )
    state = content[_STATE]
    if not isinstance(state, Mapping) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in state.items()
    ):
        raise CheckpointError(path, f"has a {_STATE} that holds more than named tensors")
    if state and all(name.startswith(_WRAPPER) for name in state):
        state = {name.removeprefix(_WRAPPER): value for name, value in state.items()}
    return {_our_name(name): value for name, value in state.items()}


def network_of(path: Path, state: State) -> SeaIceNet:
    """The network with its weights filled in, float32, in evaluation mode.

    Args:
        path: The file that the weights came from, for messages.
        state: Tensors by our names, the mask class still in SOD and FLOE.

    Raises:
        CheckpointError: The tensors are not those of the network.
    """
    with torch.device("meta"):  # drawing weights that are thrown away takes a second
        network = SeaIceNet(CONFIG)
    wanted = {name: _their_shape(name, value) for name, value in network.state_dict().items()}
    _require_keys(path, set(wanted), set(state))
    for name, shape in wanted.items():
        _require_tensor(path, _their_name(name), state[name], shape)
    kept = {name: _kept(name, state[name]) for name in wanted}
    for name, value in kept.items():
        if not value.isfinite().all():
            raise CheckpointError(path, f"holds values in {_their_name(name)} that are not finite")
    network.load_state_dict(kept, assign=True)
    return network.requires_grad_(False).eval()


def _load(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        if path.is_dir():
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
    except Exception as error:  # a file can be damaged in more ways than torch has errors
        raise _refused(path, error) from error


def _refused(path: Path, error: Exception) -> CheckpointError:
    """Why a file was not opened."""
    if found := _OBJECT.search(str(error)):
        return CheckpointError(
            path,
            f"is a pickle that holds more than tensors ({found[1][:60]}) and was not opened",
            "Such a file can run any program. Save its model_state_dict alone.",
        )
    return CheckpointError(
        path, "is no torch file of tensors, or is damaged", "Copy or download it again."
    )


def _require_size(path: Path) -> None:
    """Check that the file cannot fill the memory: torch unpacks what a few kilobytes claim to be.

    Raises:
        CheckpointError: It is too large, or larger unpacked than packed.
        OSError, zipfile.BadZipFile: It cannot be read.
    """
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise CheckpointError(path, f"has {size} bytes, too many for the authors' network")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > size:
                raise CheckpointError(path, "is compressed, which no torch file is")


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
    """Whether a tensor of ours lacks the row that belongs to the mask class in theirs."""
    return any(
        name.startswith(f"decoders.{chart}.4.") for chart in CHARTS if CHART[chart].n_outputs > 1
    )


def _their_shape(name: str, ours: Tensor) -> tuple[int, ...]:
    shape = tuple(ours.shape)
    return (shape[0] + 1, *shape[1:]) if _has_mask_class(name) else shape


def _kept(name: str, value: Tensor) -> Tensor:
    """What of a tensor enters the network; the mask class is the last."""
    value = value.detach()
    if _has_mask_class(name):
        value = value[:-1]
    return value.float() if value.is_floating_point() else value.long()


def _require_keys(path: Path, wanted: set[str], found: set[str]) -> None:
    for keys, clause in (
        (wanted - found, "lacks weights of the authors' network"),
        (found - wanted, "holds weights that the authors' network has not"),
    ):
        if keys:
            names = sorted(_their_name(key) for key in keys)
            raise CheckpointError(path, f"{clause}: {named(names, most=3)}")


def _require_tensor(path: Path, name: str, value: Tensor, shape: tuple[int, ...]) -> None:
    """Check a tensor's kind and shape before any of its values is looked at."""
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
