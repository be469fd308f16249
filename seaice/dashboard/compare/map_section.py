"""The figures of Compare: all maps side by side, two at a time, or a region's."""

import importlib.metadata
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.display import DisplaySettings
from seaice.dashboard.compare.drawn_maps import backdrop, chart_map, strongest_evidence
from seaice.dashboard.compare.evidence_words import source_words
from seaice.dashboard.compare.region_picker import DRAGS, choose_drawn, closer_look
from seaice.dashboard.compare.results import ColumnResult, networks_among
from seaice.dashboard.compare.rows import map_rows
from seaice.dashboard.compare.viewer_section import slide, swipe_maps
from seaice.dashboard.components.figure import SentFigure
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.map_figures import draw_maps, map_figures
from seaice.dashboard.polar_map import outline_km
from seaice.dashboard.scene_view import SceneView
from seaice.figures.figure_parts import FigureParts
from seaice.figures.map_marks import add_outline, add_path, add_source
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_WIDE_PX = 1000
# Columns beside the scene's own map: narrower ones would have no room for their titles.
_MOST_BESIDE = 3


@dataclass(frozen=True)
class _Extras:
    """What a figure has besides its maps: an outlined region, and what dragging does."""

    region: Region | None = None
    drag: str = "zoom"


def scene_maps(
    scene: Scene,
    settings: DisplaySettings,
    results: Sequence[ColumnResult],
    region: Region | None,
    *,
    close_up: bool,
) -> None:
    """Draw the maps of the whole scene, or of a region of it at full resolution.

    Args:
        scene: The scene.
        settings: What to show.
        results: What the columns' sources make of the scene, scored over what the maps show.
        region: The chosen region.
        close_up: Whether the maps show that region; otherwise the scene, with its outline.
    """
    view = _view(scene, settings, region if close_up else None)
    rows = map_rows(view, settings, results) if settings.layout != "Side by side" else []
    if settings.layout == "Rates" and rows:
        slide(view, rows, networks_among(results))
    elif settings.layout == "Swipe" and rows:
        swipe_maps(view, rows)
    elif settings.layout == "Side by side":
        drag = DRAGS.get(st.session_state.get("drag", ""), "zoom")
        extras = _Extras(None if close_up else region, drag)
        name = "region_maps" if close_up else "maps"
        # The browser makes them as opaque as is asked for.
        figures = _figures(view, replace(settings, opacity=1.0), results, extras)
        draw_maps(
            view,
            figures,
            name,
            alt=_alternative(view, settings),
            config=figure_config(view.scene, "maps", zooms=True),
            opacity=settings.opacity,
            on_box=lambda box: choose_drawn(view, box),
            closer=closer_look(view),
        )
    if not settings.rows:
        st.info("Select at least one row under *Maps to show*.")


def first_maps(
    scene: Scene, settings: DisplaySettings, region: Region | None = None
) -> dict[str, str]:
    """Pictures of a scene that need no network, as data URIs by caption; its maps use them too.

    Args:
        scene: The scene.
        settings: What to show.
        region: The region, if the maps will show it close up.
    """
    view = _view(scene, settings, region)
    found = {"Sentinel-1 HH": backdrop(view)}
    if settings.chart in scene.charts:
        chart = chart_map(view, settings.chart, settings.scheme)
        found[chart.title] = chart.image
    return {caption: picture for caption, picture in found.items() if picture}


def _view(scene: Scene, settings: DisplaySettings, region: Region | None = None) -> SceneView:
    return SceneView(
        scene,
        region,
        north_up=settings.direction != "As acquired",
        polar=settings.direction == "Polar map",
    )


# A figure takes up to 2 MB besides its maps.
@cached(max_entries=24)
def _figures(
    view: SceneView,
    settings: DisplaySettings,
    results: Sequence[ColumnResult],
    extras: _Extras,
) -> list[SentFigure]:
    """The figures, not to be changed: one, or in a narrow window one for each row."""
    rows = map_rows(view, settings, results)
    count = max((len(row.column_maps) for row in rows), default=0)
    if not settings.narrow and count > _MOST_BESIDE:
        # Lines of the same length, as far as that goes.
        count = -(-count // -(-count // _MOST_BESIDE))
    columns = 1 + count
    drawn = [part for row in rows for part in row.to_figure_rows(view, settings.opacity, columns)]
    if not drawn:
        return []
    extent = view.located_extent
    lines = textwrap.wrap(
        _source(view, results), 40 if settings.narrow else 88, break_on_hyphens=False
    )

    def finish(figure: FigureParts) -> None:
        add_source(figure, lines)
        figure.layout["dragmode"] = extras.drag
        if extras.region and view.polar_map:
            spans = extras.region.lines_km, extras.region.samples_km
            add_path(figure, outline_km(view.scene, view.polar_map, *spans))
        elif extras.region:
            add_outline(figure, extent, extras.region.lines_km, extras.region.samples_km)

    return map_figures(drawn, extent, narrow=settings.narrow, wide_px=_WIDE_PX, finish=finish)


def _source(view: SceneView, results: Sequence[ColumnResult]) -> str:
    """What a saved picture must say about its origin."""
    scene = view.scene
    networks = networks_among(results)
    # The file that drew a map: its rates, and how its hash begins.
    files = [f"{each.label} ({each.prediction.sha256[:8]})" for each in networks]
    others = [each.label for each in results if each not in networks]
    sets = dict.fromkeys(each.file.info.channel_set for each in networks)
    explained = [each.heatmap for each in networks if each.heatmap]
    strongest = strongest_evidence(view, networks)
    parts = [
        "Simulated scene" if scene.simulated else "Scene",
        scene.id,
        next(iter(sets)) if len(sets) == 1 else "",
        f"rates {', '.join(files)}" if files else "",
        *others,
        source_words(explained[0], strongest) if explained else "",
        f"pixels of {view.grid.spacing_m:g} m",
        view.orientation_words,
        f"seaice {importlib.metadata.version('seaice')}",
    ]
    first, second, *rest = [part for part in parts if part]
    # Plotly reads markup in texts, and an id comes from a file's name.
    return " · ".join([f"{first} {second}", *rest]).replace("<", "&lt;")


def _alternative(view: SceneView, settings: DisplaySettings) -> str:
    """Text for those who do not see the figure."""
    part = f", region {view.region} km" if view.region else ""
    rows = ", ".join(settings.rows)
    return f"Maps of {settings.chart}, scene {view.scene.id}{part}: ice chart, channels, {rows}"
