"""Arrays in a file without a name."""

import io
from pathlib import Path

import numpy as np
import pytest

from seaice.core.array_file import ArrayFile


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The cache folder, not yet made."""
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_arrays_come_back_as_they_were(folder):
    numbers = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    given = {
        ("a", 1): numbers,
        ("a", 2): numbers[:, ::-1, 1:],
        ("b", 1): np.array([1, 255], np.uint8),
        ("c",): np.float64([[np.nan, -0.0]]),
    }
    arrays = ArrayFile()
    assert all(arrays.put(key, array) for key, array in given.items())
    for key, array in reversed(given.items()):
        found = arrays.get(key)
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)
    assert arrays.get(("b",)) is None
    assert list(folder.iterdir()) == []


def test_what_is_returned_is_a_copy(folder):
    arrays = ArrayFile()
    arrays.put(("a",), np.zeros(3))
    arrays.get(("a",))[:] = 1
    np.testing.assert_array_equal(arrays.get(("a",)), 0)


def test_a_folder_that_cannot_be_made_keeps_nothing(folder):
    folder.write_text("A file.")
    arrays = ArrayFile()
    assert not arrays.put(("a",), np.zeros(3))
    assert arrays.get(("a",)) is None


def test_a_full_disk_keeps_what_fits(folder, monkeypatch):
    arrays = ArrayFile()
    assert arrays.put(("a",), np.arange(3))
    # Part of it, as a disk does that fills meanwhile; then nothing at all.
    written = iter([lambda file, data: io.FileIO.write(file, bytes(data)[:5])])

    class Full(io.FileIO):
        def write(self, data: object) -> int:
            write = next(written, None)
            if write is None:
                raise OSError(28, "No space left on device")
            return write(self, data)

    inner = arrays._file
    arrays._file = Full(inner.fileno(), "r+b", closefd=False)
    assert not arrays.put(("b",), np.arange(3))
    assert not arrays.put(("c",), np.arange(3))
    arrays._file = inner
    assert arrays.put(("d",), np.arange(4))
    assert arrays.get(("b",)) is None
    assert arrays.get(("c",)) is None
    np.testing.assert_array_equal(arrays.get(("a",)), np.arange(3))
    np.testing.assert_array_equal(arrays.get(("d",)), np.arange(4))


def test_a_file_that_cannot_be_read_has_nothing(folder):
    arrays = ArrayFile()
    arrays.put(("a",), np.arange(3))
    arrays._file.truncate(5)
    assert arrays.get(("a",)) is None
    arrays._file = io.FileIO("/dev/null", "w")
    assert arrays.get(("a",)) is None
