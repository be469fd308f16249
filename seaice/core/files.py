"""Writing files atomically, and checks before reading and writing them."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from seaice.core.errors import OutputError, SeaIceError
from seaice.core.unfinished import create_unfinished

UNREACHABLE = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    *(errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR),
    *(errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.ENOTCONN),
}
"""Errors of permissions, names and disks: the system is the cause, whatever asks for a path."""

_DEVICES = Path("/dev")
_BLOCK = 4096
"""Bytes: a disk that cannot take them has no room for a file."""

_unfinished: set[Path] = set()


@contextmanager
def atomic_write(
    path: Path, *failures: type[Exception], durable: bool = False, overwrite: bool = True
) -> Iterator[Path]:
    """Write a file under a temporary name beside it, then rename it when the block ends.

    What a process of this machine that was killed has left of the same file is deleted.

    Args:
        path: The file. Its folder is created.
        failures: Exceptions that the writing library raises in place of `OSError`, for example on
            a full disk.
        durable: Flush the file to disk first, so that a power cut leaves the old file or the new.
        overwrite: Replace an existing file of that name.

    Yields:
        The temporary file, empty. If the block raises, it is deleted and `path` stays as it was.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
        FileExistsError: The file exists and `overwrite` is off.
    """
    temporary = None
    # Some libraries refuse a file name that is not valid UTF-8.
    caught: tuple[type[Exception], ...] = (OSError, UnicodeError, *failures)
    try:
        _require_replaceable(path)
        _make_folder(path.parent)
        temporary = create_unfinished(path)
        _unfinished.add(temporary)
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        if durable:
            _sync(temporary)
        _rename(temporary, path, overwrite)
    except caught as error:
        if isinstance(error, SeaIceError) or (isinstance(error, FileExistsError) and not overwrite):
            raise
        raise OutputError(path, _reason(error, path.parent)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
            _unfinished.discard(temporary)


def _reason(error: Exception, folder: Path) -> str:
    """Why nothing could be written: some libraries take a full disk for a missing permission."""
    unclear = getattr(error, "errno", None) in (None, errno.EACCES, errno.EPERM)
    if unclear and is_full(folder):
        return os.strerror(errno.ENOSPC)
    return getattr(error, "strerror", None) or str(error)


def is_full(folder: Path) -> bool:
    """Whether the disk of a folder has no room for another file.

    One is written: administrators may fill what a disk reports as used up, and quotas end before.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_BLOCK))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return False


def tells_of_full_disk(sentence: str) -> bool:
    """Whether a sentence gives a full disk, or a quota that is used up, as the reason.

    Of what happened in another process, nothing else may be left.

    >>> tells_of_full_disk(f"a.nc cannot be written ({os.strerror(errno.ENOSPC)}).")
    True
    """
    return any(os.strerror(number) in sentence for number in (errno.ENOSPC, errno.EDQUOT))


def remove_unfinished() -> None:
    """Delete the temporary files that this process is writing: it is about to end at once."""
    for path in tuple(_unfinished):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _require_replaceable(path: Path) -> None:
    """Check that a rename would not take a device, pipe or socket from the whole machine.

    The system lets its administrator do so, and `/dev/stdout` is a link that might lead to a file.

    Raises:
        OSError: It would.
    """
    special = os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))
    if special or path.absolute().parent == _DEVICES:
        raise OSError(errno.EINVAL, "a device or a pipe, not a file", str(path))


def _make_folder(folder: Path) -> None:
    """Create a folder. Where a file is in its place, the system says merely that it exists."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error


def _rename(temporary: Path, path: Path, overwrite: bool) -> None:
    """Give a file its final name. A hard link, unlike a rename, never replaces another file."""
    if not overwrite:
        try:
            os.link(temporary, path)
            return
        except OSError as error:
            # Not every file system has hard links.
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
                raise
        if os.path.exists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    os.replace(temporary, path)


def _sync(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def require_writable(folder: Path) -> None:
    """Check that a folder is writable before hours of work depend on it.

    Raises:
        OutputError: It is not.
    """
    try:
        _make_folder(folder)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="."):
            pass
    except OSError as error:
        raise OutputError(folder, error.strerror or str(error)) from error


def require_output(path: Path) -> None:
    """Check that a file can be written before hours of work depend on it.

    Raises:
        OutputError: It cannot.
    """
    try:
        _require_replaceable(path)
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error
    require_writable(path.parent)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def require_file(path: Path) -> None:
    """Check that an existing path is a regular file: opening a pipe would block forever.

    Raises:
        OSError: It is something else.
    """
    with suppress(FileNotFoundError, NotADirectoryError, ValueError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(f"{path} is not a file")


def files_in(folder: Path, pattern: str) -> list[Path]:
    """Paths of a folder that match a pattern, ordered; none where it cannot be looked into.

    Whether `Path.glob` raises then depends on the version of Python.
    """
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def unlistable(folder: Path) -> list[str]:
    """A sentence on a folder that is there, but cannot be looked into; else none."""
    try:
        os.scandir(folder).close()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return []
    except OSError as error:
        return [f"{folder} cannot be opened ({error.strerror}). Check its permissions."]
    return []
