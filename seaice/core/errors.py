"""Errors that a user can cause and fix.

Each message says what is wrong, where, and what to do. The command line prints it as one line and
exits with status 2. A page shows it in place of its content. Any other exception is a bug and is
never caught on the way.
"""

from typing import Any


class SeaIceError(Exception):
    """Base class of all errors that a user can cause and fix."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the finished message, because the arguments that made it are not kept."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[SeaIceError], args: tuple[Any, ...], state: dict[str, Any]) -> SeaIceError:
    """Rebuild an error that another process raised."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigError(SeaIceError, ValueError):
    """A setting is out of bounds or contradicts another one."""


class PartlyDoneError(ConfigError):
    """Some of the work cannot be done; the rest of it is."""


class SceneError(SeaIceError, OSError):
    """A scene file is missing, damaged or not in the expected layout."""

    def __init__(self, path: object, problem: str, remedy: str = "") -> None:
        """Name the file, what is wrong with it, and what to do.

        Args:
            path: The scene file.
            problem: A clause that completes "<file> ...", such as "is not a NetCDF file".
            remedy: A sentence that says what to do; empty if only another file helps.
        """
        super().__init__(f"{path} {problem}.{' ' + remedy if remedy else ''}")
        self.path = path
        self.problem = problem
        self.remedy = remedy


class RawSceneError(SceneError):
    """A raw scene is given where a ready-to-train one is needed."""

    def __init__(self, path: object) -> None:
        """Name the file and the command that converts it.

        Args:
            path: The raw file.
        """
        super().__init__(path, "is a raw scene", "Convert it with `seaice convert`.")


class ResultFileError(SceneError):
    """A file with results of seaice, such as predictions, is given where a scene is needed."""

    def __init__(self, path: object) -> None:
        """Name the file.

        Args:
            path: The file.
        """
        super().__init__(
            path,
            "holds predictions or other results of seaice",
            "Name the scene that they belong to.",
        )


class MissingChannelsError(SeaIceError, LookupError):
    """A scene lacks channels that a channel set needs."""

    def __init__(
        self, scene_id: str, channel_set: str, missing: list[str], usable: list[str]
    ) -> None:
        """Name the missing channels and the channel sets that the scene can feed.

        Args:
            scene_id: The scene.
            channel_set: The channel set asked for.
            missing: Channels that the scene lacks, by their names in the file.
            usable: The channel sets that the scene can feed.
        """
        alternatives = ", ".join(usable) if usable else "none of the channel sets"
        super().__init__(
            f"Scene {scene_id} lacks {', '.join(missing)}, which channel set {channel_set} needs. "
            f"It can feed: {alternatives}."
        )
        self.missing = missing
        self.usable = usable


class CheckpointError(SeaIceError, OSError):
    """A checkpoint file is missing, damaged, not from seaice, or of an unknown format."""

    def __init__(self, path: object, problem: str, remedy: str = "") -> None:
        """Name the file, what is wrong with it, and what to do.

        Args:
            path: The checkpoint file.
            problem: A clause that completes "<file> ...", such as "is damaged".
            remedy: A sentence that says what to do.
        """
        super().__init__(f"{path} {problem}.{' ' + remedy if remedy else ''}")
        self.path = path
        self.problem = problem


class BaselineError(CheckpointError):
    """A baseline's file is missing, damaged, not from seaice, or of an unknown format."""


class OutputError(SeaIceError, OSError):
    """A file or folder is not writable."""

    def __init__(self, path: object, reason: str) -> None:
        """Name the path and the system's reason.

        Args:
            path: The file or folder.
            reason: The reason that the system gives.
        """
        super().__init__(
            f"{path} cannot be written ({reason}). Name a writable folder with enough free space."
        )


class LockError(OutputError):
    """A file cannot be locked, as on some network disks."""

    def __init__(self, path: object, reason: str) -> None:
        """Name the path and the system's reason.

        Args:
            path: The file or folder.
            reason: The reason that the system gives.
        """
        SeaIceError.__init__(
            self,
            f"{path} cannot be locked ({reason}), as on some network disks. Name a folder on "
            "another disk: --runs for runs, SEAICE_CACHE for the cache and the queue.",
        )


class RunError(SeaIceError, RuntimeError):
    """A run cannot be started, stopped, resumed or deleted in its present state."""


class MemoryShortError(SeaIceError, MemoryError):
    """The device has too little memory for the computation."""


class DivergedError(SeaIceError, ArithmeticError):
    """The loss or gradient of a training is no longer finite."""


class NoScenesError(SeaIceError, FileNotFoundError):
    """A folder does not exist or holds no usable scene."""


class TableError(SeaIceError, OSError):
    """An evaluation table is missing, damaged, or of another version."""

    def __init__(self, path: object, problem: str, remedy: str) -> None:
        """Name the file, what is wrong with it, and what to do.

        Args:
            path: The table.
            problem: A clause that completes "<file> ...", such as "is damaged".
            remedy: A sentence that says what to do.
        """
        super().__init__(f"{path} {problem}. {remedy}")
        self.path = path


class SweepError(SeaIceError, RuntimeError):
    """A sweep cannot be read or worked on in its present state."""


class ClusterError(SeaIceError, RuntimeError):
    """A scheduler of Dask is not there, or is gone, or its workers die."""
