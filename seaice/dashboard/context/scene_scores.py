"""What networks of growing fields score on the scene in view, and on the region drawn on it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.baselines.beside import is_below, linear_among
from seaice.baselines.files import LINEAR
from seaice.core.folders import models_folder
from seaice.dashboard import cached
from seaice.dashboard.compare.region_picker import chosen_region, region_text
from seaice.experiment.sentences import points
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.scoring import Score, ScoreSums
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_BELOW = "below"
"""Marks a network that scores less than the linear model."""


def scene_scores(
    scene: Scene, chart: ChartName, networks: Sequence[tuple[CheckpointFile, float]]
) -> None:
    """Draw a row for each network, and one for the linear model of their channels if it is known.

    Args:
        scene: The scene, with a chart.
        chart: The task.
        networks: Checkpoints of one channel set with their receptive fields, km, the smallest
            first.
    """
    places: dict[str, Region | None] = {"Whole scene": None}
    region = chosen_region(scene)
    if region is not None:
        places[f"Region: {region_text(region)}"] = region
    files = [file for file, _ in networks]
    known, _ = cached.baselines(models_folder(), files[0].info.channel_set)
    linear = linear_among(known)
    sums = {
        name: cached.baseline_scores(scene, linear, place) if linear else None
        for name, place in places.items()
    }
    # A model that cannot predict the scene is in no column.
    lines = {name: _value(each, chart) for name, each in sums.items() if each is not None}
    columns = {
        name: _column(scene, chart, files, place, lines.get(name)) for name, place in places.items()
    }
    names = [f"{file.info.rates_label} (field {field:.0f} km)" for file, field in networks]
    if lines:
        names.append(LINEAR)
        columns = {name: [*columns[name], _cell(line)] for name, line in lines.items()}
    st.table(pd.DataFrame(columns, index=pd.Index(names, name=f"{chart} on this scene")))
    st.caption(
        "Against the ice chart; in brackets, the difference from the smallest field. "
        + (f"Marked {_BELOW}: less than the {LINEAR} of the same channels. " if lines else "")
        + "This is a single scene; what others say is in the figures above."
        + (
            ""
            if region
            else " Choose a region on Compare or Scenes, and its scores stand here as well."
        )
    )


def _column(
    scene: Scene,
    chart: ChartName,
    files: Sequence[CheckpointFile],
    region: Region | None,
    line: float | None,
) -> list[str]:
    """What each network scores, marked where that is less than the linear model does."""
    values = [
        _value(cached.scores(cached.prediction(scene, file), region), chart) for file in files
    ]
    texts = [_cell(value, values[0] if number else None) for number, value in enumerate(values)]
    return [
        f"{text}, {_BELOW}" if is_below(value, line) else text
        for text, value in zip(texts, values, strict=True)
    ]


def _value(sums: ScoreSums, chart: ChartName) -> float | None:
    score: Score = getattr(sums.scores(), chart)
    return score.value


def _cell(value: float | None, smallest: float | None = None) -> str:
    if value is None:
        return "not defined"
    if smallest is None:
        return points(value)
    # Of the numbers that are read, so that the three agree.
    difference = round(value, 1) - round(smallest, 1)
    return f"{points(value)} ({points(difference, signed=True)})"
