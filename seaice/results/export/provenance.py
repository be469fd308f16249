"""Where a result came from: attributes that every file of results carries."""

import importlib.metadata
from datetime import UTC, datetime
from typing import Any

from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.rates import rates_name
from seaice.network.reach import reach_facts
from seaice.scenes.scene import Scene


def provenance(scene: Scene, command: str) -> dict[str, Any]:
    """Global attributes that say what a result was made from, by what, and when."""
    versions = " ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("seaice", "torch", "numpy")
    )
    return {
        "scene": scene.id,
        "time_coverage_start": f"{scene.time:%Y-%m-%dT%H:%M:%SZ}" if scene.time else "unknown",
        "region": scene.region,
        "ice_service": scene.service,
        "simulated": int(scene.simulated),
        "history": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {command}",
        "software": versions,
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
