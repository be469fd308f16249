"""Files kept open between reads, and what their small grids hold.

Opening a scene takes as long as reading a patch of it: whoever reads many windows keeps files open.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import netCDF4
import numpy as np

from seaice.core.errors import SceneError, SeaIceError
from seaice.core.files import require_file
from seaice.core.grids.pixel_grid import Window
from seaice.core.text import shown
from seaice.scenes.netcdf import NETCDF_LOCK, open_file

_Made = TypeVar("_Made")
_Identity = tuple[int, int, int, int]

MOST_FILES = 32
"""Open at a time; what is remembered of each takes some 4 MB."""

_CHUNK_CACHE_BYTES = 2**20
"""Of each variable. The library's own 64 MiB would add up to gigabytes over many files, and windows
drawn at random hardly meet a chunk again."""

# A process begun by forking has one thread: nobody there would ever release the lock for another.
os.register_at_fork(
    before=NETCDF_LOCK.acquire,
    after_in_parent=NETCDF_LOCK.release,
    after_in_child=NETCDF_LOCK.release,
)


class OpenFile:
    """A file that is open: its variables as they are written, undecoded.

    Only used under `NETCDF_LOCK`.
    """

    def __init__(self, path: Path, file: netCDF4.Dataset) -> None:
        self.path = path
        self._file = file
        self._variables = dict(file.variables)
        self._made: dict[str, Any] = {}

    @property
    def attributes(self) -> dict[str, Any]:
        """The file's own attributes."""
        return _attributes(self._file)

    def __contains__(self, name: str) -> bool:
        return name in self._variables

    def pixels(self, name: str, part: Window) -> np.ndarray:
        """A window of a variable.

        Raises:
            SceneError: The file is another one than when its scene was opened.
        """
        values = self._variable(name)[part]
        if values.shape != tuple(side.stop - side.start for side in part):
            raise SceneError(self.path, f"has {name} of another size than before", "Open it again.")
        return values

    def whole(self, name: str) -> np.ndarray:
        """A whole variable."""
        return self._variable(name)[...]

    def attribute(self, variable: str, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """An attribute of a variable; the default where it has no such one."""
        found = self._variable(variable)
        return found.getncattr(name) if name in found.ncattrs() else default

    def attributes_of(self, variable: str) -> dict[str, Any]:
        """All attributes of a variable."""
        return _attributes(self._variable(variable))

    def once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """What is worked out once and remembered as long as the file is open."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _variable(self, name: str) -> netCDF4.Variable:
        if name not in self._variables:
            raise SceneError(self.path, f"lacks {name}")
        return self._variables[name]


class OpenFiles:
    """Files kept open, those not used for longest closed when they get too many.

    A file that was replaced meanwhile is opened anew. Any number of threads may share one; it can
    be handed to other processes, where it begins empty: an open file belongs to one process. As a
    context manager it closes them on leaving.

    Args:
        most: Number of files open at a time.
        chunk_cache_bytes: Memory for decompressed chunks of each variable; the library's own 64 MiB
            where None, which suits whoever reads one file from end to end.
    """

    def __init__(
        self, most: int = MOST_FILES, chunk_cache_bytes: int | None = _CHUNK_CACHE_BYTES
    ) -> None:
        self._most = most
        self._chunk_cache_bytes = chunk_cache_bytes
        self._open: OrderedDict[Path, tuple[_Identity, OpenFile]] = OrderedDict()
        self._process = os.getpid()

    def __reduce__(self) -> tuple[Any, ...]:
        return OpenFiles, (self._most, self._chunk_cache_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Garbage collection may come here in any thread, also in one that another waits for while
        # it holds the lock: never wait for it.
        if not NETCDF_LOCK.acquire(blocking=False):
            _LEFT.append(self)
            return
        try:
            self.close()
        finally:
            NETCDF_LOCK.release()

    @contextmanager
    def file(self, path: Path) -> Iterator[OpenFile]:
        """A file, opened where it is not open yet. One thread at a time.

        Raises:
            SceneError: It cannot be opened or read.
        """
        with NETCDF_LOCK:
            _close_left()
            file = self._current(path)
            try:
                with _faults_named(path):
                    yield file
            except SceneError:
                self._drop(path)
                raise

    def close(self) -> None:
        """Close all files."""
        with NETCDF_LOCK:
            _close_left()
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
        file = _opened(path, self._chunk_cache_bytes)
        self._open[path] = identity, file
        return file

    def _drop(self, path: Path) -> None:
        if path in self._open:
            self._open.pop(path)[1].close()

    def _leave_inherited(self) -> None:
        """Forget files that the process was forked with: they are another one's to close."""
        if self._process != os.getpid():
            _INHERITED.append(self._open)
            self._open, self._process = OrderedDict(), os.getpid()


_INHERITED: list[object] = []
"""Kept for ever: with the last reference the library would close them, and lift their locks."""

_LEFT: list[OpenFiles] = []
"""Not closed as the lock was taken. Whoever next takes it to open or close a file does: the library
would close them without it."""


def _close_left() -> None:
    while _LEFT:
        # Nobody reads them any more: what goes wrong is nobody's fault here.
        with suppress(OSError, RuntimeError):
            _LEFT.pop().close()


@contextmanager
def opened(path: Path, files: OpenFiles | None = None) -> Iterator[OpenFile]:
    """A file from those kept open; without any, opened and closed again. One thread at a time.

    Raises:
        SceneError: It cannot be opened or read.
    """
    if files is not None:
        with files.file(path) as file:
            yield file
        return
    with NETCDF_LOCK:
        _close_left()
        file = _opened(path)
        try:
            with _faults_named(path):
                yield file
        finally:
            file.close()


def _opened(path: Path, chunk_cache_bytes: int | None = None) -> OpenFile:
    try:
        require_file(path)
        file = netCDF4.Dataset(path)
    except (OSError, RuntimeError) as error:
        # Says in the right words what is wrong.
        with open_file(path):
            pass
        raise SceneError(path, f"cannot be opened ({shown(error)})", "Try again.") from error
    try:
        with _faults_named(path):
            file.set_auto_maskandscale(False)
            if chunk_cache_bytes is not None:
                for variable in file.variables.values():
                    if variable.chunking() != "contiguous":
                        variable.set_var_chunk_cache(chunk_cache_bytes)
    except SceneError:
        file.close()
        raise
    return OpenFile(path, file)


def _attributes(of: netCDF4.Dataset | netCDF4.Variable) -> dict[str, Any]:
    """Attributes, but those of types that the library cannot read."""
    found = {}
    for name in of.ncattrs():
        with suppress(KeyError):
            found[name] = of.getncattr(name)
    return found


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    """What the library raises while it reads, said of the file."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, SeaIceError):
            raise
        raise SceneError(
            path, f"cannot be read whole ({shown(error)})", "Copy or download it again."
        ) from error


def _identity(path: Path) -> _Identity | None:
    """What changes when another file takes a path; None where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
