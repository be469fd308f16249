"""What a foreign file says of itself, before it is believed: texts and claims of size."""

from collections.abc import Iterable
from pathlib import Path

import netCDF4
import xarray as xr

from seaice.errors import SceneError

_FREE_BYTES, _MOST_FOLD = 256_000_000, 50
"""What a file may claim to hold: so much, and so many times its size more. Whole scenes of real or
simulated pixels are 1 to 11 times as large as their files; charts alone are more, but small."""

_MOST_TEXTS = 100_000
"""Of one variable; the table of a chart has some hundred. xarray reads texts on opening a file."""

_MOST_LETTERS, _MOST_OF_ATTRIBUTE = 80, 300
"""Of a text of a file within a sentence, and of an attribute; real ones have half as many."""


def shown(value: object) -> str:
    """A text or value of a file within a sentence: on one line, printable, cut."""
    text = " ".join("".join(each if each.isprintable() else " " for each in str(value)).split())
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]} ..."


def named(names: Iterable[object], most: int = 5) -> str:
    """The first of many names out of files within a sentence, and how many more there are.

    >>> named("abcdefg")
    'a, b, c, d, e and 2 more'
    """
    texts = [str(name) for name in names]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(shown(text) for text in texts[:most]) + more


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
    return text.isascii() and text.isalnum() and len(text) <= _MOST_LETTERS
