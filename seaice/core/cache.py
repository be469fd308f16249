"""A cache on disk, outside the user's folders. You can delete it at any time."""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import platformdirs

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
_WAIT_S = 5.0
"""How long to wait while another process writes."""


def cache_folder() -> Path:
    """Folder of the cache: `SEAICE_CACHE`, or `seaice` in the user's cache folder."""
    chosen = os.environ.get("SEAICE_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("seaice")


class Store:
    """Small values by kind and key, in one SQLite file.

    Any number of processes and threads may use it at once. It never raises: a damaged file is
    replaced, and if the file is not writable, nothing is stored.

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

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
            (count,) = connection.execute("SELECT COUNT(*) FROM kept").fetchone()
            if count > _MOST_ROWS:
                connection.execute(_FORGET, (count - _MOST_ROWS // 2,))

        self._run(write, None)

    def _run(self, work: Callable[[sqlite3.Connection], Result], default: Result) -> Result:
        """Run `work` in one transaction. If it fails, return `default`."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
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
