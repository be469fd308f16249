"""The maps that are tested, beside those of random weights and those without gradients."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from seaice.dashboard.compare.drawn_maps import backdrop, heat_image
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.map_figures import draw_maps, map_figures
from seaice.dashboard.scene_view import SceneView
from seaice.explain.faithful import MAP_NAMES, Trial
from seaice.explain.gradcam import Heatmap
from seaice.explain.pixel import Place
from seaice.figures.map_marks import add_outline
from seaice.figures.maps import Panel, Row
from seaice.figures.palettes import heat_palette
from seaice.scenes.region import Region, square_around

_NEARLY_ALL = 0.98
"""Share of each map that the view holds at least."""
_MEANING = (
    "*Evidence* is the map that is tested. *Random weights*: the map of a network that has learned "
    "nothing, which must look different. *Without each block*: what the output loses where a block "
    "of cells is blank, which should lie in the same places. Each map has a scale of its own."
)


def truth_maps(
    view: SceneView,
    region: Region,
    found: Sequence[tuple[str, Trial]],
    field_km: float,
    *,
    narrow: bool,
) -> None:
    """Draw three maps for each network around the region.

    Args:
        view: The scene.
        region: The part of the scene whose outputs are explained.
        found: Labels of the networks and the tests of their maps.
        field_km: Largest theoretical field, km along one side.
        narrow: Whether the window is narrow.
    """
    middle = sum(region.lines_km) / 2, sum(region.samples_km) / 2
    shown_km = max(reach_km(each, middle) for _, trial in found for each in trial.maps)
    longer_km = max(high - low for low, high in (region.lines_km, region.samples_km))
    side_km = min(2 * max(shown_km, longer_km), longer_km + field_km)
    near = replace(view, region=square_around(view.scene.grid, middle, side_km))
    palette = heat_palette(shared=False)
    rows = [
        Row(
            [_panel(near, f"{label}<br>{name}", each) for name, each in _named(trial)],
            palette,
            land=True,
        )
        for label, trial in found
    ]
    extent = near.located_extent
    figures = map_figures(
        rows,
        extent,
        narrow=narrow,
        finish=lambda figure: add_outline(figure, extent, region.lines_km, region.samples_km),
    )
    draw_maps(
        near,
        figures,
        "truth_maps",
        alt="Maps of evidence, of a network of random weights, and of what blocks are worth",
        config=figure_config(view.scene, "tested", zooms=True),
    )
    st.caption(_MEANING)


def reach_km(heatmap: Heatmap, middle: Place) -> float:
    """Half the side of a square around a place that holds nearly all of a map, km."""
    positive = np.maximum(heatmap.raw, 0)
    km = heatmap.grid.spacing_m / 1000
    away = [
        np.abs((side.start + (np.arange(count) + 0.5) * heatmap.cell_px) * km - at)
        for side, count, at in zip(heatmap.window, positive.shape, middle, strict=True)
    ]
    distance = np.maximum(away[0][:, None], away[1]).ravel()
    order = np.argsort(distance)
    held = np.cumsum(positive.ravel()[order], dtype=np.float64)
    return float(distance[order][np.searchsorted(held, _NEARLY_ALL * held[-1])])


def _named(trial: Trial) -> list[tuple[str, Heatmap]]:
    return list(zip(MAP_NAMES, trial.maps, strict=True))


def _panel(view: SceneView, title: str, heatmap: Heatmap) -> Panel:
    evidence = heatmap.on(view.grid, view.window)[view.valid]
    # Any scale will do for a map without evidence.
    scale = float(np.nanmax(evidence, initial=0)) or 1.0
    image, text = heat_image(view, heatmap, heat_palette(shared=False), scale)
    layers = [below, image] if (below := backdrop(view)) else [image]
    return Panel(title, layers, text, heatmap.message)
