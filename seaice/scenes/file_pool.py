"""A pool of open files, and a cache of what their small grids hold.

Opening a scene takes as long as reading a patch of it, so a reader of many windows keeps its files
open.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import EllipsisType
from typing import Any, Self, TypeVar, cast

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
from seaice.scenes.netcdf import NETCDF_LOCK, open_file
from seaice.scenes.polarisation import stored_names

_Made = TypeVar("_Made")
_Identity = tuple[int, int, int, int]

MOST_FILES = 32
"""Open at a time; the cache of each takes some 4 MB."""

_CHUNK_CACHE_BYTES = 2**20
"""Chunk cache of each variable. The library's own 64 MiB would add up to gigabytes over many files,
and windows drawn at random hardly ever need a chunk again."""

# A forked process has only one thread: if another one held the lock, nobody would ever release it.
os.register_at_fork(
    before=NETCDF_LOCK.acquire,
    after_in_parent=NETCDF_LOCK.release,
    after_in_child=NETCDF_LOCK.release,
)


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


class OpenFiles:
    """A pool of open files, which closes the least recently used one when it is full.

    A file that has been replaced is opened again. Any number of threads can share a pool. Pickled
    to another process it begins empty there, because an open file belongs to one process. Used as a
    context manager it closes its files on leaving.

    Args:
        most: Number of files open at a time.
        chunk_cache_bytes: Memory for decompressed chunks of each variable; the library's own 64 MiB
            where None, which suits reading one file from end to end; 0 suits windows at random from
            very many files.
        grids_on_disk: Whether the small grids of the files go to an `ArrayFile`, also of those that
            are closed meanwhile, rather than stay in memory.
    """

    def __init__(
        self,
        most: int = MOST_FILES,
        chunk_cache_bytes: int | None = _CHUNK_CACHE_BYTES,
        grids_on_disk: bool = False,
    ) -> None:
        self._most = most
        self._chunk_cache_bytes = chunk_cache_bytes
        self._grids_on_disk = grids_on_disk
        self._grids = ArrayFile() if grids_on_disk else None
        self._open: OrderedDict[Path, tuple[_Identity | None, OpenFile]] = OrderedDict()
        self._process = os.getpid()

    def __reduce__(self) -> tuple[Any, ...]:
        return OpenFiles, (self._most, self._chunk_cache_bytes, self._grids_on_disk)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # The garbage collector may call this in any thread, even in one that the holder of the lock
        # waits for: never wait for the lock here.
        if not NETCDF_LOCK.acquire(blocking=False):
            _UNCLOSED.append(self)
            return
        try:
            self.close()
        finally:
            NETCDF_LOCK.release()

    @contextmanager
    def file(self, path: Path) -> Iterator[OpenFile]:
        """A file of the pool, opened where it is not yet open. One thread at a time.

        Raises:
            SceneError: It cannot be opened or read.
        """
        with NETCDF_LOCK:
            _close_unclosed()
            file = self._current(path)
            try:
                with _naming_faults(path):
                    yield file
            except SceneError:
                self._drop(path)
                raise

    def close(self) -> None:
        """Close all files."""
        with NETCDF_LOCK:
            _close_unclosed()
            self._leave_inherited()
            for path in tuple(self._open):
                self._drop(path)

    def _current(self, path: Path) -> OpenFile:
        self._leave_inherited()
        identity = _identity(path)
        if path in self._open and self._open[path][0] == identity:
            self._open.move_to_end(path)
            return self._open[path][1]
        self._drop(path)
        while len(self._open) >= self._most:
            self._drop(next(iter(self._open)))
        file = _opened(path, self._chunk_cache_bytes, self._grids)
        self._open[path] = identity, file
        return file

    def _drop(self, path: Path) -> None:
        if path in self._open:
            self._open.pop(path)[1].close()

    def _leave_inherited(self) -> None:
        """Drop files inherited from the parent process, which will close them."""
        if self._process != os.getpid():
            _INHERITED.append(self._open)
            self._open, self._process = OrderedDict(), os.getpid()
            self._grids = ArrayFile() if self._grids_on_disk else None


_INHERITED: list[object] = []
"""Kept for ever: without a reference the library would close the files and lift their locks."""

_UNCLOSED: list[OpenFiles] = []
"""Pools that could not be closed because the lock was held. The next thread that takes it closes
them; the library would do so without the lock."""


def _close_unclosed() -> None:
    while _UNCLOSED:
        # Nobody reads these files any more, so an error here concerns nobody.
        with suppress(OSError, RuntimeError):
            _UNCLOSED.pop().close()


@contextmanager
def opened(path: Path, files: OpenFiles | None = None) -> Iterator[OpenFile]:
    """A file of a pool; without a pool, opened and closed again. One thread at a time.

    Raises:
        SceneError: It cannot be opened or read.
    """
    if files is not None:
        with files.file(path) as file:
            yield file
        return
    with NETCDF_LOCK:
        _close_unclosed()
        file = _opened(path)
        try:
            with _naming_faults(path):
                yield file
        finally:
            file.close()


def _opened(
    path: Path, chunk_cache_bytes: int | None = None, grids: ArrayFile | None = None
) -> OpenFile:
    # Before it is opened: of what takes its place meanwhile, nothing is found later.
    identity: object = _identity(path) or object()
    try:
        require_file(path)
        file = NetCDFFile(path)
    except (OSError, RuntimeError) as error:
        # Raises the error that says what is wrong.
        with open_file(path):
            pass
        raise SceneError(path, f"cannot be opened ({shown(error)})", "Try again.") from error
    try:
        with _naming_faults(path):
            file.set_auto_maskandscale(False)
            if chunk_cache_bytes is not None:
                for variable in file.variables.values():
                    if variable.chunking() != "contiguous":
                        variable.set_var_chunk_cache(chunk_cache_bytes)
    except SceneError:
        file.close()
        raise
    return OpenFile(path, file, identity, grids)


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


@contextmanager
def _naming_faults(path: Path) -> Iterator[None]:
    """Turn what the library raises while it reads into an error that names the file."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, SeaIceError):
            raise
        raise SceneError(
            path, f"cannot be read completely ({shown(error)})", "Copy or download it again."
        ) from error


def _identity(path: Path) -> _Identity | None:
    """Changes when another file takes the path; None where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
