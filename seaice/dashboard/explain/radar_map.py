"""The radar image that Explain draws over, and its key."""

import plotly.graph_objects as go
import streamlit as st

from seaice.ai4arctic.channels import HH
from seaice.dashboard.compare.drawn_maps import channel_map
from seaice.dashboard.components.map_click import on_map_click
from seaice.dashboard.explain.place_picker import choose_clicked
from seaice.dashboard.explain.save import figure_config
from seaice.dashboard.scene_view import SceneView
from seaice.figures.maps import Row, linked_maps

_WIDTH_PX = 400
_KEY = "explain_map"


def radar_figure(view: SceneView) -> go.Figure:
    """A figure of the scene's first channel, HH where it has one, without a legend."""
    name = HH if HH in view.scene.channels else view.scene.channels[0]
    drawn = channel_map(view, name)
    panels = [drawn.panel(view)]
    return linked_maps([Row(panels, drawn.palette)], view.located_extent, _WIDTH_PX, legend=False)


def show_map(view: SceneView, figure: go.Figure, alt: str) -> None:
    """Draw a figure; a click on it chooses a pixel."""
    with st.container(key=_KEY):
        st.plotly_chart(
            figure,
            key=f"{_KEY}_figure",
            config=figure_config(view.scene, "map", zooms=True),
            alt=alt,
        )
    on_map_click(_KEY, lambda x, y: choose_clicked(view, x, y))
