"""The scenes of a folder: the good ones usable, each bad one named with its problem."""

import os
from dataclasses import dataclass
from pathlib import Path

from seaice.data.scene import Scene
from seaice.errors import NoScenesError, SceneError
from seaice.layout import REFERENCE_SUFFIX


@dataclass(frozen=True)
class Catalogue:
    """What a folder holds.

    Attributes:
        folder: The folder.
        scenes: Its usable scenes, ordered by file name.
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
        if name.endswith(".nc") and not name.startswith(".") and not name.endswith(REFERENCE_SUFFIX)
    ]


def read_catalogue(folder: Path) -> Catalogue:
    """Open every scene of a folder.

    Raises:
        NoScenesError: The folder is not there or holds not one usable scene.
    """
    scenes, problems, known = [], [], set()
    for path in scene_files(folder):
        try:
            scene = Scene.open(path)
        except SceneError as error:
            problems.append(str(error))
            continue
        if scene.id in known:
            problems.append(f"{path} is left out: another file is scene {scene.id} too.")
            continue
        known.add(scene.id)
        scenes.append(scene)
    if not scenes:
        because = f" Not usable: {' '.join(problems)}" if problems else ""
        raise NoScenesError(
            f"{folder} holds no usable scene.{because} Write simulated ones with: "
            f"seaice simulate {folder} --scenes 8 --seed 1"
        )
    return Catalogue(folder, tuple(scenes), tuple(problems))
