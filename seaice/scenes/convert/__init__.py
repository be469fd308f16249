"""Converting raw AI4Arctic scenes to ready-to-train ones; `docs/convert.md` has the steps."""

from seaice.scenes.convert.scene import Converted, convert_scene

__all__ = ["Converted", "convert_scene"]
