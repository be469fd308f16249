"""Scenes as the index keeps them: what a file holds, by the file's identity."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from seaice.ai4arctic.names import is_reference
from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.scenes.catalogue.guard import READER, HopelessFileError
from seaice.scenes.catalogue.opening import converted_path, make_ready
from seaice.scenes.netcdf import file_identity
from seaice.scenes.scene import Scene, reference_beside

_KIND = "scene-2"
"""The number is that of the entries' form."""
_TOGETHER = 50
"""New entries written at once; what is read before a stop is not read again."""


def entries(
    paths: Iterable[Path],
    store: Store,
    tell: Callable[[int, int], object] = lambda done, total: None,
) -> Iterator[Scene | SceneError]:
    """What each file holds, or why it is no scene, in order; known files are not opened.

    Args:
        paths: The files.
        store: The index.
        tell: Called with the number of files opened and to be opened, before each; not at all
            where every one is known.
    """
    keys = {path: _key(path) for path in paths}
    kept = store.get_many(_KIND, [key for key in keys.values() if key])
    known = {path: _found(kept[key]) for path, key in keys.items() if key in kept}
    unknown = sum(known.get(path) is None for path in keys)
    done = count(0)
    fresh: dict[str, bytes] = {}
    try:
        for path, key in keys.items():
            found = known.get(path)
            if found is None:
                tell(next(done), unknown)
                found = _looked_at(path)
                if key and isinstance(found, Scene | HopelessFileError):
                    fresh[key] = _text(found)
            if len(fresh) == _TOGETHER:
                store.put_many(_KIND, fresh)
                fresh.clear()
            yield found
    finally:
        # Also where it is left early: what was opened need not be opened again.
        store.put_many(_KIND, fresh)


def look_at(path: Path | str) -> Scene:
    """What a file holds, by its names and attributes; from the index where it is known.

    Of a raw scene this is what its conversion will hold; `make_ready` comes before its pixels.

    Raises:
        SceneError: It is no scene, neither ready-to-train nor raw.
    """
    (found,) = entries([Path(path)], Store())
    if isinstance(found, SceneError):
        raise found
    return found


def open_scene(path: Path | str) -> Scene:
    """A scene whose pixels can be read; a raw one is converted where it has not been before.

    Raises:
        SceneError: It is no scene, or cannot be read.
        OutputError: The cache folder cannot be written to.
    """
    scene = look_at(path)
    make_ready(scene)
    return scene


def require_hope(path: Path) -> None:
    """Check that a file, whatever it holds, can be opened in this process, if it is one.

    Raises:
        HopelessFileError: It cannot.
    """
    if not path.is_file():
        return
    (found,) = entries([path], Store())
    if isinstance(found, HopelessFileError):
        raise found


def to_json(scene: Scene) -> dict[str, Any]:
    """A scene as JSON values; inverse of `from_json`."""
    return json.loads(json.dumps(asdict(scene), default=str))


def from_json(values: dict[str, Any]) -> Scene:
    """What `to_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: It is something else.
        SceneError: It is a raw scene, and its file is gone.
    """
    path, raw = Path(values["path"]), Path(values["raw"]) if values["raw"] else None
    # Where a conversion lies is not for the index to say: the cache folder may be another one.
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
        notice=values["notice"],
    )


def _key(path: Path) -> str:
    """Identity of a file and of the reference beside it; empty where the file is gone."""
    try:
        # As it is named too: what is kept names the file in the same way.
        identities: list[str | int] = [str(path), *file_identity(path)]
    except SceneError:
        return ""
    if beside := reference_beside(path):
        # A link that leads nowhere has no other identity than being there.
        with suppress(SceneError):
            identities.append(str(beside))
            identities.extend(file_identity(beside))
    return json.dumps(identities)


def _looked_at(path: Path) -> Scene | SceneError:
    if is_reference(path.name):
        return SceneError(path, "holds a scene's charts alone", "Name the scene beside it.")
    try:
        return from_json(READER.look_at(path)["scene"])
    except HopelessFileError as error:
        return _without_reference(path) or error
    except SceneError as error:
        return error


def _without_reference(path: Path) -> Scene | None:
    """A scene that can be opened but for the reference beside it; None where it cannot."""
    beside = reference_beside(path)
    if beside is None:
        return None
    try:
        scene = from_json(READER.look_at(path, reference=False)["scene"])
    except SceneError:
        return None
    return replace(scene, notice=f"{beside} is damaged: opening it crashes or does not end.")


def _text(found: Scene | HopelessFileError) -> bytes:
    if isinstance(found, Scene):
        return json.dumps({"scene": to_json(found)}).encode()
    facts = {"path": str(found.path), "problem": found.problem, "remedy": found.remedy}
    return json.dumps({"hopeless": facts}).encode()


def _found(text: bytes) -> Scene | SceneError | None:
    """What `_text` wrote; None where it is anything else."""
    try:
        values = json.loads(text)
        if "hopeless" in values:
            return HopelessFileError(**values["hopeless"])
        return from_json(values["scene"])
    except (ValueError, KeyError, TypeError, SceneError):
        return None
