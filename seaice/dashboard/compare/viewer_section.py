"""The maps of Compare in the swipe viewer: two at a time, or along a slider over the rates."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from seaice.dashboard.compare.drawn_maps import DrawnMap, backdrop
from seaice.dashboard.compare.results import NetworkResult
from seaice.dashboard.compare.rows import MapRow
from seaice.dashboard.components.morph import Morph
from seaice.dashboard.components.swipe import SwipeMap, swipe
from seaice.dashboard.scene_view import SceneView


def swipe_maps(view: SceneView, rows: Sequence[MapRow]) -> None:
    """Draw the viewer, at first with the first prediction at the left and the last at the right."""
    maps = _maps(rows)
    predictions = [each for row in rows if row.name == "Maps" for each in row.column_maps]
    predicted = [i for i, drawn in enumerate(maps) if any(drawn is each for each in predictions)]
    buttons = [(" · ".join(maps[i].heading), i) for i in predicted]
    left = predicted[0] if len(predicted) > 1 else 0
    right = predicted[-1] if predicted else len(maps) - 1
    shown = [_swipe_map(view, drawn) for drawn in maps]
    swipe(
        shown,
        view.located_extent,
        buttons,
        left,
        right,
        key="swipe",
        notes=_notes(view),
        ground=view.ground,
    )


def slide(view: SceneView, rows: Sequence[MapRow], results: Sequence[NetworkResult]) -> None:
    """Draw the viewer with a slider over the rates at the right, the ice chart at the left.

    Args:
        view: What the maps were drawn from.
        rows: Rows of maps; those with a map for each result can be slid along.
        results: What the networks make of the scene, in the order of their fields.
    """
    maps = _maps(rows)
    place = {id(drawn): index for index, drawn in enumerate(maps)}
    blended = {
        drawn[0].title: [place[id(each)] for each in drawn]
        for row in rows
        if len(drawn := [each for each in row.column_maps if each]) == len(results)
    }
    if len(results) < 2 or not blended:
        st.info("The slider needs checkpoints of at least two sets of rates, and a row of maps.")
        return
    labels = [each.label for each in results]
    fields_km = [each.receptive_field_km for each in results]
    first = next(iter(blended.values()))
    swipe(
        [_swipe_map(view, drawn) for drawn in maps],
        view.located_extent,
        list(zip(labels, first, strict=True)),
        left=0,
        right=first[0],
        key="rates_slider",
        notes=_notes(view),
        morph=Morph(labels, fields_km, blended),
        ground=view.ground,
    )


def _notes(view: SceneView) -> np.ndarray | None:
    """What lies below the pointer besides the maps."""
    polygons = view.polygon_texts()
    return None if polygons is None else view.at_pointer(polygons)


def _maps(rows: Sequence[MapRow]) -> list[DrawnMap]:
    """All maps, those of the scene itself first."""
    of_scene = [row.scene_map for row in rows if row.scene_map]
    return [*of_scene, *(each for row in rows for each in row.column_maps if each)]


def _swipe_map(view: SceneView, drawn: DrawnMap) -> SwipeMap:
    title = ", ".join([drawn.title, " · ".join(drawn.heading)]) if drawn.heading else drawn.title
    return SwipeMap(
        title,
        [drawn.image],
        drawn.palette,
        unlabelled=drawn.unlabelled,
        message=drawn.message,
        # It tells unlabelled pixels from those without data, and shows through.
        base=backdrop(view) if drawn.heading or drawn.unlabelled else "",
    )
