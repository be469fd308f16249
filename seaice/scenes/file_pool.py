"""A pool of open files, and a cache of what their small grids hold.

Opening a scene takes as long as reading a patch of it, so a reader of many windows keeps its files
open.
"""

import atexit
import os
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from seaice.core.array_file import ArrayFile
from seaice.core.errors import SceneError
from seaice.scenes.netcdf import NETCDF_LOCK
from seaice.scenes.undecoded import Identity, OpenFile, identity_of, naming_faults, open_undecoded

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
        self._open: OrderedDict[Path, tuple[Identity | None, OpenFile]] = OrderedDict()
        self._process = os.getpid()
        _POOLS.add(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return OpenFiles, (self._most, self._chunk_cache_bytes, self._grids_on_disk)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close_unless_busy()

    def close_unless_busy(self) -> None:
        """Close all files; if the lock is taken, the next thread that takes it does."""
        # The garbage collector may call it in any thread, even in one that the holder of the lock
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
                with naming_faults(path):
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
        identity = identity_of(path)
        if path in self._open and self._open[path][0] == identity:
            self._open.move_to_end(path)
            return self._open[path][1]
        self._drop(path)
        while len(self._open) >= self._most:
            self._drop(next(iter(self._open)))
        file = open_undecoded(path, self._chunk_cache_bytes, self._grids)
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


_POOLS: "weakref.WeakSet[OpenFiles]" = weakref.WeakSet()
"""Those that there are."""


@atexit.register
def _close_at_exit() -> None:
    """Close what a script leaves open: the library complains once Python takes modules apart."""
    for pool in tuple(_POOLS):
        with suppress(OSError, RuntimeError):
            pool.close_unless_busy()


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
        file = open_undecoded(path)
        try:
            with naming_faults(path):
                yield file
        finally:
            file.close()
