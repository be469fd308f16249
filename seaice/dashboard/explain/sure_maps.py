"""Maps of what networks say where they are sure, how sure they are, and what seeds agree on."""

from collections.abc import Sequence

import numpy as np

from seaice.ai4arctic.charts import ChartName
from seaice.core.grids.resample import bilinear, nearest
from seaice.dashboard.compare.drawn_maps import backdrop
from seaice.dashboard.explain.seeds import Seeds, maps_of
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.map_figures import draw_maps, map_figures
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.words import class_texts, in_percent, masked_texts
from seaice.figures.extent import at_cells
from seaice.figures.maps import Panel, Row
from seaice.figures.palettes import Palette, chart_palette, continuous
from seaice.results.confidence.ensemble import EnsembleMaps
from seaice.results.confidence.trust import Trust
from seaice.results.maps import ChartMaps

_CRISP_PX = 600
_MOST_SPREAD = {"SIC": 20, "SOD": 30, "FLOE": 30}
"""Ends of the scales of spread, percentage points."""

Shown = tuple[str, Seeds, Trust]
"""A network's label, its checkpoints, and what its mask leaves."""


def sure_maps(view: SceneView, chart: ChartName, found: Sequence[Shown], *, narrow: bool) -> None:
    """Draw the maps: a column for each network."""
    rows = [_classes(view, chart, found)]
    if chart != "SIC":
        rows.append(_confidence(view, chart, found))
    if any(len(seeds) > 1 for _, seeds, _ in found):
        rows.append(_spread(view, chart, found))
    draw_maps(
        view,
        map_figures(rows, view.located_extent, narrow=narrow),
        "sure_maps",
        alt="Maps of classes without what is not sure, of confidence, and of the spread",
        config=figure_config(view.scene, "sure", zooms=True),
    )


def _classes(view: SceneView, chart: ChartName, found: Sequence[Shown]) -> Row:
    """What is said, hatched over the radar image where it is not to be trusted."""
    palette, panels = chart_palette(chart), []
    for label, seeds, trust in found:
        maps = maps_of(view.scene, seeds)
        values = maps.on(view.grid, chart, view.window)
        masked = maps.resampled(trust.masked, view.grid, view.window, nearest)
        shown = in_percent(chart, values)
        image = view.image(shown, palette, ~masked, at_least_px=_CRISP_PX)
        texts = (
            np.char.mod("%.0f %%", at_cells(shown)).astype(object)
            if chart == "SIC"
            else class_texts(chart, at_cells(values))
        )
        texts = np.where(at_cells(masked), texts + "<br>do not trust", texts)
        layers = [below, image] if (below := backdrop(view)) else [image]
        panels.append(Panel(f"{label}<br>hatched: do not trust", layers, _hover(view, texts)))
    return Row(panels, palette, land=True)


def _confidence(view: SceneView, chart: ChartName, found: Sequence[Shown]) -> Row:
    palette = continuous("matter_r", 30, 100, "Sure by", unit="%", count=101)
    panels = [
        _number_panel(
            view,
            palette,
            f"{label}<br>sure by",
            100 * maps_of(view.scene, seeds).confidence(chart, view.grid, view.window),
        )
        for label, seeds, _ in found
    ]
    return Row(panels, palette, land=True)


def _spread(view: SceneView, chart: ChartName, found: Sequence[Shown]) -> Row:
    palette = continuous("amp", 0, _MOST_SPREAD[chart], "Spread", unit="points", count=101)
    panels: list[Panel | None] = []
    for label, seeds, _ in found:
        maps = maps_of(view.scene, seeds)
        values = _spread_of(maps, chart)
        if values is None:
            panels.append(None)
            continue
        on_view = maps.resampled(values, view.grid, view.window, bilinear)
        panels.append(_number_panel(view, palette, f"{label}<br>spread between seeds", on_view))
    return Row(panels, palette, land=True)


def _spread_of(maps: ChartMaps, chart: ChartName) -> np.ndarray | None:
    if not isinstance(maps, EnsembleMaps):
        return None
    return maps.sic_spread if chart == "SIC" else maps.spread[chart]


def _number_panel(view: SceneView, palette: Palette, title: str, values: np.ndarray) -> Panel:
    texts = np.char.add(np.char.mod("%.1f", at_cells(values)), f" {palette.unit}").astype(object)
    return Panel(title, [view.image(values, palette)], _hover(view, texts))


def _hover(view: SceneView, texts: np.ndarray) -> np.ndarray:
    return masked_texts(texts, at_cells(view.valid), at_cells(view.land))
