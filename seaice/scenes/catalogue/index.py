"""The index of scene files: what each holds, kept by the file's identity."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

from seaice.ai4arctic.names import is_reference
from seaice.core.cache import Store
from seaice.core.errors import ResultFileError, SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.scenes.catalogue.opening import converted_path, make_ready
from seaice.scenes.catalogue.sandbox import SANDBOX, UnopenableFileError
from seaice.scenes.netcdf import file_identity
from seaice.scenes.scene import Scene, reference_beside

_KIND = "scene-4"
"""The number counts the forms that an entry has had."""
_Kept = Scene | UnopenableFileError | ResultFileError
"""What the index keeps. Other errors may be gone soon."""
_BATCH = 50
"""New entries written at once; after an interruption only unwritten ones are read again."""


def inspect_scenes(
    paths: Iterable[Path],
    store: Store,
    on_progress: Callable[[int, int], object] = lambda done, total: None,
) -> Iterator[Scene | SceneError]:
    """What each file holds, or why it is not a scene, in order. Known files are not opened.

    Args:
        paths: The files.
        store: The index.
        on_progress: Called before each file that is opened, with the number of files opened so far
            and to be opened in all.
    """
    keys = {path: _key(path) for path in paths}
    stored = store.get_many(_KIND, [key for key in keys.values() if key])
    known = {path: _from_entry(stored[key]) for path, key in keys.items() if key in stored}
    unknown = sum(known.get(path) is None for path in keys)
    done = count(0)
    new: dict[str, bytes] = {}
    try:
        for path, key in keys.items():
            result = known.get(path)
            if result is None:
                on_progress(next(done), unknown)
                result = _inspect(path)
                # Other errors are not kept: the file may be in the middle of being copied.
                if key and isinstance(result, _Kept):
                    new[key] = _entry(result)
            if len(new) == _BATCH:
                store.put_many(_KIND, new)
                new.clear()
            yield result
    finally:
        # Also where the caller stops early: files that were opened need not be opened again.
        store.put_many(_KIND, new)


def inspect_scene(path: Path | str) -> Scene:
    """What a file holds, by its names and attributes; from the index where it is known.

    For a raw scene this is what its conversion will hold. Call `make_ready` before you read pixels.

    Raises:
        SceneError: It is not a scene, neither ready-to-train nor raw.
    """
    (result,) = inspect_scenes([Path(path)], Store())
    if isinstance(result, SceneError):
        raise result
    return result


def open_scene(path: Path | str) -> Scene:
    """A scene whose pixels can be read; a raw one is converted unless that has been done before.

    Raises:
        SceneError: It is not a scene, or cannot be read.
        OutputError: The cache folder cannot be written to.
    """
    scene = inspect_scene(path)
    make_ready(scene)
    return scene


def require_openable(path: Path) -> None:
    """Check that this process can open a file, whatever it holds. A missing file passes.

    Raises:
        UnopenableFileError: Opening it crashes or does not end.
    """
    if not os.path.isfile(path):
        return
    (result,) = inspect_scenes([path], Store())
    if isinstance(result, UnopenableFileError):
        raise result


def to_json(scene: Scene) -> dict[str, Any]:
    """A scene as JSON values; inverse of `from_json`."""
    # json gives back an object for the object that it was given.
    return cast(dict[str, Any], json.loads(json.dumps(asdict(scene), default=str)))


def from_json(values: dict[str, Any]) -> Scene:
    """The scene that `to_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: The values are not those of a scene.
        SceneError: It is a raw scene whose file is gone.
    """
    path, raw = Path(values["path"]), Path(values["raw"]) if values["raw"] else None
    # The cache folder may be another one by now, and with it the place of the conversion.
    path = path if raw is None else converted_path(raw, path.name)
    return Scene(
        path=path,
        id=values["id"],
        time=datetime.fromisoformat(values["time"]) if values["time"] else None,
        service=values["service"],
        region=values["region"],
        grid=PixelGrid(**values["grid"]),
        channels=tuple(values["channels"]),
        charts=tuple(values["charts"]),
        charts_path=path if raw else Path(values["charts_path"]),
        simulated=values["simulated"],
        delays=values["delays"],
        raw=raw,
        reference_problem=values["reference_problem"],
        polarisations=tuple((name, pol) for name, pol in values["polarisations"]),
        found=tuple(map(str, values["found"])),
    )


def _key(path: Path) -> str:
    """Identity of a file and of the reference beside it; empty where the file is gone."""
    try:
        # The path as given, too: the entry names the file in the same way.
        identities: list[str | int] = [str(path), *file_identity(path)]
    except SceneError:
        return ""
    if beside := reference_beside(path):
        # A dangling link has only its name.
        with suppress(SceneError):
            identities.append(str(beside))
            identities.extend(file_identity(beside))
    return json.dumps(identities)


def _inspect(path: Path) -> Scene | SceneError:
    """What a file holds, or why it is not a scene; opened in the sandbox."""
    if is_reference(path.name):
        return SceneError(path, "holds only the charts of a scene", "Name the scene beside it.")
    try:
        return from_json(SANDBOX.inspect(path)["scene"])
    except UnopenableFileError as error:
        return _without_reference(path) or error
    except SceneError as error:
        return error


def _without_reference(path: Path) -> Scene | None:
    """A scene that only the reference beside it keeps from being opened; None where it is not."""
    beside = reference_beside(path)
    if beside is None:
        return None
    try:
        scene = from_json(SANDBOX.inspect(path, reference=False)["scene"])
    except SceneError:
        return None
    problem = f"{beside} is damaged: opening it crashes or does not end."
    return replace(scene, reference_problem=problem)


def _entry(result: _Kept) -> bytes:
    """What the index keeps of a file; inverse of `_from_entry`."""
    if isinstance(result, Scene):
        return json.dumps({"scene": to_json(result)}).encode()
    if isinstance(result, ResultFileError):
        return json.dumps({"result": str(result.path)}).encode()
    facts = {"path": str(result.path), "problem": result.problem, "remedy": result.remedy}
    return json.dumps({"unopenable": facts}).encode()


def _from_entry(entry: bytes) -> Scene | SceneError | None:
    """The scene or error of an entry; None where the entry is damaged."""
    try:
        values = json.loads(entry)
        if "unopenable" in values:
            return UnopenableFileError(**values["unopenable"])
        if "result" in values:
            return ResultFileError(values["result"])
        return from_json(values["scene"])
    except (ValueError, KeyError, TypeError, SceneError):
        return None
