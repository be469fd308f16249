"""Checkpoints as files: how they are named, placed in a folder and listed. Needs no torch."""

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from seaice.core.errors import CheckpointError, ConfigError
from seaice.core.files import atomic_write, files_in, unlistable
from seaice.network.checkpoint_info import CheckpointInfo, read_info
from seaice.network.rates import Rates, rates_name

SUFFIX = ".safetensors"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,99}")


@dataclass(frozen=True)
class CheckpointFile:
    """A checkpoint on disk, its weights not read.

    Attributes:
        path: The file.
        info: What it says about itself.
    """

    path: Path
    info: CheckpointInfo

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.path.name.removesuffix(SUFFIX)


def checkpoint_name(rates: Rates, channel_set: str, seed: int) -> str:
    """Name a checkpoint after what it is, without its ending.

    >>> checkpoint_name((6, 12, 18), "sar+amsr2", 0)
    'sar+amsr2_6-12-18_seed0'
    """
    return f"{channel_set_part(channel_set)}_{rates_name(rates)}_seed{seed}"


def channel_set_part(channel_set: str) -> str:
    """A channel set as part of a file's name.

    >>> channel_set_part("t2m,skt")
    '2channels-d54df9'
    """
    if "," not in channel_set:
        return channel_set
    # Individual channels: their number, and a hash that tells equally long lists apart.
    digest = hashlib.sha256(channel_set.encode()).hexdigest()[:6]
    return f"{channel_set.count(',') + 1}channels-{digest}"


def check_name(name: str) -> str:
    """Check a checkpoint's name and return it without its ending.

    Raises:
        ConfigError: It holds other characters than letters, digits and `+._-`.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            "A checkpoint's name can hold letters, digits and '+._-', at most 100; "
            f"got {name[:40]!r}."
        )
    return name.removesuffix(SUFFIX)


def place_checkpoint(source: Path, folder: Path, name: str) -> Path:
    """Copy a checkpoint into a folder without ever replacing another one.

    Args:
        source: The checkpoint.
        folder: The folder, which is created.
        name: Its name there. Where another checkpoint has that name, -2, -3, ... is appended,
            even if that one is placed by another run at the same moment.

    Returns:
        Path of the copy, or of an identical file that is there already.

    Raises:
        OutputError: The folder is not writable.
    """
    name, sha256, number = check_name(name), file_sha256(source), 1
    while True:
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}{SUFFIX}"
        if os.path.exists(path) and file_sha256(path) == sha256:
            return path
        try:
            with atomic_write(path, durable=True, overwrite=False) as temporary:
                shutil.copyfile(source, temporary)
        except FileExistsError:
            number += 1
        else:
            return path


def list_checkpoints(folder: Path) -> tuple[list[CheckpointFile], list[str]]:
    """List the checkpoints of a folder by name, and a sentence for each file that is not one.

    A folder that does not exist has none.
    """
    checkpoints, problems = [], unlistable(folder)
    for path in files_in(folder, f"*{SUFFIX}"):
        try:
            checkpoints.append(CheckpointFile(path, read_info(path)))
        except CheckpointError as error:
            problems.append(str(error))
    return checkpoints, problems


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
