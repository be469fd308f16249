"""What can go wrong, said to the person who can mend it.

Every class states what is wrong, where, and what to do. The command line prints the message as
one line and exits with status 2; a page shows it in place of its content. Anything that is not a
`SeaIceError` is a defect of this software and is never caught on the way.
"""

from typing import Any


class SeaIceError(Exception):
    """Base of all errors that a user can cause and mend."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the finished error: its parts are no longer what its class was called with."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[SeaIceError], args: tuple[Any, ...], state: dict[str, Any]) -> SeaIceError:
    """An error as it came from another process."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigError(SeaIceError, ValueError):
    """A setting that is out of its bounds or does not go with another one."""


class SceneError(SeaIceError, OSError):
    """A scene file that cannot be read as FORMAT.md's layout describes it."""

    def __init__(self, path: object, problem: str, remedy: str = "") -> None:
        """Name the file, what is wrong with it, and what to do.

        Args:
            path: The scene file.
            problem: A clause that completes "<file> ...", such as "is not a NetCDF file".
            remedy: A sentence that says what to do; empty where nothing but another file helps.
        """
        super().__init__(f"{path} {problem}.{' ' + remedy if remedy else ''}")
        self.path = path
        self.problem = problem
        self.remedy = remedy


class RawSceneError(SceneError):
    """A raw scene where a ready-to-train one is needed."""

    def __init__(self, path: object) -> None:
        """Name the file and what makes it ready.

        Args:
            path: The raw file.
        """
        super().__init__(path, "is a raw scene, not scaled", "Make it ready with `seaice convert`.")


class MissingChannelsError(SeaIceError, LookupError):
    """A scene that lacks channels which a channel set needs."""

    def __init__(
        self, scene_id: str, channel_set: str, missing: list[str], usable: list[str]
    ) -> None:
        """Name the missing channels and the channel sets that the scene can feed.

        Args:
            scene_id: The scene.
            channel_set: The channel set asked for.
            missing: Its channels that the scene lacks, by their names in the file.
            usable: The channel sets that the scene can feed.
        """
        can = ", ".join(usable) if usable else "none of the channel sets"
        super().__init__(
            f"Scene {scene_id} lacks {', '.join(missing)}, which channel set {channel_set} needs. "
            f"It can feed: {can}."
        )
        self.missing = missing
        self.usable = usable


class CheckpointError(SeaIceError, OSError):
    """A checkpoint file that is damaged, foreign or of a format that this version cannot read."""

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


class OutputError(SeaIceError, OSError):
    """A file or folder that cannot be written to."""

    def __init__(self, path: object, reason: str) -> None:
        """Name the path and the system's reason.

        Args:
            path: The file or folder.
            reason: Why, as the system says it.
        """
        super().__init__(
            f"{path} cannot be written ({reason}). Name a folder with room that you can write to."
        )


class RunError(SeaIceError, RuntimeError):
    """A run that cannot be started, stopped, resumed or deleted as things stand."""


class MemoryShortError(SeaIceError, MemoryError):
    """A device that has no room for what is to be computed."""


class DivergedError(SeaIceError, ArithmeticError):
    """A training whose loss or gradient is no finite number any more."""


class NoScenesError(SeaIceError, FileNotFoundError):
    """A folder that is not there or holds no scene that can be used."""
