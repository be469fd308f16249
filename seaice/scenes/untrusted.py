"""Checks of an untrusted file's texts and sizes before they are used."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import netCDF4

from seaice.core.errors import SceneError
from seaice.core.text import shown

if TYPE_CHECKING:
    # For its types alone: facts on a file that is known need no xarray, which takes half a second.
    import xarray as xr

_FREE_BYTES, _MAX_RATIO = 256_000_000, 50
"""A file may claim to hold this many bytes, plus this many times its own size. Complete scenes
are 1 to 11 times as large as their files. Charts alone compress better, but are small."""

_MOST_TEXTS = 100_000
"""Texts of one variable; the table of a chart has some hundred. xarray reads them on opening."""

_MOST_OF_ATTRIBUTE, _MOST_OF_WORD = 300, 80
"""Characters of an attribute and of an ice service's name; real ones have half as many."""


def attribute_text(value: object) -> str:
    """An attribute as text, truncated."""
    return str(value)[:_MOST_OF_ATTRIBUTE]


def require_claims(path: Path, dataset: "xr.Dataset", names: Iterable[str]) -> None:
    """Check that variables are not larger than their file can hold, before they are read.

    Values that were never written take no space in the file, but fill memory when they are read.

    Raises:
        SceneError: The variables are too large.
    """
    claimed = sum(dataset[name].nbytes for name in names)
    size = path.stat().st_size
    if claimed > _FREE_BYTES + _MAX_RATIO * size:
        raise SceneError(
            path,
            f"claims {claimed / 1e9:.1f} GB of values, too many for a file of {size / 1e6:.3g} MB",
            "Copy or download it again.",
        )


def require_few_texts(path: Path, file: netCDF4.Dataset) -> None:
    """Check that no variable has so many texts that opening the file takes long.

    Raises:
        SceneError: A variable has too many texts.
    """
    for name, variable in file.variables.items():
        if variable.dtype is str and variable.size > _MOST_TEXTS:
            raise SceneError(path, f"claims {variable.size} texts in {shown(name)}, too many")


def is_word(text: str) -> bool:
    """Whether a text can be the name of an ice service."""
    return text.isascii() and text.isalnum() and len(text) <= _MOST_OF_WORD
