"""The radar image that Explain draws over, and its key."""

from seaice.ai4arctic.channels import HH
from seaice.dashboard.compare.drawn_maps import channel_map
from seaice.dashboard.components.figure import SentFigure
from seaice.dashboard.components.map_click import on_map_click
from seaice.dashboard.explain.place_picker import choose_clicked
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.map_figures import draw_maps
from seaice.dashboard.scene_view import SceneView
from seaice.figures.figure_parts import FigureParts
from seaice.figures.maps import Row, css_height, linked_maps

_WIDTH_PX = 400
MAP_KEY = "explain_map"
"""Key of the map that a question has at least."""


def radar_figure(view: SceneView) -> FigureParts:
    """A figure of the scene's first channel, HH where it has one, without a legend."""
    name = HH if HH in view.scene.channels else view.scene.channels[0]
    drawn = channel_map(view, name)
    panels = [drawn.panel(view)]
    return linked_maps([Row(panels, drawn.palette)], view.located_extent, _WIDTH_PX, legend=False)


def show_map(view: SceneView, figure: FigureParts, alt: str, key: str = MAP_KEY) -> None:
    """Draw a figure; a click on it chooses a pixel."""
    height = css_height(figure, 1, 1, view.located_extent, _WIDTH_PX)
    config = figure_config(view.scene, "map", zooms=True)
    draw_maps(view, [SentFigure.of(figure, height)], key, alt=alt, config=config)
    on_map_click(key, lambda x, y: choose_clicked(view, x, y))
