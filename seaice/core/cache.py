"""What is kept between runs, outside the user's folders, and can be lost at any time."""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import platformdirs

Answer = TypeVar("Answer")

_FILE = "kept-1.sqlite"
"""The number is that of the tables' form."""
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
"""In one question; SQLite takes some thousands."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""What SQLite says of a damaged file, of one that is none, and of other tables than ours."""
_WAIT_S = 5.0
"""For another process that writes."""


def cache_folder() -> Path:
    """Folder of what is kept: `SEAICE_CACHE`, else `seaice` in the user's cache folder."""
    chosen = os.environ.get("SEAICE_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("seaice")


class Store:
    """Small results by kind and key, in one SQLite file.

    Any number of processes and threads may use it at once. Nothing depends on it: where the file
    is damaged it is begun anew, where it cannot be written nothing is kept, and neither raises.

    Args:
        folder: Where the file lies; `cache_folder()` where None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or cache_folder()) / _FILE

    def get(self, kind: str, key: str) -> bytes | None:
        """What was kept under a key; None where nothing is."""
        return self.get_many(kind, [key]).get(key)

    def get_many(self, kind: str, keys: Sequence[str]) -> dict[str, bytes]:
        """What was kept under each of the keys, as far as something is."""

        def look_up(connection: sqlite3.Connection) -> dict[str, bytes]:
            found: dict[str, bytes] = {}
            for start in range(0, len(keys), _MOST_KEYS):
                part = keys[start : start + _MOST_KEYS]
                marks = ", ".join("?" * len(part))
                question = f"SELECT key, value FROM kept WHERE kind = ? AND key IN ({marks})"
                rows = connection.execute(question, (kind, *part))
                found.update((key, value) for key, value in rows if isinstance(value, bytes))
            return found

        return self._asked(look_up, {})

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep a value, in place of one that was kept under the key."""
        self.put_many(kind, {key: value})

    def put_many(self, kind: str, values: Mapping[str, bytes]) -> None:
        """Keep values by their keys; of too many, those written longest ago go."""
        now = time.time()
        rows = [(kind, key, value, now) for key, value in values.items()]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
            (count,) = connection.execute("SELECT COUNT(*) FROM kept").fetchone()
            if count > _MOST_ROWS:
                connection.execute(_FORGET, (count - _MOST_ROWS // 2,))

        self._asked(write, None)

    def _asked(self, work: Callable[[sqlite3.Connection], Answer], otherwise: Answer) -> Answer:
        """What work on the open file gives; its changes are kept together or not at all."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection, connection:
                # What a power cut damages is begun anew: no waiting for the disk.
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(_SCHEMA)
                return work(connection)
        except sqlite3.Error as error:
            # Else busy for too long, not writable, or full: nothing is kept this time.
            if error.sqlite_errorcode & 0xFF in _DAMAGED:
                self._begin_anew()
        except OSError:
            pass
        return otherwise

    def _begin_anew(self) -> None:
        with suppress(OSError):
            for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                path.unlink(missing_ok=True)
