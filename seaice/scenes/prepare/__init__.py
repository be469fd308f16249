"""Scenes made ready for being read again and again: a folder once, for many trainings."""

from seaice.scenes.prepare.folder import Prepared, prepare_folder
from seaice.scenes.prepare.scene import prepare_scene

__all__ = ["Prepared", "prepare_folder", "prepare_scene"]
