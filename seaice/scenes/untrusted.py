"""What a foreign file says of itself, before it is believed: texts and claims of size."""

from collections.abc import Iterable
from pathlib import Path

import netCDF4
import xarray as xr

from seaice.core.errors import SceneError
from seaice.core.text import shown

_FREE_BYTES, _MOST_FOLD = 256_000_000, 50
"""What a file may claim to hold: so much, and so many times its size more. Whole scenes of real or
simulated pixels are 1 to 11 times as large as their files; charts alone are more, but small."""

_MOST_TEXTS = 100_000
"""Of one variable; the table of a chart has some hundred. xarray reads texts on opening a file."""

_MOST_OF_ATTRIBUTE, _MOST_OF_WORD = 300, 80
"""Characters of an attribute, and of the name of an ice service; real ones have half as many."""


def attribute_text(value: object) -> str:
    """An attribute as a text, cut."""
    return str(value)[:_MOST_OF_ATTRIBUTE]


def require_claims(path: Path, dataset: xr.Dataset, names: Iterable[str]) -> None:
    """Check that variables are not larger than their file can hold, before they are read.

    What was never written takes no room in a file, and all the memory that it claims.

    Raises:
        SceneError: They are.
    """
    claimed = sum(dataset[name].nbytes for name in names)
    size = path.stat().st_size
    if claimed > _FREE_BYTES + _MOST_FOLD * size:
        raise SceneError(
            path,
            f"claims {claimed / 1e9:.1f} GB of values in {size / 1e6:.3g} MB, too many to be there",
            "Copy or download it again.",
        )


def require_few_texts(path: Path, file: netCDF4.Dataset) -> None:
    """Check that no variable holds more texts than can be read in no time.

    Raises:
        SceneError: One does.
    """
    for name, variable in file.variables.items():
        if variable.dtype is str and variable.size > _MOST_TEXTS:
            raise SceneError(path, f"claims {variable.size} texts in {shown(name)}, too many")


def is_word(text: str) -> bool:
    """Whether a text can be the name of an ice service."""
    return text.isascii() and text.isalnum() and len(text) <= _MOST_OF_WORD
