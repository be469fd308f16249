"""A cache on disk, outside the user's folders. You can delete it at any time."""

import errno
import fcntl
import functools
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import platformdirs

from seaice.core.errors import ConfigError

Result = TypeVar("Result")

_FILE = "kept-1.sqlite"
"""The number is the version of the tables."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value BLOB, written REAL,
    PRIMARY KEY (kind, key));
CREATE INDEX IF NOT EXISTS kept_written ON kept (written);
"""
_FORGET = """
DELETE FROM kept WHERE rowid IN (SELECT rowid FROM kept ORDER BY written LIMIT ?)
"""
_MOST_ROWS = 100_000
_MOST_KEYS = 500
"""Keys per query. SQLite allows some thousands."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""SQLite's codes for a damaged file, a file of another kind, and a file with other tables."""
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""Errors of a file system without locks."""
_WAIT_S = 5.0
"""How long to wait while another process writes."""


def cache_folder() -> Path:
    """Folder of the cache: `SEAICE_CACHE`, or `seaice` in the user's cache folder.

    A user without a home, as in a container, has one in the folder for temporary files.

    Raises:
        ConfigError: Without a home: that folder belongs to somebody else.
    """
    chosen = os.environ.get("SEAICE_CACHE")
    if chosen:
        return Path(chosen)
    try:
        return platformdirs.user_cache_path("seaice")
    except (RuntimeError, KeyError):
        return _without_home()


def _without_home() -> Path:
    folder = Path(tempfile.gettempdir()) / f"seaice-{os.getuid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.lstat().st_uid == os.getuid() and not folder.is_symlink():
            return folder
    raise ConfigError(
        f"This user has no home folder, and {folder} cannot be used in its place. Set SEAICE_CACHE "
        "to a folder of your own."
    )


@functools.cache
def has_locks(folder: Path) -> bool:
    """Whether files in an existing folder can be locked, as not on every network disk.

    Raises:
        OSError: The folder is not writable.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno not in NO_LOCKS
    return True


class Store:
    """Small values by kind and key, in one SQLite file.

    Any number of processes and threads may use it at once. It never raises: a damaged file is
    replaced, and if the file is not writable or cannot be locked, nothing is stored.

    Args:
        folder: Folder of the file. `cache_folder()` if None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or cache_folder()) / _FILE

    def get(self, kind: str, key: str) -> bytes | None:
        """The value of a key, or None."""
        return self.get_many(kind, [key]).get(key)

    def get_many(self, kind: str, keys: Sequence[str]) -> dict[str, bytes]:
        """The values of all given keys that are stored."""

        def select(connection: sqlite3.Connection) -> dict[str, bytes]:
            values: dict[str, bytes] = {}
            for start in range(0, len(keys), _MOST_KEYS):
                part = keys[start : start + _MOST_KEYS]
                marks = ", ".join("?" * len(part))
                query = f"SELECT key, value FROM kept WHERE kind = ? AND key IN ({marks})"
                rows = connection.execute(query, (kind, *part))
                values.update((key, value) for key, value in rows if isinstance(value, bytes))
            return values

        return self._run(select, {})

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Store a value under a key, replacing an earlier one."""
        self.put_many(kind, {key: value})

    def put_many(self, kind: str, values: Mapping[str, bytes]) -> None:
        """Store values by key. If there are too many, the oldest are deleted."""
        now = time.time()
        rows = [(kind, key, value, now) for key, value in values.items()]

        self._run(lambda connection: _insert(connection, rows), None)

    def update(self, kind: str, key: str, change: Callable[[bytes | None], bytes]) -> None:
        """Replace the value of a key by what is made of it; nobody else writes meanwhile.

        Args:
            kind: Kind of the value.
            key: Its key.
            change: Given the value, or None, it gives the new one.
        """

        def write(connection: sqlite3.Connection) -> None:
            # Without it, others could write between the two statements.
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute(
                "SELECT value FROM kept WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
            value = change(row[0] if row and isinstance(row[0], bytes) else None)
            _insert(connection, [(kind, key, value, time.time())])

        self._run(write, None)

    def _run(self, work: Callable[[sqlite3.Connection], Result], default: Result) -> Result:
        """Run `work` in one transaction. If it fails, return `default`."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not has_locks(self._path.parent):
                # SQLite would wait for each lock.
                return default
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection, connection:
                # Do not wait for the disk: if a power cut damages the file, it is replaced.
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(_SCHEMA)
                return work(connection)
        except sqlite3.Error as error:
            # Any other error means a busy, read-only or full disk: store nothing this time.
            if error.sqlite_errorcode & 0xFF in _DAMAGED:
                self._replace_file()
        except OSError:
            pass
        return default

    def _replace_file(self) -> None:
        with suppress(OSError):
            for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                path.unlink(missing_ok=True)


def _insert(connection: sqlite3.Connection, rows: Sequence[tuple[str, str, bytes, float]]) -> None:
    """Write rows. If there are too many, the oldest are deleted."""
    connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
    (count,) = connection.execute("SELECT COUNT(*) FROM kept").fetchone()
    if count > _MOST_ROWS:
        connection.execute(_FORGET, (count - _MOST_ROWS // 2,))
