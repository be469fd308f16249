"""Arrays in a file that has no name, for what is read again and again and would fill the memory."""

import os
import tempfile
from contextlib import suppress
from io import FileIO

import numpy as np

from seaice.core.cache import cache_folder
from seaice.core.errors import ConfigError
from seaice.core.recent import Key


class ArrayFile:
    """Arrays by their keys, in a file of the cache folder that vanishes with the process.

    The system keeps in memory what of it is used, as long as nobody needs that memory. Hold a lock
    around each call. A forked process must make a new one: it would share the place in the file.
    """

    def __init__(self) -> None:
        self._file: FileIO | None = None
        self._places: dict[Key, tuple[int, np.dtype, tuple[int, ...]]] = {}

    def get(self, key: Key) -> np.ndarray | None:
        """A copy of an array; None if it is not known or cannot be read."""
        if key not in self._places or self._file is None:
            return None
        start, dtype, shape = self._places[key]
        array = np.empty(shape, dtype)
        with suppress(OSError):
            self._file.seek(start)
            if self._file.readinto(array.data) == array.nbytes:
                return array
        return None

    def put(self, key: Key, array: np.ndarray) -> bool:
        """Write an array to the file; whether it could be written."""
        try:
            if self._file is None:
                folder = cache_folder()
                folder.mkdir(parents=True, exist_ok=True)
                # Open as long as the arrays are wanted.
                self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
            start = self._file.seek(0, os.SEEK_END)
            if self._file.write(np.ascontiguousarray(array).data) != array.nbytes:
                return False
        except (OSError, ConfigError):
            return False
        self._places[key] = start, array.dtype, array.shape
        return True
