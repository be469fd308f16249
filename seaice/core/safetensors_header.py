"""The metadata in the header of a safetensors file, read without its tensors and without torch."""

import os
from pathlib import Path

from safetensors import SafetensorError, safe_open

from seaice.core.errors import CheckpointError
from seaice.core.file_kinds import disguise
from seaice.core.files import require_file


def read_header(
    path: Path, error: type[CheckpointError] = CheckpointError, again: str = "train it again"
) -> dict[str, str]:
    """Read the metadata of a file; empty if it has none.

    Args:
        path: The file.
        error: What to raise.
        again: How to make such a file anew, for the message.

    Raises:
        CheckpointError: The file is missing, damaged or not a safetensors file.
    """
    try:
        require_file(path)
        # NumPy: reading the header is not worth the seconds that importing torch takes.
        with safe_open(path, framework="numpy") as file:
            return file.metadata() or {}
    except FileNotFoundError as missing:
        problem, remedy = disguise(path)
        raise error(path, problem or "is not there", remedy or "Check the path.") from missing
    except PermissionError as denied:
        raise error(path, "cannot be read", "You do not have permission to read it.") from denied
    except (SafetensorError, OSError) as damage:
        if os.path.isdir(path):
            raise error(path, "is a folder", "Name the checkpoint or baseline in it.") from damage
        # A file of PyTorch is a zip archive: nobody should unpack it.
        problem, remedy = disguise(path, "zip", "safetensors")
        if problem and not remedy:
            remedy = "Name a checkpoint or a baseline, and scenes behind it."
        raise error(
            path,
            problem or "is damaged or not a safetensors file",
            remedy or f"Copy it again or {again}.",
        ) from damage
