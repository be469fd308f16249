"""Figures of maps as wide as the page, whose scale bar and graticule follow what is looked at."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from seaice.dashboard.components.figure import Box, Closer, SentFigure, figure
from seaice.dashboard.scene_view import SceneView
from seaice.figures.extent import Extent
from seaice.figures.figure_parts import FigureParts
from seaice.figures.maps import Row, css_height, linked_maps, stacked_maps

WIDE_PX, NARROW_PX = 960, 440
"""Widths that heights are computed for; a browser's own width makes them higher or lower."""


def map_figures(
    rows: Sequence[Row],
    extent: Extent,
    *,
    narrow: bool,
    wide_px: int = WIDE_PX,
    finish: Callable[[FigureParts], object] = lambda figure: None,
) -> list[SentFigure]:
    """Draw rows of maps: in one figure, or in a narrow window in one for each row.

    Args:
        rows: At least one; all with the same number of panels.
        extent: What every panel covers.
        narrow: Whether the window is narrow.
        wide_px: Width that the height of a figure of all rows is computed for.
        finish: Adds to a figure what else it shows, before its height is taken.
    """
    if narrow:
        width_px = NARROW_PX
        drawn = [(stacked_maps(row, extent, width_px), (_count(row), 1)) for row in rows]
    else:
        width_px = wide_px
        grid = len(rows), len(rows[0].panels)
        drawn = [(linked_maps(rows, extent, width_px), grid)]
    for each, _ in drawn:
        finish(each)
    return [SentFigure.of(each, css_height(each, *grid, extent, width_px)) for each, grid in drawn]


def _count(row: Row) -> int:
    return sum(panel is not None for panel in row.panels)


def draw_maps(
    view: SceneView,
    figures: Sequence[SentFigure],
    key: str,
    *,
    alt: str,
    config: Mapping[str, object],
    opacity: float = 1.0,
    on_box: Callable[[Box], None] | None = None,
    closer: Closer | None = None,
) -> None:
    """Draw figures as wide as the page, and as high as that width asks for.

    The page must have called `load_plotly`.

    Args:
        view: What they show. As long as its ground stays the same, so does the zoom.
        figures: The figures, one below the other.
        key: Key of the container that holds them.
        alt: Text for those who do not see them.
        config: Plotly's settings.
        opacity: Of the layers that are named for it, 0 to 1.
        on_box: Called with a box that was drawn.
        closer: As for `figure`.
    """
    with st.container(key=key):
        st.html(f"<style>.st-key-{key} {{ container-type: inline-size; }}</style>")
        for number, each in enumerate(figures):
            figure(
                each,
                key=f"{key}_{number}",
                alt=alt,
                config=config,
                ground=view.ground,
                opacity=opacity,
                on_box=on_box,
                closer=closer,
            )
