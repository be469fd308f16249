"""A folder of scenes, each prepared; those that were before are left as they are."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seaice.ai4arctic.layout import MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import ConfigError, OutputError, SeaIceError
from seaice.core.files import require_writable
from seaice.core.workers import in_order, to_the_end
from seaice.scenes.prepare.scene import prepare_scene
from seaice.scenes.scene import Scene


@dataclass(frozen=True)
class Prepared:
    """What became of a file.

    Attributes:
        source: The file.
        path: The prepared scene; None where it could not be made.
        seconds: How long that took; 0 where it was there already.
        problem: Why it could not; empty where it could.
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
    opened: Callable[[Path], Scene] = Scene.open,
) -> Iterator[Prepared]:
    """Prepare scenes; those that are there already, from the same sources, are left as they are.

    Args:
        files: Scene files.
        out: Folder that the prepared scenes go to; not one that holds a file, nor inside such.
        spacing_m: Pixel spacing, metres; each scene's own where None.
        jobs: Number of processes.
        opened: Makes a scene of a file; a function of a module.

    Yields:
        What became of each, in order.

    Raises:
        ConfigError: The folder, the spacing or the number of processes cannot be.
        OutputError: The folder cannot be written to.
    """
    if spacing_m is not None and not MIN_SPACING_M <= spacing_m <= MAX_SPACING_M:
        raise ConfigError(
            f"A pixel spacing is {MIN_SPACING_M} to {MAX_SPACING_M} metres, not {spacing_m:g}."
        )
    target = out.resolve()
    for folder in {path.parent.resolve() for path in files}:
        if target.is_relative_to(folder):
            raise ConfigError(f"{out} lies in {folder}, which is only read. Name another folder.")
    require_writable(out)
    yield from in_order(partial(_outcome, out, spacing_m, opened), files, jobs)


def _outcome(
    out: Path, spacing_m: float | None, opened: Callable[[Path], Scene], source: Path
) -> Prepared:
    begun = time.perf_counter()
    try:
        scene = opened(source)
        target = out / scene.path.name
        # Ctrl-C within the writing library can leave it locked.
        with to_the_end():
            written = prepare_scene(scene, target, spacing_m)
    except OutputError:
        raise
    except SeaIceError as error:
        return Prepared(source, None, problem=" ".join(str(error).split()))
    return Prepared(source, target, time.perf_counter() - begun if written else 0.0)
