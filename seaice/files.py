"""Files are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seaice.errors import OutputError, SeaIceError


@contextmanager
def whole_file(path: Path, *failures: type[Exception]) -> Iterator[Path]:
    """Write a file under a temporary name beside it; it takes its own once the block has ended.

    Args:
        path: The file; its folder is made, a file of that name is replaced.
        failures: What the writing library raises in place of `OSError`, on a full disk say.

    Yields:
        The temporary file, empty. When the block raises, it goes and `path` stays as it was.

    Raises:
        OutputError: The folder cannot be written to, or the disk is full.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, path)
    # Names that are no text are nothing to some libraries.
    except (OSError, UnicodeError, *failures) as error:
        if isinstance(error, SeaIceError):
            raise
        raise OutputError(path, getattr(error, "strerror", None) or str(error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


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
