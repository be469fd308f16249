"""Opening NetCDF files, one thread at a time, and identifying files."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from seaice.core.errors import SceneError
from seaice.core.file_kinds import disguise
from seaice.core.files import UNREACHABLE, require_file
from seaice.core.netcdf_file import NetCDFFile
from seaice.core.text import shown
from seaice.scenes.untrusted import require_few_texts

if TYPE_CHECKING:
    # For its types alone: facts on a file that is known need no xarray, which takes half a second.
    import xarray as xr

NETCDF_LOCK = threading.RLock()
"""Held while a NetCDF file is open. The library is not thread-safe, and xarray's own lock does not
cover the reading of names and attributes: two threads crashed the process."""


@contextmanager
def open_file(path: Path) -> "Iterator[xr.Dataset]":
    """Open a file undecoded and lazily; closed on leaving. One thread at a time.

    Raises:
        SceneError: The file does not exist, is not a NetCDF file, or is damaged.
    """
    with NETCDF_LOCK:
        yield from _opened(path)


def _opened(path: Path) -> "Iterator[xr.Dataset]":
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(path)
        require_file(path)
        dataset = _lazy(path)
    except FileNotFoundError as error:
        problem, remedy = disguise(path)
        raise SceneError(path, problem or "is not there", remedy or "Check the path.") from error
    except IsADirectoryError as error:
        raise SceneError(path, "is a folder", "Name the files in it.") from error
    except PermissionError as error:
        raise SceneError(
            path, "cannot be read", "You do not have permission to read it."
        ) from error
    except SceneError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in UNREACHABLE:
            why = f"cannot be reached ({error.strerror})"
            raise SceneError(path, why, "Check its name, and the disk.") from error
        problem, remedy = disguise(path, "NetCDF")
        raise SceneError(
            path,
            problem or "is not a NetCDF file or is damaged",
            remedy or ("Scenes are NetCDF files." if problem else "Copy or download it again."),
        ) from error
    try:
        yield dataset
    except (OSError, RuntimeError, UnicodeError) as error:
        if isinstance(error, SceneError):
            raise
        raise SceneError(
            path, f"cannot be read completely ({shown(error)})", "Copy or download it again."
        ) from error
    finally:
        dataset.close()


def _lazy(path: Path) -> "xr.Dataset":
    import xarray as xr

    file = NetCDFFile(path)
    try:
        require_few_texts(path, file)
        # Default indexes would read every variable that is named like its dimension.
        return xr.open_dataset(
            xr.backends.NetCDF4DataStore(file),  # type: ignore[no-untyped-call]  # xarray's own gap
            decode_cf=False,
            cache=False,
            create_default_indexes=False,
        )
    except BaseException:
        file.close()
        raise


def file_identity(path: Path) -> tuple[str, int, int]:
    """A file's path, modification time in ns and size in bytes.

    Raises:
        SceneError: The file is gone.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise SceneError(path, "is no longer there", "Choose another scene.") from error
    # Not resolved: the file's name says which scene it is, and links have names, too.
    return str(path.absolute()), status.st_mtime_ns, status.st_size
