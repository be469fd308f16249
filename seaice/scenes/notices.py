"""Notices about a scene's file: what you should know although the file can be used.

Every such sentence is made here. The pages and `seaice info` show `scene_notice`, `seaice convert`
prints `conversion_notice`. What keeps a file from being used is a `SceneError` instead.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seaice.scenes.scene import Scene


def scene_notice(scene: "Scene") -> str:
    """What you should know about the file of a scene.

    Returns:
        One or more sentences; empty where there is nothing to say.
    """
    return " ".join(_about_scene(scene))


def conversion_notice(*, has_charts: bool, filled: Sequence[str]) -> str:
    """What you should know about the conversion of a raw scene.

    Args:
        has_charts: Whether the raw scene has polygons, from which the charts are made.
        filled: AMSR2 and ERA5 variables in which cells without a value were filled.

    Returns:
        One or more sentences; empty where there is nothing to say.
    """
    return " ".join(_about_conversion(has_charts, filled))


def _about_scene(scene: "Scene") -> Iterator[str]:
    """The sentences about the file of a scene, one for each thing to know."""
    if scene.reference_problem:
        yield scene.reference_problem
    yield from scene.found


def _about_conversion(has_charts: bool, filled: Sequence[str]) -> Iterator[str]:
    """The sentences about a conversion, one for each thing to know."""
    if not has_charts:
        yield "The raw scene has no polygons, so the converted scene has no charts."
    if filled:
        yield f"Cells without a value were filled with the dataset's mean in {', '.join(filled)}."
