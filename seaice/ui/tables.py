"""Tables of the scene browser."""

import pandas as pd

from seaice.data.catalogue import Catalogue
from seaice.data.scene import Scene
from seaice.layout import SCALING
from seaice.vocabulary import CHANNEL, CHANNEL_SETS

_GRIDS = {"full": "full", "2km": "2 km", "positions": "from positions"}


def scene_table(catalogue: Catalogue) -> pd.DataFrame:
    """One row a scene."""
    return pd.DataFrame(
        {
            "Time (UTC)": scene.time.replace(tzinfo=None) if scene.time else None,
            "Region": scene.region,
            "Service": scene.service.upper(),
            "Size": f"{scene.grid.lines} x {scene.grid.samples}",
            "Spacing (m)": scene.grid.spacing_m,
            "Charts": ", ".join(scene.charts) or "none",
            "Channel sets": _sets(scene),
            "Simulated": "yes" if scene.simulated else "no",
            "Scene": scene.id,
        }
        for scene in catalogue.scenes
    )


def _sets(scene: Scene) -> str:
    usable = scene.usable_channel_sets()
    return "every one" if len(usable) == len(CHANNEL_SETS) else ", ".join(usable) or "none"


def channel_table(scene: Scene) -> pd.DataFrame:
    """One row a channel of the vocabulary, present or not."""
    rows = {
        channel.label: {
            "Unit": channel.unit,
            "Grid": _GRIDS[channel.grid],
            "Present": "yes" if name in scene.channels else "no",
            "Mean and standard deviation of the data set": _scaling(name),
        }
        for name, channel in CHANNEL.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Channel")


def _scaling(name: str) -> str:
    return f"{SCALING[name][0]:g}, {SCALING[name][1]:g}" if name in SCALING else "not scaled"


def channel_set_table(scene: Scene) -> pd.DataFrame:
    """One row a channel set: whether the scene can feed it, and what it lacks."""
    rows = {
        name: {
            "Usable": "no" if scene.missing(name) else "yes",
            "Missing": ", ".join(scene.missing(name)),
        }
        for name in CHANNEL_SETS
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Channel set")
