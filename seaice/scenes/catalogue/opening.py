"""Opening a scene file, ready-to-train or raw, and converting a raw one before its pixels are read.

Conversions go to the cache folder. Nothing is written beside the user's files.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from seaice.ai4arctic.channels import AMSR2, CHANNEL
from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.ai4arctic.names import PREP_SUFFIX, SceneName, prep_name_of, region_of, scene_id
from seaice.core.cache import cache_folder
from seaice.core.errors import OutputError, RawSceneError, SceneError
from seaice.core.files import files_in, require_writable
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.workers import process_pool, shielded
from seaice.scenes.convert import convert_scene
from seaice.scenes.convert.attributes import global_attributes, input_attributes, original_id
from seaice.scenes.convert.raw import RawScene
from seaice.scenes.netcdf import file_identity, open_file
from seaice.scenes.polarisation import other_polarisations, polarisation_notice
from seaice.scenes.scene import Scene
from seaice.scenes.untrusted import attribute_text

_VERSION = 1
"""Version of the conversion's results; older results are not used."""
_MOST_BYTES = 10_000_000_000
"""Size of all conversions that are kept; one of full size has 0.5 GB."""


def inspect_in_process(path: Path | str, *, reference: bool = True) -> Scene:
    """What a file holds, by its names and attributes, opened in this process.

    With a damaged file this may never return: see `seaice.scenes.catalogue.sandbox`.

    Args:
        path: The file.
        reference: As in `Scene.open`.

    Raises:
        SceneError: It is not a scene, neither ready-to-train nor raw.
    """
    path = Path(path)
    try:
        return Scene.open(path, reference=reference)
    except RawSceneError:
        return _of_raw(RawScene.open(path))


def reference_charts(path: Path) -> list[ChartName]:
    """The charts that a reference file holds, opened in this process.

    Raises:
        SceneError: It holds no chart, or cannot be read.
    """
    with open_file(path) as dataset:
        charts = [name for name in CHARTS if name in dataset]
    if not charts:
        raise SceneError(path, "has none of the charts", "Copy or download it again.")
    return charts


def make_ready(scene: Scene, *, in_subprocess: bool = False) -> None:
    """Convert a raw scene unless that has been done before.

    Args:
        scene: Any scene; one that is ready-to-train is left as it is.
        in_subprocess: Convert in another process, so that other threads can read scenes meanwhile.

    Raises:
        SceneError: The raw file cannot be converted.
        OutputError: The cache folder cannot be written to.
    """
    raw = scene.raw
    if raw is None:
        return
    if not os.path.isfile(scene.path):
        try:
            require_writable(scene.path.parent)
        except OutputError as error:
            raise SceneError(
                raw,
                f"cannot be converted: the cache folder {cache_folder()} cannot be written to",
                "Set SEAICE_CACHE to a folder with enough free space.",
            ) from error
        # Where two pages or commands want the same scene, one converts it and the other waits.
        with _alone(scene.path.parent):
            if not os.path.isfile(scene.path):
                convert = _convert_in_subprocess if in_subprocess else _convert
                convert(raw, scene.path)
        _evict_oldest(scene.path)
    with suppress(OSError):
        # Used just now, so evicted last.
        scene.path.touch()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One thread and process at a time, where files can be locked; else two do the same work."""
    lock = FileLock(folder / "lock")
    with suppress(OSError, NotImplementedError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _convert(raw: Path, out: Path) -> None:
    convert_scene(raw, out, compress=False)


def _convert_in_subprocess(raw: Path, out: Path) -> None:
    with process_pool(1) as pool, shielded():
        pool.submit(_convert, raw, out).result()


def _of_raw(raw: RawScene) -> Scene:
    """The scene that a raw file's conversion will hold."""
    lines, samples = (size // 2 for size in raw.grid.shape)
    name = prep_name_of(raw.path.name, original_id(raw)) or f"{raw.path.stem}{PREP_SUFFIX}"
    attributes = global_attributes(raw, name)
    named = SceneName.parse(name)
    path = converted_path(raw.path, name)
    return Scene(
        path=path,
        id=scene_id(name),
        time=named.time,
        service=str(attributes["ice_service"]).lower(),
        region=region_of(attribute_text(attributes["original_id"])),
        grid=PixelGrid(lines, samples, 2 * raw.grid.spacing_m),
        channels=tuple(CHANNEL),
        charts=CHARTS if raw.codes is not None else (),
        charts_path=path,
        simulated=bool(attributes.get("simulated", 0)),
        delays=_delays(raw),
        raw=raw.path,
        polarisations=tuple(other_polarisations(raw.stored_attributes).items()),
        found=tuple(filter(None, [polarisation_notice(raw.path.name, raw.stored_attributes)])),
    )


def _delays(raw: RawScene) -> str:
    delays = (input_attributes(raw, name).get("AMSR2_S1_delays") for name in AMSR2)
    return next((attribute_text(each) for each in delays if each is not None), "")


def converted_path(raw: Path, name: str) -> Path:
    """Path of a raw file's conversion in the cache folder; another one once the file changes.

    Args:
        raw: The raw file.
        name: File name of the conversion.

    Raises:
        SceneError: The raw file is gone.
    """
    identity = json.dumps([_VERSION, *file_identity(raw)])
    return _folder() / hashlib.sha256(identity.encode()).hexdigest()[:16] / name


def _folder() -> Path:
    return cache_folder() / "converted"


def _evict_oldest(kept: Path) -> None:
    """Delete the least recently used conversions beyond the limit; other processes may do so, too.

    Args:
        kept: A conversion that stays in any case.
    """
    found = []
    for path in files_in(_folder(), f"*/*{PREP_SUFFIX}"):
        with suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    total = 0
    for _, size, path in sorted(found, reverse=True):
        total += size
        if total > _MOST_BYTES and path != kept:
            shutil.rmtree(path.parent, ignore_errors=True)
