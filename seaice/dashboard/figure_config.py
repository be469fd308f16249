"""Plotly's settings for a figure of a scene, and the name of the picture that it saves itself."""

from seaice.figures.offline import OFFLINE
from seaice.scenes.scene import Scene


def figure_config(scene: Scene, name: str, *, zooms: bool = False) -> dict[str, object]:
    """Plotly's settings for a figure: a camera saves it as a PNG that is named after it.

    Args:
        scene: The scene.
        name: What it shows, as part of a file's name.
        zooms: Whether it is a map that the mouse wheel zooms.
    """
    picture = {"format": "png", "scale": 2, "filename": f"{safe(scene.id)}_{name}"}
    config: dict[str, object] = {**OFFLINE, "toImageButtonOptions": picture}
    return config | ({"scrollZoom": True} if zooms else {"modeBarButtons": [["toImage"]]})


def safe(text: str) -> str:
    """A text as part of a file's name."""
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in text)
