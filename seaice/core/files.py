"""Files are written whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seaice.core.errors import OutputError, SeaIceError


@contextmanager
def whole_file(
    path: Path, *failures: type[Exception], durable: bool = False, over: bool = True
) -> Iterator[Path]:
    """Write a file under a temporary name beside it; it takes its own once the block has ended.

    Args:
        path: The file; its folder is made.
        failures: What the writing library raises in place of `OSError`, on a full disk say.
        durable: Wait until the disk has it: then a power cut leaves the file before or this one.
        over: Replace a file of that name.

    Yields:
        The temporary file, empty. When the block raises, it goes and `path` stays as it was.

    Raises:
        OutputError: The folder cannot be written to, or the disk is full.
        FileExistsError: There is a file of that name, and it shall stay.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        if durable:
            _sync(temporary)
        _name(temporary, path, over)
    # Names that are no text are nothing to some libraries.
    except (OSError, UnicodeError, *failures) as error:
        if isinstance(error, SeaIceError) or (isinstance(error, FileExistsError) and not over):
            raise
        raise OutputError(path, getattr(error, "strerror", None) or str(error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _name(temporary: Path, path: Path, over: bool) -> None:
    """Give a file its name; unlike a renamed file, a linked one never takes another's place."""
    if not over:
        try:
            os.link(temporary, path)
            return
        except OSError as error:
            # A disk without links.
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
                raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    os.replace(temporary, path)


def _sync(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def require_writable(folder: Path) -> None:
    """Check that files can be written to a folder, before hours of work for one.

    Raises:
        OutputError: They cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="."):
            pass
    except OSError as error:
        raise OutputError(folder, error.strerror or str(error)) from error


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def require_file(path: Path) -> None:
    """Check that a path that is there is a file: opening a pipe would wait for ever.

    Raises:
        OSError: It is something else.
    """
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is no file")
