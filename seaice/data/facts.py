"""What a file holds, as plain values: for `seaice info` and whoever else asks."""

from pathlib import Path
from typing import Any

from seaice.data.scene import Scene
from seaice.errors import SceneError
from seaice.vocabulary import CHANNEL_SETS


def file_facts(path: Path) -> dict[str, Any]:
    """What a scene file holds and which channel sets it can feed.

    Args:
        path: The file.

    Returns:
        JSON values; `problems` lists a sentence for each thing that keeps the file from being used,
        and with one there `kind` is None and nothing else is told.
    """
    try:
        scene = Scene.open(path)
    except SceneError as error:
        return {"file": str(path), "kind": None, "problems": [str(error)]}
    return {
        "file": str(path),
        "kind": "simulated ready-to-train scene" if scene.simulated else "ready-to-train scene",
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
        "problems": [],
    }
