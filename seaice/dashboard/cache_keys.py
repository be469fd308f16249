"""How the dashboard caches: keys are identities of files and settings, never array content.

Streamlit would sample a large array to hash it, so two arrays could share a key. Here, every object
that holds arrays or comes from a file is hashed by its identity instead.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import streamlit as st

from seaice.baselines.beside import Yardstick
from seaice.core.errors import SceneError
from seaice.core.files import files_in
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.autoice.column import ClassMaps, MapsFile
from seaice.results.confidence.ensemble import EnsembleMaps
from seaice.results.inference import Prediction
from seaice.results.maps import ChartMaps
from seaice.scenes.scene import Scene, SceneKey

Function = TypeVar("Function", bound=Callable[..., Any])


def file_key(path: Path) -> SceneKey:
    """Identity of a file: path, modification time, size; the path alone if the file is missing."""
    try:
        status = path.stat()
    except OSError:
        return (str(path),)
    return str(path), status.st_mtime_ns, status.st_size


def scene_key(scene: Scene) -> SceneKey:
    """Identity of a scene; its path alone if a file of it is missing."""
    try:
        return scene.key
    except SceneError:
        # Reading it will say so, in words that a page can show.
        return (str(scene.path),)


def maps_key(maps: ChartMaps) -> tuple[object, ...]:
    """Identity of predicted maps: the scene's, and that of what predicted it."""
    source = maps.sha256 if isinstance(maps, Prediction) else maps.source
    assert source, "maps without a source must not be kept: others would share their key"
    return scene_key(maps.scene), source


def folder_key(folder: Path, pattern: str) -> tuple[str | SceneKey, ...]:
    """Identity of a folder's files that match a pattern."""
    return str(folder), *(file_key(path) for path in files_in(folder, pattern))


_IDENTITY: dict[str | type[Any], Callable[[Any], object]] = {
    Scene: scene_key,
    CheckpointFile: lambda file: file_key(file.path),
    Yardstick: lambda yardstick: yardstick.key,
    Prediction: maps_key,
    ChartMaps: maps_key,
    ClassMaps: maps_key,
    EnsembleMaps: maps_key,
    MapsFile: lambda file: file.sha256,
    # By name, because these modules build on this one.
    "seaice.dashboard.scene_view.SceneView": lambda view: view.key,
    "seaice.dashboard.compare.results.ColumnResult": lambda result: result.key,
    "seaice.dashboard.compare.results.NetworkResult": lambda result: result.key,
    "seaice.dashboard.explain.evidence_column.EvidenceColumn": lambda column: column.key,
}


def cached(max_entries: int, spinner: str = "") -> Callable[[Function], Function]:
    """Decorate a function so that it computes once for each set of arguments, for all sessions.

    Args:
        max_entries: Number of results to keep; the oldest goes first.
        spinner: Text to show while it computes; empty for none.
    """
    decorate = st.cache_resource(
        max_entries=max_entries, show_spinner=spinner or False, hash_funcs=_IDENTITY
    )
    # Streamlit's own type loses the signature of a method.
    return cast("Callable[[Function], Function]", decorate)
