"""The figures of Compare: all maps side by side, two at a time, or a region's."""

import importlib.metadata
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from seaice.dashboard import cached
from seaice.dashboard.base import Base
from seaice.dashboard.compare.panels import DrawnMap, backdrop
from seaice.dashboard.compare.region import choose_drawn
from seaice.dashboard.compare.rows import Content, DrawnRow, Results, all_maps, drawn_rows
from seaice.dashboard.components.swipe import View, swipe
from seaice.explain.gradcam import CamConfig, target_names
from seaice.figures.maps import add_outline, add_source, linked_maps, stacked_maps
from seaice.network.rates import rates_name
from seaice.scenes.region import Region

_WIDE_PX, _NARROW_PX = 1000, 440


def scene_maps(base: Base, content: Content, results: Results, region: Region | None) -> None:
    """Draw the maps of the whole scene.

    Args:
        base: The scene.
        content: What is shown.
        results: What the checkpoints make of it.
        region: Outlined on every map.
    """
    if content.swiped:
        if rows := drawn_rows(base, content, results):
            _swipe(base, rows)
        return
    drags = st.session_state.get("drag") == "Chooses a region"
    look = _Look(region, "select" if drags else "zoom")
    with st.container(key="maps"):
        for number, figure in enumerate(_figures(base, content, results, look)):
            key = f"maps_{number}"
            st.plotly_chart(
                figure,
                key=key,
                on_select=lambda key=key: choose_drawn(base.scene, key),
                selection_mode="box",
                config=_config(base),
                alt=_alternative(base, content),
            )


def region_maps(base: Base, content: Content, results: Results) -> None:
    """Draw the maps of a region."""
    with st.container(key="region_maps"):
        for number, figure in enumerate(_figures(base, content, results, _Look())):
            st.plotly_chart(
                figure,
                key=f"region_maps_{number}",
                config=_config(base),
                alt=_alternative(base, content),
            )


@dataclass(frozen=True)
class _Look:
    """What a figure has besides its maps: an outlined region, and what dragging does."""

    region: Region | None = None
    drag: str = "zoom"


def _figures(base: Base, content: Content, results: Results, look: _Look) -> list[go.Figure]:
    """The figures, built once for what they show."""
    key = (base.key, content, results.key, str(look.region), look.drag)
    return cached.figures(key, lambda: _built(base, content, results, look))


def _built(base: Base, content: Content, results: Results, look: _Look) -> list[go.Figure]:
    rows = drawn_rows(base, content, results)
    columns = 1 + max((len(row.maps) for row in rows), default=0)
    drawn = [row.row(base, content.opacity, columns) for row in rows]
    if not drawn:
        return []
    if content.narrow:
        figures = [stacked_maps(row, base.extent, _NARROW_PX) for row in drawn]
    else:
        figures = [linked_maps(drawn, base.extent, _WIDE_PX)]
    lines = textwrap.wrap(_source(base, results), 64 if content.narrow else 170)
    for figure in figures:
        add_source(figure, "<br>".join(lines))
        figure.update_layout(dragmode=look.drag)
        if look.region:
            add_outline(figure, look.region.lines_km, look.region.samples_km)
    return figures


def _source(base: Base, results: Results) -> str:
    """What a saved picture must say of itself."""
    scene = base.scene
    # Which file drew a map: its rates, and how its hash begins.
    files = [f"{rates_name(each.info.rates)} ({each.sha256[:8]})" for each in results.predictions]
    parts = [
        "Simulated scene" if scene.simulated else "Scene",
        # A figure's texts know markup; an id is what the file's name says.
        scene.id.replace("<", "&lt;"),
        results.predictions[0].info.channel_set if files else "",
        f"rates {', '.join(files)}" if files else "",
        _explained_text(results.heatmaps[0].config) if results.heatmaps else "",
        f"pixels of {base.grid.spacing_m:g} m",
        f"seaice {importlib.metadata.version('seaice')}",
    ]
    first, second, *rest = [part for part in parts if part]
    return " · ".join([f"{first} {second}", *rest])


def _explained_text(config: CamConfig) -> str:
    target = target_names(config.chart)[config.target].lower()
    return f"{config.method} of {target} at {config.layer}"


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
    networks = [drawn for row in rows if row.name == "Maps" for drawn in row.maps]
    predicted = [i for i, drawn in enumerate(maps) if any(drawn is each for each in networks)]
    flips = [(maps[i].rates, i) for i in predicted]
    left = predicted[0] if len(predicted) > 1 else 0
    right = predicted[-1] if predicted else len(maps) - 1
    swipe([_view(base, drawn) for drawn in maps], base.extent, flips, left, right, key="swipe")


def _view(base: Base, drawn: DrawnMap) -> View:
    title = f"{drawn.title}, rates {drawn.rates}" if drawn.rates else drawn.title
    return View(
        title,
        [drawn.image],
        drawn.palette,
        unlabelled=drawn.unlabelled,
        message=drawn.message,
        # Tells what is unlabelled from what is no data, and shows through.
        base=backdrop(base) if drawn.rates or drawn.unlabelled else "",
    )
