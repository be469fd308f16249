"""Raw AI4Arctic scenes made ready-to-train; `docs/convert.md` tells each step."""

from seaice.scenes.convert.scene import Converted, convert_scene

__all__ = ["Converted", "convert_scene"]
