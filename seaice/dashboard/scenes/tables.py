"""Tables of the scene browser."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS
from seaice.ai4arctic.layout import SCALING
from seaice.dashboard.scenes.channels import Spread
from seaice.dashboard.scenes.glances import Glance
from seaice.dashboard.scenes.scene_filter import season
from seaice.scenes.scene import Scene

_GRIDS = {"full": "full", "2km": "2 km", "positions": "from positions"}


def scene_table(scenes: Sequence[Scene], glances: Mapping[str, Glance]) -> pd.DataFrame:
    """One row a scene; blank where its pixels have not been read."""
    rows = [_scene_row(scene, glances.get(scene.id, Glance())) for scene in scenes]
    return pd.DataFrame(rows, columns=list(scene_columns()))


def _scene_row(scene: Scene, glance: Glance) -> dict[str, Any]:
    return {
        "HH": glance.hh,
        "Chart": glance.chart,
        "Time (UTC)": scene.time.replace(tzinfo=None) if scene.time else None,
        "Season": season(scene.time),
        "Region": scene.region,
        "Service": scene.service.upper(),
        "Water (%)": _percent(glance.share_water),
        "Valid (%)": _percent(glance.share_valid),
        "Size": f"{scene.grid.lines} x {scene.grid.samples}",
        "Spacing (m)": scene.grid.spacing_m,
        "Channels": len(scene.channels),
        "Channel sets": _sets(scene),
        "Charts": ", ".join(scene.charts) or "none",
        "Simulated": "yes" if scene.simulated else "no",
        "Scene": scene.id,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def scene_columns() -> dict[str, Any]:
    """How each column of the scene table is shown, and what its head says to the pointer."""
    columns = st.column_config
    text, number, image = columns.TextColumn, columns.NumberColumn, columns.ImageColumn
    return {
        "HH": image(
            width=76, help="Sentinel-1 HH from -28 dB (black) to -4 dB (white), first line on top."
        ),
        "Chart": image(
            width=76, help="The analyst's SOD in the colours of Compare; SIC where there is no SOD."
        ),
        "Time (UTC)": columns.DatetimeColumn(
            format="YYYY-MM-DD HH:mm", help="Start of the Sentinel-1 acquisition."
        ),
        "Season": text(help="Months of the acquisition by their first letters."),
        "Region": text(help="Region of the ice chart, as the file names it."),
        "Service": text(help="Ice service that drew the chart: DMI (Greenland), CIS (Canada)."),
        "Water (%)": columns.ProgressColumn(
            min_value=0,
            max_value=100,
            format="%.0f %%",
            width=110,
            help="Share of class 0 % in the pixels that SIC labels. Scores of a scene that is "
            "nearly all water or all ice say little.",
        ),
        "Valid (%)": number(
            format="%.0f",
            help="Share of the pixels inside the swath and not masked as land; more is better.",
        ),
        "Size": text(help="Lines x samples of the scene's own grid, pixels."),
        "Spacing (m)": number(
            format="%.0f", help="Pixel spacing, metres; smaller shows finer ice."
        ),
        "Channels": number(
            help=f"Channels that the file can give, of {len(CHANNEL)}; more is better."
        ),
        "Channel sets": text(help="Channel sets that it can feed."),
        "Charts": text(help="Reference charts; without one there are no scores."),
        "Simulated": text(help="Simulated scenes say nothing about real ice."),
        "Scene": text(help="Time and ice service, as in the file's name."),
    }


def _sets(scene: Scene) -> str:
    usable = scene.usable_channel_sets()
    return "every one" if len(usable) == len(CHANNEL_SETS) else ", ".join(usable) or "none"


def channel_table(scene: Scene, spreads: Mapping[str, Spread]) -> pd.DataFrame:
    """One row a channel of the vocabulary, present or not.

    Args:
        scene: The scene.
        spreads: How the values of its channels are spread, by channel.
    """
    rows = {
        channel.label: {
            "Unit": channel.unit,
            "Grid": _GRIDS[channel.grid],
            "Present": "yes" if name in scene.channels else "no",
            "Mean": spreads[name].shown("mean") if name in spreads else "",
            "Standard deviation": spreads[name].shown("std") if name in spreads else "",
            "1 to 99 % of the pixels": spreads[name].range if name in spreads else "",
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
