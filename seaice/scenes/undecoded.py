"""An open file: its variables as stored, undecoded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import EllipsisType
from typing import Any, TypeVar, cast

import netCDF4
import numpy as np

from seaice.core.array_file import ArrayFile
from seaice.core.errors import SceneError, SeaIceError
from seaice.core.files import require_file
from seaice.core.grids.pixel_grid import Window
from seaice.core.netcdf_file import NetCDFFile
from seaice.core.text import shown
from seaice.core.workers import to_the_end
from seaice.scenes.decoded import DECODED
from seaice.scenes.netcdf import open_file
from seaice.scenes.polarisation import stored_names

_Made = TypeVar("_Made")
Identity = tuple[int, int, int, int]
"""Device, number, time of change and size of a file."""


class OpenFile:
    """An open file: its variables as stored, undecoded.

    Only used under `NETCDF_LOCK`.
    """

    def __init__(
        self, path: Path, file: netCDF4.Dataset, identity: object, grids: ArrayFile | None = None
    ) -> None:
        self.path = path
        self._file, self.identity, self._grids = file, identity, grids
        stored = stored_names(lambda name: _attributes_of(file, name))
        # Each radar channel under its own name, whatever the order in the file.
        known = {name: file.variables[stored[name]] for name in stored if name in file.variables}
        self._variables = dict(file.variables) | known
        self._cache: dict[str, Any] = {}

    @property
    def attributes(self) -> dict[str, Any]:
        """The file's own attributes."""
        return _attributes(self._file)

    def __contains__(self, name: str) -> bool:
        return name in self._variables

    def sizes(self, name: str) -> dict[str, int]:
        """Sizes of a variable's dimensions by their names, in order."""
        variable = self._variable(name)
        return dict(zip(variable.dimensions, variable.shape, strict=True))

    def pixels(self, name: str, part: Window) -> np.ndarray:
        """A window of a variable, not to be changed.

        Raises:
            SceneError: The file has been replaced since its scene was opened.
        """
        key = self.identity, name, *((side.start, side.stop) for side in part)
        if (known := DECODED.get(key)) is not None:
            return known
        values = self._read(name, part)
        if values.shape != tuple(side.stop - side.start for side in part):
            problem = f"has {name} with another size than before"
            raise SceneError(self.path, problem, "Open it again.")
        if DECODED.put(key, values):
            values.flags.writeable = False
        return values

    def whole(self, name: str) -> np.ndarray:
        """A complete variable."""
        return self._read(name, ...)

    def attribute(self, variable: str, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """An attribute of a variable; the default where it does not have it."""
        owner = self._variable(variable)
        return owner.getncattr(name) if name in owner.ncattrs() else default

    def attributes_of(self, variable: str) -> dict[str, Any]:
        """All attributes of a variable."""
        return _attributes(self._variable(variable))

    def once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """A value that is computed once and cached as long as the file is open."""
        if name not in self._cache:
            self._cache[name] = make()
        return cast(_Made, self._cache[name])  # One maker for each name.

    def grids(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """An array that is computed once, as by `once`; on disk where the pool has a file for it.

        Not to be changed.
        """
        if self._grids is None or name in self._cache:
            return self.once(name, make)
        key = self.identity, name
        made = self._grids.get(key)
        if made is None:
            made = make()
            if not self._grids.put(key, made):
                self._cache[name] = made
        return made

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self, name: str, part: "Window | EllipsisType") -> np.ndarray:
        variable = self._variable(name)
        # The library takes whatever a signal raises meanwhile for a missing attribute.
        with to_the_end():
            values: np.ndarray = variable[part]
        return values

    def _variable(self, name: str) -> "netCDF4.Variable[Any]":
        if name not in self._variables:
            raise SceneError(self.path, f"lacks {name}")
        return self._variables[name]


def open_undecoded(
    path: Path, chunk_cache_bytes: int | None = None, grids: ArrayFile | None = None
) -> OpenFile:
    """Open a file.

    Args:
        path: The file.
        chunk_cache_bytes: Memory for decompressed chunks of each variable; the library's own where
            None.
        grids: Where `OpenFile.grids` puts arrays; in memory where None.

    Raises:
        SceneError: It cannot be opened.
    """
    # Before it is opened: of what takes its place meanwhile, nothing is found later.
    identity: object = identity_of(path) or object()
    try:
        require_file(path)
        file = NetCDFFile(path)
    except (OSError, RuntimeError) as error:
        # Raises the error that says what is wrong.
        with open_file(path):
            pass
        raise SceneError(path, f"cannot be opened ({shown(error)})", "Try again.") from error
    try:
        with naming_faults(path):
            file.set_auto_maskandscale(False)
            if chunk_cache_bytes is not None:
                for variable in file.variables.values():
                    if variable.chunking() != "contiguous":
                        variable.set_var_chunk_cache(chunk_cache_bytes)
    except SceneError:
        file.close()
        raise
    return OpenFile(path, file, identity, grids)


@contextmanager
def naming_faults(path: Path) -> Iterator[None]:
    """Turn what the library raises while it reads into an error that names the file."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, SeaIceError):
            raise
        raise SceneError(
            path, f"cannot be read completely ({shown(error)})", "Copy or download it again."
        ) from error


def identity_of(path: Path) -> Identity | None:
    """Changes when another file takes the path; None where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _attributes(owner: "netCDF4.Dataset | netCDF4.Variable[Any]") -> dict[str, Any]:
    """Attributes, without those of types that the library cannot read."""
    attributes = {}
    for name in owner.ncattrs():
        with suppress(KeyError):
            attributes[name] = owner.getncattr(name)
    return attributes


def _attributes_of(file: netCDF4.Dataset, name: str) -> dict[str, Any]:
    """Attributes of a variable; empty if there is none of this name."""
    return _attributes(file.variables[name]) if name in file.variables else {}
