"""NetCDF files by any name that the system allows, whatever the locale."""

import os
from pathlib import Path

import netCDF4

_BYTES = "latin-1"
"""Has one letter for each byte."""


class NetCDFFile(netCDF4.Dataset):
    """A file of the library, opened by the bytes of its path.

    The library itself encodes paths as the locale says. It finds no file whose path has letters
    that the locale lacks, such as "ö" where `LC_ALL=C` and `PYTHONUTF8=0`, or that is not valid
    UTF-8.

    Args:
        path: The file.
        mode: "r" to read, "w" to write a new file.

    Raises:
        OSError: The file does not exist, is not a NetCDF file, or is damaged.
    """

    def __init__(self, path: Path, mode: str = "r") -> None:
        super().__init__(os.fsencode(path).decode(_BYTES), mode, encoding=_BYTES)  # type: ignore[arg-type]

    def filepath(self, encoding: str | None = None) -> str:
        """The path, as Python has it. Without this, xarray fails where the locale does."""
        return os.fsdecode(super().filepath(_BYTES).encode(_BYTES))
