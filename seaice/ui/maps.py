"""The figures of Compare: all maps side by side, two at a time, or a region's."""

import importlib.metadata
from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from seaice.data.region import Region
from seaice.figures.maps import add_outline, add_source, linked_maps, stacked_maps
from seaice.ui.base import Base
from seaice.ui.compare import Content, DrawnRow, all_maps
from seaice.ui.panels import DrawnMap, backdrop
from seaice.ui.region import choose_drawn
from seaice.ui.swipe import View, swipe

_WIDE_PX, _NARROW_PX = 1000, 440


def scene_maps(
    base: Base, content: Content, rows: Sequence[DrawnRow], region: Region | None
) -> None:
    """Draw the maps of the whole scene.

    Args:
        base: The scene.
        content: What is shown.
        rows: Its maps.
        region: Outlined on every map.
    """
    if not rows:
        st.info("Choose under *Maps to show* what to see.")
        return
    if content.swiped:
        _swipe(base, rows)
        return
    drags = st.session_state.get("drag") == "Chooses a region"
    with st.container(key="maps"):
        for number, figure in enumerate(_figures(base, content, rows)):
            if region:
                add_outline(figure, region.lines_km, region.samples_km)
            figure.update_layout(dragmode="select" if drags else "zoom")
            key = f"maps_{number}"
            st.plotly_chart(
                figure,
                key=key,
                on_select=lambda key=key: choose_drawn(base.scene, key),
                selection_mode="box",
                config=_config(base),
                alt=_alternative(base, content),
            )


def region_maps(base: Base, content: Content, rows: Sequence[DrawnRow]) -> None:
    """Draw the maps of a region."""
    with st.container(key="region_maps"):
        for number, figure in enumerate(_figures(base, content, rows)):
            st.plotly_chart(
                figure,
                key=f"region_maps_{number}",
                config=_config(base),
                alt=_alternative(base, content),
            )


def _figures(base: Base, content: Content, rows: Sequence[DrawnRow]) -> list[go.Figure]:
    drawn = [row.row(base, content.opacity) for row in rows]
    if content.narrow:
        figures = [stacked_maps(row, base.extent, _NARROW_PX) for row in drawn]
    else:
        figures = [linked_maps(drawn, base.extent, _WIDE_PX)]
    separator = "<br>" if content.narrow else " · "
    return [add_source(figure, _source(base, rows, separator)) for figure in figures]


def _source(base: Base, rows: Sequence[DrawnRow], separator: str) -> str:
    """What a saved picture must say of itself."""
    scene = base.scene
    rates = dict.fromkeys(drawn.rates for drawn in all_maps(rows) if drawn.rates)
    parts = [
        "Simulated scene" if scene.simulated else "Scene",
        # A figure's texts know markup; an id is what the file's name says.
        scene.id.replace("<", "&lt;"),
        f"rates {', '.join(rates)}" if rates else "",
        f"pixels of {base.grid.spacing_m:g} m",
        f"seaice {importlib.metadata.version('seaice')}",
    ]
    first, second, *rest = [part for part in parts if part]
    return separator.join([f"{first} {second}", *rest])


def _config(base: Base) -> dict[str, object]:
    return {
        "displaylogo": False,
        "scrollZoom": True,
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": f"{base.scene.id}_maps"},
    }


def _alternative(base: Base, content: Content) -> str:
    part = f", region {base.region} km" if base.region else ""
    rows = ", ".join(content.rows)
    return f"Maps of {content.chart}, scene {base.scene.id}{part}: ice chart, channels, {rows}"


def _swipe(base: Base, rows: Sequence[DrawnRow]) -> None:
    maps = all_maps(rows)
    predicted = [i for i, drawn in enumerate(maps) if drawn.title.startswith("Predicted")]
    flips = [(maps[i].rates, i) for i in predicted]
    left = predicted[0] if len(predicted) > 1 else 0
    right = predicted[-1] if predicted else len(maps) - 1
    swipe([_view(base, drawn) for drawn in maps], base.extent, flips, left, right, key="swipe")


def _view(base: Base, drawn: DrawnMap) -> View:
    title = f"{drawn.title}, rates {drawn.rates}" if drawn.rates else drawn.title
    of_network = drawn.rates or drawn.backed
    return View(
        title,
        [drawn.image],
        drawn.palette,
        unlabelled=drawn.unlabelled,
        message=drawn.message,
        base=backdrop(base) if of_network else "",
    )
