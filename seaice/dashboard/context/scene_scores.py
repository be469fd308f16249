"""What networks of growing fields score on the scene in view, and on the region drawn on it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard import cached
from seaice.dashboard.compare.region_picker import chosen_region, region_text
from seaice.experiment.sentences import points
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene


def scene_scores(
    scene: Scene, chart: ChartName, networks: Sequence[tuple[CheckpointFile, float]]
) -> None:
    """Draw a row for each network.

    Args:
        scene: The scene, with a chart.
        chart: The task.
        networks: Checkpoints with their receptive fields, km, the smallest first.
    """
    places: dict[str, Region | None] = {"Whole scene": None}
    region = chosen_region(scene)
    if region is not None:
        places[f"Region: {region_text(region)}"] = region
    columns = {
        name: _column(scene, chart, [file for file, _ in networks], place)
        for name, place in places.items()
    }
    names = [f"{file.info.rates_label} (field {field:.0f} km)" for file, field in networks]
    st.table(pd.DataFrame(columns, index=pd.Index(names, name=f"{chart} on this scene")))
    st.caption(
        "Against the ice chart; in brackets, the difference from the smallest field. This is a "
        "single scene; what others say is in the figures above."
        + ("" if region else " Draw a region on Compare, and its scores stand here as well.")
    )


def _column(
    scene: Scene, chart: ChartName, files: Sequence[CheckpointFile], region: Region | None
) -> list[str]:
    values: list[float | None] = []
    for file in files:
        sums = cached.scores(cached.prediction(scene, file), region)
        values.append(getattr(sums.scores(), chart).value)
    return [_cell(value, None if number == 0 else values[0]) for number, value in enumerate(values)]


def _cell(value: float | None, smallest: float | None) -> str:
    if value is None:
        return "not defined"
    if smallest is None:
        return points(value)
    # Of the numbers that are read, so that the three agree.
    difference = round(value, 1) - round(smallest, 1)
    return f"{points(value)} ({points(difference, signed=True)})"
