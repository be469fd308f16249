"""The table of the folder's scenes: its columns, its rows, and the row that is selected."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS
from seaice.ai4arctic.names import region_name
from seaice.ai4arctic.seasons import season
from seaice.dashboard.scenes.score_section import NOT_SCORED, Scored
from seaice.dashboard.scenes.summaries import SceneSummary
from seaice.dashboard.sidebar.pickers import select_scene
from seaice.scenes.scene import Scene

SCORE, LINEAR, AGAINST, DISAGREEMENT = "Score", "Linear", "Minus linear", "Disagreement (%)"
_KEY = "scene_table"
# No higher than the map beside it.
_ROW_PX, _HEAD_PX, _MAX_PX = 62, 40, 440


def draw_scene_table(
    scenes: Sequence[Scene],
    selected: Scene,
    summaries: Mapping[str, SceneSummary],
    scored: Scored,
) -> None:
    """Draw the table; a click on a row selects its scene, one on a header sorts by it."""
    ids = [scene.id for scene in scenes]
    rows = [ids.index(selected.id)] if selected.id in ids else []

    def select_row() -> None:
        picked = st.session_state[_KEY]["selection"]
        # If the ticked row is the one that was set here, a cell was clicked.
        ticked = picked["rows"] if picked["rows"] != rows else []
        for row in ticked or [cell[0] for cell in picked["cells"]]:
            select_scene(ids[row])

    st.session_state[_KEY] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        scene_table(scenes, summaries, scored),
        hide_index=True,
        key=_KEY,
        on_select=select_row,
        # A scene is always selected, although the filter may hide its row.
        selection_mode=["single-row-required" if rows else "single-row", "single-cell"],
        column_config=scene_columns(scored),
        row_height=_ROW_PX,
        height=min(len(ids) * _ROW_PX + _HEAD_PX, _MAX_PX),
        placeholder="",
        alt="Scenes of the folder",
    )


def scene_table(
    scenes: Sequence[Scene], summaries: Mapping[str, SceneSummary], scored: Scored = NOT_SCORED
) -> pd.DataFrame:
    """One row per scene; cells are blank where its pixels have not been read or scored."""
    rows = [
        {
            **_row(scene, summaries.get(scene.id, SceneSummary())),
            SCORE: scored.scores.get(scene.id),
            LINEAR: scored.linear.get(scene.id),
            AGAINST: _minus(scored.scores.get(scene.id), scored.linear.get(scene.id)),
            DISAGREEMENT: scored.disagreement.get(scene.id),
        }
        for scene in scenes
    ]
    return pd.DataFrame(rows, columns=list(scene_columns(scored)))


def _row(scene: Scene, summary: SceneSummary) -> dict[str, Any]:
    return {
        "HH": summary.hh,
        "Chart": summary.chart,
        "Time (UTC)": scene.time.replace(tzinfo=None) if scene.time else None,
        "Season": season(scene.time),
        "Region": region_name(scene.region),
        "Service": scene.service.upper(),
        "Water (%)": _percent(summary.share_water),
        "Valid (%)": _percent(summary.share_valid),
        "Size": f"{scene.grid.lines} x {scene.grid.samples}",
        "Spacing (m)": scene.grid.spacing_m,
        "Channels": len(scene.channels),
        "Channel sets": _usable_sets(scene),
        "Charts": ", ".join(scene.charts) or "none",
        "Simulated": "yes" if scene.simulated else "no",
        "Scene": scene.id,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _usable_sets(scene: Scene) -> str:
    usable = scene.usable_channel_sets()
    return "all sets" if len(usable) == len(CHANNEL_SETS) else ", ".join(usable) or "none"


def scene_columns(scored: Scored = NOT_SCORED) -> dict[str, Any]:
    """How Streamlit shows each column, and the help at its header."""
    columns = st.column_config
    text, number, image = columns.TextColumn, columns.NumberColumn, columns.ImageColumn
    return {
        "HH": image(
            width=76,
            help="Sentinel-1 HH from -28 dB (black) to -4 dB (white), north up.",
        ),
        "Chart": image(
            width=76,
            help="The analyst's SOD chart in the colours of Compare, or SIC if there is no SOD.",
        ),
        **_score_columns(scored),
        "Time (UTC)": columns.DatetimeColumn(
            format="YYYY-MM-DD HH:mm", help="Start of the Sentinel-1 acquisition."
        ),
        "Season": text(help="Season of the acquisition, by the initials of its months."),
        "Region": text(help="Region of the ice chart, as named in the file."),
        "Service": text(help="Ice service that drew the chart: DMI (Greenland) or CIS (Canada)."),
        "Water (%)": columns.ProgressColumn(
            min_value=0,
            max_value=100,
            format="%.0f %%",
            width=110,
            help="Share of open water (SIC 0 %) in the pixels that SIC labels. Scores mean little "
            "on a scene that is nearly all water or all ice.",
        ),
        "Valid (%)": number(
            format="%.0f",
            help="Share of pixels inside the swath and not masked as land. Higher is better.",
        ),
        "Size": text(help="Lines x samples of the scene's own grid, in pixels."),
        "Spacing (m)": number(
            format="%.0f", help="Pixel spacing in metres. A smaller one shows finer ice."
        ),
        "Channels": number(
            help=f"Number of channels in the file, out of {len(CHANNEL)}. More is better."
        ),
        "Channel sets": text(help="Channel sets for which the scene has all channels."),
        "Charts": text(help="Reference charts in the file. Without them there are no scores."),
        "Simulated": text(help="Simulated scenes say nothing about real ice."),
        "Scene": text(help="Time and ice service, as in the file name."),
    }


def _minus(score: float | None, linear: float | None) -> float | None:
    return None if score is None or linear is None else score - linear


def _score_columns(scored: Scored) -> dict[str, Any]:
    """Columns of what is known of a network's scores; none before the first scene is scored."""
    number, shown = st.column_config.NumberColumn, {}
    if scored.scores:
        shown[SCORE] = number(
            scored.task,
            format="%.1f",
            width=90,
            help="Score of the network chosen under Scores, 100 at best. Blank if the chart of "
            "the scene gives none.",
        )
    if scored.scores and scored.linear:
        shown[LINEAR] = number(
            format="%.1f",
            width=60,
            help="Score of the per-pixel linear model of the network's channels on the scene.",
        )
        shown[AGAINST] = number(
            format="%+.1f",
            width=90,
            help="Score of the network minus that of the linear model: below 0, the linear model "
            "is better.",
        )
    if scored.disagreement:
        shown[DISAGREEMENT] = number(
            format="%.1f",
            help="Share of the valid pixels for which the two networks predict different classes, "
            "of SIC more than 10 % apart.",
        )
    return shown
