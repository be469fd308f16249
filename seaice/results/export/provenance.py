"""Where a result came from: attributes that every file of results carries."""

import importlib.metadata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seaice.core.errors import SceneError
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.rates import rates_name
from seaice.network.reach import reach_facts
from seaice.scenes.scene import Scene


def software() -> str:
    """Versions of what computes."""
    return " ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("seaice", "torch", "numpy")
    )


def scene_file(scene: Scene) -> str:
    """Name, size and time of change of a scene's file, which tell it from others of its name."""
    try:
        path, changed_ns, size, *_ = scene.key
    except SceneError:
        return "unknown"
    changed = datetime.fromtimestamp(int(changed_ns) // 10**9, UTC)
    moment = f"{changed:%Y-%m-%dT%H:%M:%S}.{int(changed_ns) % 10**9:09}Z"
    # Attributes are UTF-8, names of files need not be.
    name = Path(str(path)).name.encode("utf-8", "replace").decode()
    return f"{name}, {size} bytes, changed {moment}"


def provenance(scene: Scene, command: str) -> dict[str, Any]:
    """Global attributes that say what a result was made from, by what, and when."""
    return {
        "scene": scene.id,
        "scene_file": scene_file(scene),
        "time_coverage_start": f"{scene.time:%Y-%m-%dT%H:%M:%SZ}" if scene.time else "unknown",
        "region": scene.region,
        "ice_service": scene.service,
        "simulated": int(scene.simulated),
        "history": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {command}",
        "software": software(),
    }


def checkpoint_facts(name: str, sha256: str, info: CheckpointInfo) -> dict[str, Any]:
    """Attributes that say which checkpoint made a result.

    Args:
        name: Its file name.
        sha256: Hash of its file.
        info: Its description.
    """
    return {
        "checkpoint": name,
        "checkpoint_sha256": sha256,
        "checkpoint_pixel_spacing": info.spacing_m,
        "atrous_rates": rates_name(info.rates),
        **reach_facts(info.rates, info.cell_m),
        "channel_set": info.channel_set,
    }
