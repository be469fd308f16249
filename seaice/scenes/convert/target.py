"""The file that a conversion writes, which must not replace any file but an earlier conversion."""

import os
from pathlib import Path

from seaice.ai4arctic.layout import PREPARED_BY
from seaice.ai4arctic.names import prep_name_of
from seaice.core.errors import ConfigError, SceneError
from seaice.scenes.netcdf import open_file

CONVERTED_BY = "converted_by"
"""Global attribute of a scene that `seaice convert` wrote."""


def names_file(out: Path) -> bool:
    """Whether an output path names a file, not a folder."""
    return out.suffix.lower() == ".nc" and not os.path.isdir(out)


def target_path(raw: Path, original_id: str, out: Path) -> Path:
    """The file to write.

    Args:
        raw: The raw file.
        original_id: Its official name.
        out: A file name that ends in .nc, or a folder.

    Raises:
        SceneError: `out` is a folder, and neither the raw file's name nor its official name
            contains time and service.
        ConfigError: The file exists and is not an earlier conversion of the same scene.
    """
    name = prep_name_of(raw.name, original_id)
    if not name and not names_file(out):
        raise SceneError(
            raw,
            "has a name without time and ice service",
            "Give a file name that ends in .nc instead of a folder.",
        )
    target = out if names_file(out) else out / name
    if os.path.exists(target):
        _require_replaceable(target, raw, original_id)
    return target


def _require_replaceable(target: Path, raw: Path, original_id: str) -> None:
    """Protect a raw file that is named as the output because the output was forgotten."""
    if target.samefile(raw):
        raise ConfigError(f"{target} is the raw file itself. Name another file, or a folder.")
    try:
        with open_file(target) as dataset:
            attributes = dict(dataset.attrs)
    except SceneError:
        attributes = {}
    made_here = CONVERTED_BY in attributes and PREPARED_BY not in attributes
    if not made_here or str(attributes.get("original_id")) != original_id:
        raise ConfigError(
            f"{target} exists and was not made from {raw}. Name another folder or file."
        )
