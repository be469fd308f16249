"""Files are written whole, and only where a file belongs."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from seaice.core.errors import OutputError
from seaice.core.files import atomic_write, is_full, require_output, require_writable


def write(path: Path) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text("new")


def test_a_pipe_stays_a_pipe(tmp_path: Path):
    """A rename would replace it, and for an administrator /dev/null as well."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for act in (write, require_output):
        with pytest.raises(OutputError, match="a device or a pipe, not a file"):
            act(pipe)
    assert pipe.is_fifo()


def test_nothing_is_written_among_devices():
    """Not over the link /dev/stdout either, which leads to a file where output is redirected."""
    for act in (write, require_output):
        with pytest.raises(OutputError, match="a device or a pipe, not a file"):
            act(Path("/dev/seaice-test"))


def test_a_file_in_a_folder_s_place_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    for act in (write, require_output, lambda path: require_writable(path.parent)):
        with pytest.raises(OutputError, match="Not a directory"):
            act(tmp_path / "file" / "table.csv")


def test_a_folder_in_a_file_s_place_is_said_before_the_work(tmp_path: Path):
    with pytest.raises(OutputError, match="Is a directory"):
        require_output(tmp_path)


def test_a_file_and_a_link_are_replaced(tmp_path: Path):
    old, link = tmp_path / "old", tmp_path / "link"
    old.write_text("old")
    link.symlink_to(old)
    write(link)
    assert (old.read_text(), link.read_text()) == ("old", "new")


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "No space left on device"), (errno.EACCES, "Permission denied")],
)
def test_a_full_disk_is_told_as_one(tmp_path: Path, monkeypatch, number, reason):
    """The library of NetCDF files takes it for a missing permission."""

    def refuse(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with (
        pytest.raises(OutputError, match=rf"cannot be written \({reason}\)"),
        atomic_write(tmp_path / "scene.nc"),
    ):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def test_a_disk_is_full_when_no_block_fits(small_disk: Path, leave_room):
    leave_room(8192)
    assert not is_full(small_disk)
    leave_room(0)
    assert is_full(small_disk)
    assert not is_full(small_disk / "gone")
