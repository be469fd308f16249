"""Unfinished files: their names tell who writes them, so that what a killed process left goes.

Only the processes of one system can tell whether one of them is still there. Names of other systems
are left alone: several may write into a folder of a network disk.
"""

import functools
import hashlib
import os
import re
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

_LETTERS = 40
"""Of names within a name. Some disks have no more than 143 for all of it."""
_KERNEL = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


def create_unfinished(path: Path) -> Path:
    """Create an empty hidden file beside a path, whose name tells the path, this host and process.

    Those that killed processes of this system have left are deleted, of this path and of those
    beside it whose names begin with the same 40 letters: names are cut to as many.

    Raises:
        OSError: The folder is not there, or not writable.
    """
    prefix = f".{_plain(path.name)}.{_system()}."
    _remove_left(path.parent, prefix)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f"{prefix}{os.getpid()}.", suffix=".part"
    )
    os.close(handle)
    return Path(name)


def _remove_left(folder: Path, prefix: str) -> None:
    # Libraries write files of their own beside one, such as the journal of a GeoPackage.
    ours = re.compile(rf"{re.escape(prefix)}([0-9]+)\.\w+\.part.*")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = ours.fullmatch(entry.name)
            if found and _is_gone(int(found[1])):
                # Another process may be about to delete it, too.
                with suppress(OSError):
                    os.unlink(entry.path)


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        # Another user's, or no number that a process can have.
        pass
    return False


@functools.cache
def _system() -> str:
    """The host's name, and what tells its processes from those of a container of that name."""
    numbered = hashlib.sha256()
    with suppress(OSError):
        numbered.update(_KERNEL[0].read_bytes())
        numbered.update(os.readlink(_KERNEL[1]).encode())
    return f"{_plain(socket.gethostname())}-{numbered.hexdigest()[:8]}"


def _plain(name: str) -> str:
    """The beginning of a name, in letters that every disk and library takes."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name[:_LETTERS])
