"""Preparing a folder of scenes. Scenes that are already prepared are left as they are."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seaice.ai4arctic.limits import MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import ConfigError, OutputError, SeaIceError
from seaice.core.files import require_writable
from seaice.core.workers import in_order, to_the_end
from seaice.scenes.prepare.scene import prepare_scene
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class Prepared:
    """The result for one file.

    Attributes:
        source: The file.
        path: The prepared scene; None where the file could not be prepared.
        seconds: Time taken; 0 where the scene was already prepared.
        problem: Why the file could not be prepared; empty where it could.
    """

    source: Path
    path: Path | None
    seconds: float = 0.0
    problem: str = ""


def prepare_folder(
    files: Sequence[Path],
    out: Path,
    spacing_m: float | None = None,
    jobs: int = 1,
    open_scene: Callable[[Path], Scene] = Scene.open,
    root: Path | None = None,
) -> Iterator[Prepared]:
    """Prepare scenes. Those already prepared from the same sources are left as they are.

    Args:
        files: Scene files.
        out: Folder for the prepared scenes; neither the folder of a file nor inside it.
        spacing_m: Pixel spacing, metres; each scene's own where None.
        jobs: Number of processes.
        open_scene: Opens a file as a scene; a function that can be pickled.
        root: Folder of the files. What lies in a folder in it, such as `test`, gets into a folder
            of the same name. None to write all into one folder.

    Yields:
        The result for each file, in order.

    Raises:
        ConfigError: The folder, the spacing or the number of processes is not possible.
        OutputError: The folder cannot be written to.
    """
    if spacing_m is not None and not MIN_SPACING_M <= spacing_m <= MAX_SPACING_M:
        raise ConfigError(
            f"The pixel spacing is {MIN_SPACING_M} to {MAX_SPACING_M} metres, not {spacing_m:g}."
        )
    target = out.resolve()
    for folder in {path.resolve() for file in files for path in (file.parent, root or file.parent)}:
        if target.is_relative_to(folder):
            raise ConfigError(
                f"{out} is in {folder}, which holds the scenes to read. Name another folder."
            )
    require_writable(out)
    yield from in_order(partial(_prepare, out, root, spacing_m, open_scene), files, jobs)


def _prepare(
    out: Path,
    root: Path | None,
    spacing_m: float | None,
    open_scene: Callable[[Path], Scene],
    source: Path,
) -> Prepared:
    """Prepare one file."""
    start = time.perf_counter()
    try:
        scene = open_scene(source)
        target = out / (source.parent.relative_to(root) if root else "") / scene.path.name
        # Ctrl-C inside the writing library can leave it locked.
        with to_the_end():
            written = prepare_scene(scene, target, spacing_m)
    except OutputError:
        raise
    except SeaIceError as error:
        return Prepared(source, None, problem=" ".join(str(error).split()))
    return Prepared(source, target, time.perf_counter() - start if written else 0.0)
