"""Preparing scenes for training: uncompressed, at the training's spacing, quick to read."""

from seaice.scenes.prepare.folder import Prepared, prepare_folder
from seaice.scenes.prepare.scene import prepare_scene

__all__ = ["Prepared", "prepare_folder", "prepare_scene"]
