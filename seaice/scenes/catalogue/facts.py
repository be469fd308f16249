"""What a file holds, as JSON values for `seaice info`."""

import os
from pathlib import Path
from typing import Any

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.names import is_reference
from seaice.core.errors import NoScenesError, ResultFileError, SceneError, SeaIceError
from seaice.scenes.catalogue.findings import checked
from seaice.scenes.catalogue.folder import require_scene_files, scene_files
from seaice.scenes.catalogue.index import inspect_scene
from seaice.scenes.catalogue.sandbox import SANDBOX
from seaice.scenes.scene import Scene

RESULTS = "predictions or other results of seaice, not a scene"
"""`kind` of a file of results."""


def facts_of(path: Path) -> list[dict[str, Any]]:
    """What a file holds, or each scene file of a folder; see `file_facts`.

    A folder that holds no scenes, or cannot be opened, is told as an unusable file is.
    """
    if not os.path.isdir(path):
        return [file_facts(path)]
    try:
        require_scene_files(path)
        return [file_facts(each) for each in scene_files(path)]
    except NoScenesError as error:
        return [_unusable(path, error)]


def file_facts(path: Path) -> dict[str, Any]:
    """What a scene file holds and which channel sets it can feed.

    Args:
        path: The file.

    Returns:
        JSON values. `problems` has a sentence for each thing that keeps the file from being used;
        where there is one, `kind` is None and all other facts but `file` are left out. Files of
        results have `file`, their `kind` and an empty `problems`.
    """
    try:
        if is_reference(path.name):
            return _reference_facts(path)
        scene = checked(inspect_scene(path))
    except ResultFileError:
        return {"file": str(path), "kind": RESULTS, "problems": []}
    except SceneError as error:
        return _unusable(path, error)
    return {
        "file": str(path),
        "kind": _kind(scene),
        "id": scene.id,
        "time": scene.time.isoformat() if scene.time else None,
        "service": scene.service,
        "region": scene.region,
        "spacing_m": scene.grid.spacing_m,
        "lines": scene.grid.lines,
        "samples": scene.grid.samples,
        "channels": list(scene.channels),
        "charts": list(scene.charts),
        "channel_sets": {
            name: {"usable": not scene.missing(name), "missing": scene.missing(name)}
            for name in CHANNEL_SETS
        },
        "notice": scene.notice,
        "problems": [],
    }


def _unusable(path: Path, error: SeaIceError) -> dict[str, Any]:
    return {"file": str(path), "kind": None, "problems": [str(error)]}


def _kind(scene: Scene) -> str:
    simulated = "simulated " if scene.simulated else ""
    return f"{simulated}{'ready-to-train' if scene.raw is None else 'raw'} scene"


def _reference_facts(path: Path) -> dict[str, Any]:
    """The charts of a reference; the facts of the scene beside it list them, too."""
    charts = SANDBOX.inspect(path)["reference"]
    return {"file": str(path), "kind": "reference charts", "charts": charts, "problems": []}
