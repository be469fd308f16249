"""Effective fields as circles over the radar image, beside the theoretical squares."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from seaice.ai4arctic.channel_groups import sensor_groups
from seaice.dashboard.explain.place_picker import chosen_place
from seaice.dashboard.explain.radar_map import radar_figure, show_map
from seaice.dashboard.scene_view import SceneView
from seaice.explain.field import EffectiveField
from seaice.figures.figure_parts import FigureParts
from seaice.figures.overlays import add_circle, add_cross, add_square
from seaice.figures.shares import network_colour
from seaice.scenes.region import square_around

SHARE = 0.9
"""Share of the gradient whose radius is told first."""
_ROOM = 1.6
"""Side of a map in theoretical fields."""
_DASH = {"Radar": "solid", "Radiometer": "dash"}
_SENSORS = (
    f"By sensor: {100 * SHARE:.0f} % of the gradient on the radar's channels lies within the solid "
    "circle, of that on the radiometer's within the dashed one."
)


def field_map(view: SceneView, results: Sequence[EffectiveField], *, dark: bool) -> None:
    """Draw the circles that hold shares of each network's gradient."""
    near = _near(view, results)
    figure = _with_squares(near, results, dark=dark)
    for number, result in enumerate(results):
        for share, radius in result.radii_km(result.profile()).items():
            dash = "solid" if share == SHARE else "dot"
            _circle(figure, near, radius, network_colour(number, dark), dash)
    show_map(near, figure, "Theoretical and effective receptive fields over the radar image")


def sensors_map(view: SceneView, results: Sequence[EffectiveField], *, dark: bool) -> None:
    """Draw a circle for each sensor of each network; nothing where all see through one sensor."""
    if all(len(sensor_groups(result.groups)) < 2 for result in results):
        return
    near = _near(view, results)
    figure = _with_squares(near, results, dark=dark)
    for number, result in enumerate(results):
        for sensor, groups in sensor_groups(result.groups).items():
            radius = result.radii_km(result.profile(group=groups))[SHARE]
            _circle(figure, near, radius, network_colour(number, dark), _DASH[sensor])
    show_map(near, figure, "Effective receptive fields of each sensor's channels", "sensors_map")
    st.caption(_SENSORS)


def _near(view: SceneView, results: Sequence[EffectiveField]) -> SceneView:
    """The surroundings of the chosen pixel: on a whole scene, the circles would be dots."""
    side_km = _ROOM * max(result.theoretical_km for result in results)
    return replace(view, region=square_around(view.scene.grid, chosen_place(view.scene), side_km))


def _with_squares(near: SceneView, results: Sequence[EffectiveField], *, dark: bool) -> FigureParts:
    figure, place = radar_figure(near), chosen_place(near.scene)
    for number, result in enumerate(results):
        ink = network_colour(number, dark)
        add_square(figure, near.located_extent, place, result.theoretical_km, ink)
    add_cross(figure, near.located_extent, place)
    return figure


def _circle(figure: FigureParts, near: SceneView, radius: float, ink: str, dash: str) -> None:
    if np.isfinite(radius):
        add_circle(figure, near.located_extent, chosen_place(near.scene), radius, ink, dash)
