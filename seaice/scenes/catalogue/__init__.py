"""What scenes there are, and how each becomes usable."""

from seaice.scenes.catalogue.entries import look_at, open_scene
from seaice.scenes.catalogue.folder import Catalogue, read_catalogue, scene_files
from seaice.scenes.catalogue.opening import make_ready

__all__ = ["Catalogue", "look_at", "make_ready", "open_scene", "read_catalogue", "scene_files"]
