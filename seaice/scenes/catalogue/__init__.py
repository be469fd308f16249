"""Which scenes a folder holds, and how their pixels become readable."""

from seaice.scenes.catalogue.findings import checked
from seaice.scenes.catalogue.folder import (
    Catalogue,
    read_catalogue,
    reference_files,
    require_scene_files,
    results_text,
    scene_files,
)
from seaice.scenes.catalogue.index import inspect_scene, open_scene
from seaice.scenes.catalogue.opening import make_ready

__all__ = [
    "Catalogue",
    "checked",
    "inspect_scene",
    "make_ready",
    "open_scene",
    "read_catalogue",
    "reference_files",
    "require_scene_files",
    "results_text",
    "scene_files",
]
