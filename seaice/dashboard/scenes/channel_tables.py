"""Tables of a scene's channels, and of the channel sets that it can feed."""

from collections.abc import Mapping

import pandas as pd

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS
from seaice.ai4arctic.layout import SCALING
from seaice.dashboard.scenes.channels import Spread
from seaice.scenes.scene import Scene

_GRIDS = {"full": "full", "2km": "2 km", "positions": "from positions"}


def channel_table(scene: Scene, spreads: Mapping[str, Spread]) -> pd.DataFrame:
    """One row per known channel, whether or not the scene has it.

    Args:
        scene: The scene.
        spreads: Statistics of the channels that the scene has, by channel name.
    """
    rows = {
        channel.label: {
            "Unit": channel.unit,
            "Grid": _GRIDS[channel.grid],
            "Present": "yes" if name in scene.channels else "no",
            "Mean": spreads[name].shown("mean") if name in spreads else "",
            "Standard deviation": spreads[name].shown("std") if name in spreads else "",
            "1st to 99th percentile": spreads[name].range if name in spreads else "",
            "Data set mean, standard deviation": _scaling(name),
        }
        for name, channel in CHANNEL.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Channel")


def _scaling(name: str) -> str:
    return f"{SCALING[name][0]:g}, {SCALING[name][1]:g}" if name in SCALING else "not scaled"


def channel_set_table(scene: Scene) -> pd.DataFrame:
    """One row per channel set: whether the scene can feed it, and which channels it lacks."""
    rows = {
        name: {
            "Usable": "no" if scene.missing(name) else "yes",
            "Missing channels": ", ".join(scene.missing(name)),
        }
        for name in CHANNEL_SETS
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Channel set")
