"""One scene file, ready-to-train or raw, as a scene, and how its pixels become ready.

Nothing is written beside the user's files: what a raw scene is made into lies in the cache folder.
"""

import hashlib
import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

from filelock import FileLock

from seaice.ai4arctic.channels import AMSR2, CHANNEL
from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.ai4arctic.names import PREP_SUFFIX, SceneName, prep_name_of, region_of, scene_id
from seaice.core.cache import cache_folder
from seaice.core.errors import OutputError, RawSceneError, SceneError
from seaice.core.files import require_writable
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.scenes.convert import convert_scene
from seaice.scenes.convert.attributes import global_attributes, input_attributes, original_id
from seaice.scenes.convert.raw import RawScene
from seaice.scenes.netcdf import file_identity, open_file
from seaice.scenes.scene import Scene
from seaice.scenes.untrusted import attribute_text

_VERSION = 1
"""Of what conversion makes of a raw file; another one leaves older results unused."""
_MOST_BYTES = 10_000_000_000
"""Of the converted scenes that are kept; a full-size one has 0.5 GB."""


def look_at(path: Path | str, *, reference: bool = True) -> Scene:
    """What a file holds, by its names and attributes, opened in this process.

    A damaged file may never come back from here: see `seaice.scenes.catalogue.guard`.

    Args:
        path: The file.
        reference: As in `Scene.open`.

    Raises:
        SceneError: It is no scene, neither ready-to-train nor raw.
    """
    path = Path(path)
    try:
        return Scene.open(path, reference=reference)
    except RawSceneError:
        return _of_raw(RawScene.open(path))


def reference_charts(path: Path) -> list[ChartName]:
    """The charts that a file with a scene's charts alone holds, opened in this process.

    Raises:
        SceneError: None, or it cannot be read.
    """
    with open_file(path) as dataset:
        charts = [name for name in CHARTS if name in dataset]
    if not charts:
        raise SceneError(path, "holds none of the charts", "Copy or download it again.")
    return charts


def make_ready(scene: Scene, *, apart: bool = False) -> None:
    """Convert a raw scene, unless that has been done.

    Args:
        scene: Any scene; nothing is to do for one that is ready-to-train.
        apart: Work in a process of its own, so that other threads can go on reading scenes.

    Raises:
        SceneError: The raw file cannot be converted.
        OutputError: The cache folder cannot be written to.
    """
    if scene.raw is None:
        return
    if not scene.path.is_file():
        try:
            require_writable(scene.path.parent)
        except OutputError as error:
            raise SceneError(
                scene.raw,
                f"cannot be made ready: the cache folder {cache_folder()} cannot be written to",
                "Set SEAICE_CACHE to a folder with room.",
            ) from error
        # Two pages or commands that ask for the same scene: one of them works, the other waits.
        with FileLock(scene.path.parent / "lock"):
            if not scene.path.is_file():
                _convert_apart(scene) if apart else _convert(scene)
        _forget_oldest(scene.path)
    with suppress(OSError):
        # Used just now: the last to go.
        scene.path.touch()


def _convert(scene: Scene) -> None:
    convert_scene(scene.raw, scene.path, compress=False)


def _convert_apart(scene: Scene) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_convert, scene).result()


def _of_raw(raw: RawScene) -> Scene:
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
    )


def _delays(raw: RawScene) -> str:
    told = (input_attributes(raw, name).get("AMSR2_S1_delays") for name in AMSR2)
    return next((attribute_text(each) for each in told if each is not None), "")


def converted_path(raw: Path, name: str) -> Path:
    """Where a raw file's conversion of a name lies: another or a changed file has another place.

    Raises:
        SceneError: The raw file is gone.
    """
    identity = json.dumps([_VERSION, *file_identity(raw)])
    return _folder() / hashlib.sha256(identity.encode()).hexdigest()[:16] / name


def _folder() -> Path:
    return cache_folder() / "converted"


def _forget_oldest(kept: Path) -> None:
    """Remove the conversions used longest ago, of too many; others may do so at the same time."""
    found = []
    for path in _folder().glob(f"*/*{PREP_SUFFIX}"):
        with suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    total = 0
    for _, size, path in sorted(found, reverse=True):
        total += size
        if total > _MOST_BYTES and path != kept:
            shutil.rmtree(path.parent, ignore_errors=True)
