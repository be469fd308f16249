"""Where a converted scene goes, and what of other files' it must not take the place of."""

from pathlib import Path

from seaice.ai4arctic.layout import PREPARED_BY
from seaice.ai4arctic.names import prep_name_of
from seaice.core.errors import ConfigError, SceneError
from seaice.scenes.netcdf import open_file

CONVERTED_BY = "converted_by"
"""Global attribute that tells a converted scene from others."""


def names_file(out: Path) -> bool:
    """Whether an output is the name of a file, not of a folder."""
    return out.suffix.lower() == ".nc" and not out.is_dir()


def target_path(raw: Path, original_id: str, out: Path) -> Path:
    """The file to write.

    Args:
        raw: The raw file.
        original_id: What its attribute says that it is called.
        out: A file name that ends in .nc, or a folder.

    Raises:
        SceneError: Only a folder is given, and the raw file's name does not tell time and service.
        ConfigError: Another file is there, which is not the same scene's earlier conversion.
    """
    target = out if names_file(out) else out / prep_name_of(raw.name, original_id)
    if target == out and out.is_dir():
        raise SceneError(
            raw,
            "has a name that tells no time and ice service",
            "Give a file name that ends in .nc instead of a folder.",
        )
    if target.exists():
        _require_replaceable(target, raw, original_id)
    return target


def _require_replaceable(target: Path, raw: Path, original_id: str) -> None:
    """Somebody who forgets the output names a raw file there: it must not be lost."""
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
            f"{target} is another file, which was not made from {raw}. Name another folder or file."
        )
