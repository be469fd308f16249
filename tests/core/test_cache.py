"""Nothing that is kept is ever needed: every fault of the file only loses it."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seaice.core import cache
from seaice.core.cache import Store, cache_folder


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "cache")


def test_what_is_kept_comes_back_to_anyone(store, tmp_path) -> None:
    store.put("a", "key", b"\0value")
    store.put("b", "key", b"other kind")
    other = Store(tmp_path / "cache")
    assert other.get("a", "key") == b"\0value"
    assert other.get("a", "none") is None
    other.put("a", "key", b"new")
    assert store.get("a", "key") == b"new"


def test_many_at_once(store) -> None:
    values = {str(number): bytes([number % 256]) for number in range(1300)}
    store.put_many("a", values)
    assert store.get_many("a", [*values, "none"]) == values
    assert store.get_many("a", []) == {}


def test_nobody_writes_between_reading_and_replacing(store, tmp_path) -> None:
    def count(_: int) -> None:
        # Each opens the file anew, as another process does.
        other = Store(tmp_path / "cache")
        other.update("a", "key", lambda value: str(int(value or b"0") + 1).encode())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    assert store.get("a", "key") == b"40"


def test_the_oldest_are_forgotten(store, monkeypatch) -> None:
    monkeypatch.setattr(cache, "_MOST_ROWS", 10)
    for number in range(11):
        store.put("a", str(number), b"x")
    kept = store.get_many("a", [str(number) for number in range(11)])
    assert set(kept) == {"6", "7", "8", "9", "10"}


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 90])
def test_a_damaged_file_is_begun_anew(store, tmp_path, content) -> None:
    store.put("a", "key", b"value")
    (path,) = (tmp_path / "cache").iterdir()
    path.write_bytes(content)
    assert store.get("a", "key") is None
    store.put("a", "key", b"again")
    assert store.get("a", "key") == b"again"


def test_other_tables_are_begun_anew(store, tmp_path) -> None:
    store.put("a", "key", b"value")
    (path,) = (tmp_path / "cache").iterdir()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE kept")
        connection.execute("CREATE TABLE kept (something)")
    connection.close()
    assert store.get("a", "key") is None
    store.put("a", "key", b"again")
    assert store.get("a", "key") == b"again"


@pytest.mark.parametrize("damaged", [False, True])
def test_what_cannot_be_removed_or_written_is_left(store, tmp_path, monkeypatch, damaged) -> None:
    store.put("a", "key", b"value")
    (path,) = (tmp_path / "cache").iterdir()
    if damaged:
        path.write_bytes(b"no database at all" * 100)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    store.put("a", "other", b"value")
    assert store.get("a", "other") == (None if damaged else b"value")


def test_a_file_damaged_in_the_middle(store, tmp_path) -> None:
    store.put_many("a", {str(number): bytes(2000) for number in range(100)})
    (path,) = (tmp_path / "cache").iterdir()
    content = bytearray(path.read_bytes())
    content[4096:-4096] = b"\xaa" * (len(content) - 8192)
    path.write_bytes(content)
    for _ in range(2):
        store.get_many("a", [str(number) for number in range(100)])
        store.put("a", "key", b"value")
    assert store.get("a", "key") == b"value"


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path) -> None:
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file" / "cache")
    store.put("a", "key", b"value")
    assert store.get("a", "key") is None


def test_another_writer_that_does_not_let_go(store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cache, "_WAIT_S", 0.1)
    store.put("a", "key", b"value")
    (path,) = (tmp_path / "cache").iterdir()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store.put("a", "key", b"lost")
    assert store.get("a", "key") is None
    other.execute("ROLLBACK")
    other.close()
    assert store.get("a", "key") == b"value"


def test_writers_at_once_lose_nothing(store, tmp_path) -> None:
    """Four threads here and two processes beside."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom seaice.core.cache import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for n in range(40): store.put('a', sys.argv[2] + str(n), b'x')\n"
    )
    command = [sys.executable, "-c", script, tmp_path / "cache"]
    beside = [subprocess.Popen([*command, name]) for name in ("p", "q")]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.put("a", f"t{n}", b"x"), range(80)))
    assert [each.wait(60) for each in beside] == [0, 0]
    names = [f"t{n}" for n in range(80)] + [f"{p}{n}" for p in "pq" for n in range(40)]
    assert len(store.get_many("a", names)) == 160


def test_where_it_lies(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("SEAICE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert cache_folder().name == "seaice"
    if sys.platform == "linux":
        assert cache_folder() == tmp_path / "home" / "seaice"
