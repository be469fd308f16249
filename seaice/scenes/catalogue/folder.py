"""The scenes of a folder: the usable ones, and a problem for each other file."""

import os
import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from seaice.ai4arctic.names import REFERENCE_SUFFIX, is_reference
from seaice.core.cache import Store
from seaice.core.errors import NoScenesError, ResultFileError, SceneError
from seaice.core.files import files_in
from seaice.core.text import counted, named
from seaice.scenes.catalogue.index import inspect_scenes
from seaice.scenes.catalogue.parts import (
    Part,
    elsewhere,
    names_scene,
    part_folders,
    part_named,
)
from seaice.scenes.scene import Scene, reference_folders

_MOST_NAMED = 5


@dataclass(frozen=True)
class Catalogue:
    """What a folder holds.

    Attributes:
        folder: The folder.
        scenes: Its usable scenes, ordered by id, which begins with the time.
        problems: A sentence for each file that is not a usable scene.
        results: Files of results of seaice, such as predictions, that lie among the scenes.
    """

    folder: Path
    scenes: tuple[Scene, ...]
    problems: tuple[str, ...]
    results: tuple[Path, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The problems, and one sentence for all files of results."""
        return (*self.problems, *filter(None, [results_text(self.results)]))

    @property
    def trainable(self) -> tuple[Scene, ...]:
        """The scenes without those of its folders for validation and test, if it has any."""
        return self.of_parts(None, "train")

    def of_parts(self, *parts: Part | None) -> tuple[Scene, ...]:
        """The scenes of some parts; None stands for those of a folder without parts."""
        return tuple(scene for scene in self.scenes if self.part_of(scene) in parts)

    def part_of(self, scene: Scene) -> Part | None:
        """The part of the archive whose folder a scene lies in; None if it lies in none."""
        parent = (scene.raw or scene.path).parent
        return None if parent == self.folder else part_named(parent.name)

    @property
    def parts_notice(self) -> str:
        """A sentence that counts the scenes of each part; empty if there are no parts."""
        counts = Counter(filter(None, map(self.part_of, self.scenes)))
        if not counts:
            return ""
        named = ", ".join(f"{count} in {part}" for part, count in counts.items())
        return f"{len(self.scenes)} scenes, of which {named}. Name a part's folder for it alone."

    def __getitem__(self, scene_id: str) -> Scene:
        """The scene with an id.

        Raises:
            NoScenesError: It is not in the folder.
        """
        for scene in self.scenes:
            if scene.id == scene_id:
                return scene
        raise NoScenesError(f"Scene {scene_id[:80]!r} is not in {self.folder}.")


def scene_files(folder: Path) -> list[Path]:
    """NetCDF files of a folder that may be scenes, ordered by name.

    If it holds none itself, but folders called train, test or the like, their files belong to it.

    Raises:
        NoScenesError: The folder does not exist or cannot be opened.
    """
    try:
        own = _scene_files_in(folder)
        paths = own or [path for part in part_folders(folder) for path in _scene_files_in(part)]
    except (OSError, ValueError) as error:
        raise NoScenesError(_unopened(folder, error)) from error
    return sorted(paths, key=lambda path: (path.name, path))


def _unopened(folder: Path, error: Exception) -> str:
    # The folder of a part may be what cannot be opened.
    path = str(getattr(error, "filename", None) or folder)
    reason = getattr(error, "strerror", None)
    because = f" ({reason})" if reason else ""
    free = shlex.quote(path[:200]) if isinstance(error, FileNotFoundError) else "data"
    return (
        f"{path[:200]} cannot be opened as a folder{because}. Name one with scenes, or write "
        f"simulated ones with: seaice simulate {free} --scenes 8 --seed 1"
    )


def _scene_files_in(folder: Path) -> list[Path]:
    return [folder / name for name in os.listdir(folder) if names_scene(name)]


def reference_files(folder: Path) -> list[Path]:
    """References that may belong to the scenes of a folder, ordered by path.

    Raises:
        NoScenesError: As `scene_files`.
    """
    parents = {folder, *(path.parent for path in scene_files(folder))}
    places = {place for parent in parents for place in reference_folders(parent)}
    return sorted(path for place in places for path in files_in(place, f"*{REFERENCE_SUFFIX}"))


def require_scene_files(folder: Path) -> None:
    """Check at once what a run would find out after half a minute.

    Raises:
        NoScenesError: The folder cannot be opened, or holds no file that may be a scene.
    """
    if not scene_files(folder):
        remedy = elsewhere(folder) or f"{_instead(folder)} Choose another folder."
        raise NoScenesError(f"There are no scenes in {folder}. {remedy}")


def _instead(folder: Path) -> str:
    """What a folder without scenes holds."""
    names = [name for name in os.listdir(folder) if os.path.isfile(folder / name)]
    if not names:
        return "It holds no files." if os.listdir(folder) else "It is empty."
    if references := sum(map(is_reference, names)):
        return f"It holds no scenes beside {counted(references, 'reference')}."
    return f"It holds {counted(len(names), 'file')}, none with a name that ends in .nc."


def read_catalogue(
    folder: Path,
    store: Store | None = None,
    on_progress: Callable[[int, int], object] = lambda done, total: None,
) -> Catalogue:
    """What every scene file of a folder holds. Known files are not opened.

    Args:
        folder: The folder; nothing is written into it.
        store: The index of what files hold; the user's own where None.
        on_progress: Called before each file that is opened, with the number of files opened so far
            and to be opened in all.

    Raises:
        NoScenesError: The folder cannot be opened, or has no usable scene.
    """
    scenes: dict[str, Scene] = {}
    problems: list[str] = []
    of_results: list[Path] = []
    paths = scene_files(folder)
    results = inspect_scenes(paths, store or Store(), on_progress)
    for path, result in zip(paths, results, strict=True):
        if isinstance(result, ResultFileError):
            of_results.append(path)
        elif isinstance(result, SceneError):
            problems.append(str(result))
        elif result.id in scenes:
            problems.append(f"{path} is left out: another file is scene {result.id}, too.")
        else:
            scenes[result.id] = result
    # By id, so by time: the names of raw files begin with the satellite.
    known = tuple(scenes[name] for name in sorted(scenes))
    found = Catalogue(folder, known, tuple(problems), tuple(of_results))
    if not scenes:
        remedy = elsewhere(folder)
        if not (remedy or found.left_out):
            free = shlex.quote(str(folder))
            remedy = (
                f"{_instead(folder)} Choose another folder, or write simulated scenes into it "
                f"with: seaice simulate {free} --scenes 8 --seed 1"
            )
        parts = f"{folder} has no usable scene.", _because(found.left_out), remedy
        raise NoScenesError(" ".join(filter(None, parts)))
    return found


def results_text(files: Sequence[Path]) -> str:
    """A sentence on files of results that lie among scenes; empty without any.

    >>> results_text([Path("data/a.nc"), Path("data/b.nc")])
    '2 files hold predictions or other results of seaice, not scenes: a.nc, b.nc.'
    """
    if not files:
        return ""
    hold = "file holds" if len(files) == 1 else "files hold"
    names = named((path.name for path in files), most=3)
    return f"{len(files)} {hold} predictions or other results of seaice, not scenes: {names}."


def _because(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    more = len(problems) - _MOST_NAMED
    rest = f" And {more} more." if more > 0 else ""
    return f"Not usable: {' '.join(problems[:_MOST_NAMED])}{rest}"
