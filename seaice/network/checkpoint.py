"""A checkpoint: one `.safetensors` file whose metadata hold all that is needed to use it.

Weights are stored as float16, imported ones as float32, and computed with in float32 or bfloat16.
No pickle is ever read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from seaice.core.errors import CheckpointError
from seaice.core.files import atomic_write
from seaice.network.checkpoint_files import file_sha256
from seaice.network.checkpoint_format import METADATA_KEY
from seaice.network.checkpoint_info import CheckpointInfo, read_info
from seaice.network.network import SeaIceNet


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint in memory, ready to compute with.

    Attributes:
        path: The file.
        info: What it says about itself.
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


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> Checkpoint:
    """Build the network and fill in its weights.

    Args:
        path: The file.
        device: Where it is to compute.

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
    if not _all_finite(network.state_dict()):
        raise CheckpointError(
            path, "has weights that are not finite", "Copy it again or train it again."
        )
    network.requires_grad_(False).eval()
    to_device(network, device)
    return Checkpoint(path, info, file_sha256(path), network)


def save_checkpoint(
    path: Path, network: SeaIceNet, info: CheckpointInfo, *, exact: bool = False
) -> None:
    """Write a checkpoint atomically. An existing file of that name is replaced.

    Args:
        path: The file. Its folder is created.
        network: The network, built from `info.network`.
        info: What the file will say about itself.
        exact: Store float32, for a network whose outputs must stay what they are elsewhere.

    Raises:
        OutputError: The folder is not writable.
        CheckpointError: A weight is not finite.
    """
    tensors = {name: _stored(tensor, exact) for name, tensor in network.state_dict().items()}
    if not _all_finite(tensors):
        raise CheckpointError(
            path, "would hold weights that are not finite", "Train with a lower learning rate."
        )
    _write(path, tensors, info)


def write_scores(path: Path, scores: Mapping[str, Any]) -> None:
    """Write scores that were measured on a stored checkpoint into its metadata.

    The weights stay as they are.

    Raises:
        CheckpointError: See `load_checkpoint`.
        OutputError: The folder is not writable.
    """
    _write_info(path, scores=scores)


def write_calibration(path: Path, calibration: Mapping[str, Any]) -> None:
    """Write the calibration of a stored checkpoint into its metadata; see `write_scores`."""
    _write_info(path, calibration=calibration)


def _write_info(path: Path, **changes: Mapping[str, Any]) -> None:
    info = load_checkpoint(path).info
    _write(path, load_file(path), replace(info, **changes))  # type: ignore[arg-type]


def to_device(network: nn.Module, device: torch.device | str) -> None:
    """Move a network to a device, its weights laid out as convolutions compute fastest."""
    network.to(device)
    network.to(memory_format=torch.channels_last)


def _write(path: Path, tensors: dict[str, Tensor], info: CheckpointInfo) -> None:
    # Durable: a training state that names this file may reach the disk next.
    with atomic_write(path, SafetensorError, durable=True) as temporary:
        save_file(tensors, temporary, metadata={METADATA_KEY: info.to_json()})


def _stored(tensor: Tensor, exact: bool) -> Tensor:
    """As it is stored: float16, or float32 where float16 overflows or exactness is asked for."""
    tensor = tensor.detach().cpu().contiguous()
    if exact or not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    return half if half.isfinite().all() else tensor


def _all_finite(tensors: Mapping[str, Tensor]) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors.values())
