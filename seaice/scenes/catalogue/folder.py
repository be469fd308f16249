"""The scenes of a folder: the good ones usable, each bad one named with its problem."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seaice.ai4arctic.names import is_reference
from seaice.core.cache import Store
from seaice.core.errors import NoScenesError, SceneError
from seaice.scenes.catalogue.entries import entries
from seaice.scenes.scene import Scene

_MOST_NAMED = 5


@dataclass(frozen=True)
class Catalogue:
    """What a folder holds.

    Attributes:
        folder: The folder.
        scenes: Its usable scenes, ordered by id, which begins with the time.
        problems: A sentence for each file that is no usable scene.
    """

    folder: Path
    scenes: tuple[Scene, ...]
    problems: tuple[str, ...]

    def __getitem__(self, scene_id: str) -> Scene:
        """The scene of that id.

        Raises:
            NoScenesError: The folder holds no such scene.
        """
        for scene in self.scenes:
            if scene.id == scene_id:
                return scene
        raise NoScenesError(f"{self.folder} holds no scene {scene_id[:80]!r}.")


def scene_files(folder: Path) -> list[Path]:
    """NetCDF files of a folder that can be scenes, ordered by name.

    Raises:
        NoScenesError: The folder is not there or cannot be opened.
    """
    try:
        names = sorted(os.listdir(folder))
    except (OSError, ValueError) as error:
        raise NoScenesError(
            f"{str(folder)[:200]} cannot be opened as a folder. Name one with scenes, or write "
            "simulated ones with: seaice simulate data --scenes 8 --seed 1"
        ) from error
    return [
        folder / name
        for name in names
        if name.endswith(".nc") and not name.startswith(".") and not is_reference(name)
    ]


def read_catalogue(
    folder: Path,
    store: Store | None = None,
    tell: Callable[[int, int], object] = lambda done, total: None,
) -> Catalogue:
    """What every scene file of a folder holds; files that are known already are not opened.

    Args:
        folder: The folder; nothing is written into it.
        store: Where what files hold is kept; the user's own where None.
        tell: Called before each file that is opened with how many were and will be.

    Raises:
        NoScenesError: The folder is not there or holds not one usable scene.
    """
    scenes, problems = {}, []
    paths = scene_files(folder)
    for path, found in zip(paths, entries(paths, store or Store(), tell), strict=True):
        if isinstance(found, SceneError):
            problems.append(str(found))
        elif found.id in scenes:
            problems.append(f"{path} is left out: another file is scene {found.id} too.")
        else:
            scenes[found.id] = found
    if not scenes:
        raise NoScenesError(
            f"{folder} holds no usable scene.{_because(problems)} Write simulated ones with: "
            f"seaice simulate {folder} --scenes 8 --seed 1"
        )
    # By time, also where raw files, whose names begin with the satellite, stand among others.
    return Catalogue(folder, tuple(scenes[name] for name in sorted(scenes)), tuple(problems))


def _because(problems: list[str]) -> str:
    if not problems:
        return ""
    more = len(problems) - _MOST_NAMED
    rest = f" And {more} more." if more > 0 else ""
    return f" Not usable: {' '.join(problems[:_MOST_NAMED])}{rest}"
