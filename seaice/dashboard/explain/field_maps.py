"""Effective fields as circles over the radar image, beside the theoretical squares."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seaice.ai4arctic.channel_groups import sensor_groups
from seaice.dashboard.explain.place_picker import chosen_place
from seaice.dashboard.explain.radar_map import radar_figure, show_map
from seaice.dashboard.scene_view import SceneView
from seaice.explain.field import SHARES, EffectiveField
from seaice.figures.figure_parts import FigureParts
from seaice.figures.line_legend import LegendLine, add_line_legend
from seaice.figures.overlays import add_circle, add_cross, add_square
from seaice.figures.shares import network_colour
from seaice.scenes.region import square_around

SHARE = 0.9
"""Share of the gradient whose radius is told first."""
_ROOM = 1.6
"""Side of a map in theoretical fields."""
_DASHES = {0.5: "dot", 0.68: "dash", SHARE: "solid", 0.95: "dashdot"}
"""By share of the gradient."""
_SENSOR_DASHES = {"Radar": "solid", "Radiometer": "dash"}
_GREY = "#8a949e"
_SQUARES, _CIRCLES = "Square: field in theory", "Circle: share of the gradient"
_SENSORS = f"Circle: {100 * SHARE:.0f} % of the gradient on"

Fields = Sequence[tuple[str, EffectiveField]]
"""Labels of the networks and their fields."""


def field_map(view: SceneView, found: Fields, *, dark: bool) -> None:
    """Draw the circles that hold shares of each network's gradient."""
    near = _near(view, found)
    figure = _with_squares(near, found, dark=dark)
    for number, (_, result) in enumerate(found):
        for share, radius in result.radii_km(result.profile()).items():
            _circle(figure, near, radius, network_colour(number, dark), _DASHES[share])
    circles = [LegendLine(f"{100 * share:.0f} %", _GREY, _DASHES[share]) for share in SHARES]
    add_line_legend(figure, {_SQUARES: _networks(found, dark=dark), _CIRCLES: circles})
    show_map(near, figure, "Theoretical and effective receptive fields over the radar image")


def sensors_map(view: SceneView, found: Fields, *, dark: bool) -> None:
    """Draw a circle for each sensor of each network; nothing where all see through one sensor."""
    if all(len(sensor_groups(result.groups)) < 2 for _, result in found):
        return
    near = _near(view, found)
    figure = _with_squares(near, found, dark=dark)
    for number, (_, result) in enumerate(found):
        for sensor, groups in sensor_groups(result.groups).items():
            radius = result.radii_km(result.profile(group=groups))[SHARE]
            _circle(figure, near, radius, network_colour(number, dark), _SENSOR_DASHES[sensor])
    circles = [
        LegendLine(f"{name}'s channels", _GREY, each) for name, each in _SENSOR_DASHES.items()
    ]
    add_line_legend(figure, {_SQUARES: _networks(found, dark=dark), _SENSORS: circles})
    show_map(near, figure, "Effective receptive fields of each sensor's channels", "sensors_map")


def _networks(found: Fields, *, dark: bool) -> list[LegendLine]:
    return [
        LegendLine(label, network_colour(number, dark)) for number, (label, _) in enumerate(found)
    ]


def _near(view: SceneView, found: Fields) -> SceneView:
    """The surroundings of the chosen pixel: on a whole scene, the circles would be dots."""
    side_km = _ROOM * max(result.theoretical_km for _, result in found)
    return replace(view, region=square_around(view.scene.grid, chosen_place(view.scene), side_km))


def _with_squares(near: SceneView, found: Fields, *, dark: bool) -> FigureParts:
    figure, place = radar_figure(near), chosen_place(near.scene)
    for number, (_, result) in enumerate(found):
        ink = network_colour(number, dark)
        add_square(figure, near.located_extent, place, result.theoretical_km, ink)
    add_cross(figure, near.located_extent, place)
    return figure


def _circle(figure: FigureParts, near: SceneView, radius: float, ink: str, dash: str) -> None:
    if np.isfinite(radius):
        add_circle(figure, near.located_extent, chosen_place(near.scene), radius, ink, dash)
