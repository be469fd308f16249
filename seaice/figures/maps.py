"""Linked figures of map panels: palette PNGs below invisible heatmaps that show hover texts.

All panels of a figure zoom and pan together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from seaice.figures.extent import Extent
from seaice.figures.figure_parts import Axes, FigureParts, Part, packed
from seaice.figures.legends import Legend, Place, add_legend
from seaice.figures.map_axes import Grid, add_axes
from seaice.figures.map_elements import add_map_elements, map_elements
from seaice.figures.palettes import Palette
from seaice.figures.scale_strip import add_scale_strip

# Above the first row: titles of up to three lines. Below the last one: ticks and their unit.
_ROW_GAP_PX, _TOP_PX, _BOTTOM_PX, _LEFT_PX = 64, 54, 46, 56
LINE_PX = 15
"""Height of a line of text."""
TOOLBAR_PX = 30
"""Height of Plotly's toolbar, which covers what lies beneath it."""
_TITLE_LINES, _TEXT_PX = 3, 12
# A saved picture knows the system's fonts alone: what is measured must be what is saved.
_FONT = "Arial, Helvetica, sans-serif"
# Room for a legend: at the right of side-by-side panels, below stacked ones.
_LEGEND_PX, _FOOT_PX = 182, 215
# What an entry needs beside its letters, and each of them.
_ENTRY_PX, _LETTER_PX = 46, 6.2
# Height of a legend's entry, and of the lowest number of the colour bar above it.
_SWATCH_PX, _TICK_PX = 20, 24
_FLATTEST_PX, _TALLEST_PX = 140, 1200
OVERLAY, BACKDROP = "overlay", "backdrop"
"""Names of a layer whose opacity can be chosen, and of one that only shows through such a layer."""
# Axes are in km, and so is a line's length on the screen.
_RULER = {
    "line": {"color": "#c6007e", "width": 3},
    "label": {
        "texttemplate": "%{length:.1f} km",
        "font": {"size": 13, "color": "#c6007e", "weight": "bold", "shadow": "0 0 3px white"},
    },
}


@dataclass(frozen=True)
class Panel:
    """One map.

    Attributes:
        title: What it shows.
        layers: PNG data URIs from bottom to top, as they lie on the screen.
        hover: (cells, cells) object array on the pointer's grid, in the order of lines and samples:
            the text of each cell.
        message: Text over a map that has nothing to show.
        opacity: Opacity of the last layer, 0 to 1.
        names: Names of the layers, for a browser that changes their opacity; empty for none.
        scale: A scale of its own, whose ends the title tells; None where the legend explains it.
    """

    title: str
    layers: Sequence[str]
    hover: np.ndarray
    message: str = ""
    opacity: float = 1.0
    names: Sequence[str] = ()
    scale: Palette | None = None


@dataclass(frozen=True)
class Row:
    """A row of panels that share a legend.

    Attributes:
        panels: From left to right; None leaves a place empty.
        palette: The colours that the legend explains.
        unlabelled: Whether pixels without a label are hatched.
        land: Whether the legend explains the colour of land.
    """

    panels: Sequence[Panel | None]
    palette: Palette
    unlabelled: bool = False
    land: bool = False


def linked_maps(
    rows: Sequence[Row], extent: Extent, width_px: int, *, legend: bool = True
) -> FigureParts:
    """One figure of all rows, panels side by side, each row's legend at its right.

    Args:
        rows: At least one; all with the same number of panels.
        extent: What every panel covers.
        width_px: Width to compute the height for, so that the panels fill it.
        legend: Whether there are legends, and room for them.

    Returns:
        The figure; its height follows from the extent.
    """
    columns = len(rows[0].panels)
    right = _legend_px(rows) if legend else _LEFT_PX // 5
    panel_px = _panel_px((width_px - right - _LEFT_PX) / columns, extent)
    panels = [list(row.panels) for row in rows]
    more_px = _title_px(panels)
    height = len(rows) * (panel_px + _ROW_GAP_PX + more_px) + _TOP_PX + _BOTTOM_PX
    if not legend:
        # Only a legend may reach below the last row.
        height -= _ROW_GAP_PX
    grid = Grid(len(rows), columns, (_ROW_GAP_PX + more_px) / height)
    figure = _panels(panels, extent, grid)
    for number, row in enumerate(rows if legend else ()):
        bottom, top = grid.down(number)
        entries = Legend(row.palette, row.unlabelled, row.land)
        foot = (_SWATCH_PX * (2 * row.land + row.unlabelled) + _TICK_PX) / height
        add_legend(figure, entries, number, Place(bottom, top, foot, upright=True))
    _style(figure, height, top=_TOP_PX + more_px, right=right, bottom=_BOTTOM_PX)
    return figure


def stacked_maps(row: Row, extent: Extent, width_px: int) -> FigureParts:
    """One figure of one row, its panels one below the other, the legend at the bottom.

    Args:
        row: The panels; empty places are left out.
        extent: What every panel covers.
        width_px: Width to compute the height for.
    """
    panels: list[list[Panel | None]] = [[panel] for panel in row.panels if panel]
    panel_px = _panel_px(width_px - _LEFT_PX - 16, extent)
    more_px = _title_px(panels)
    # The toolbar is nearly as wide as the panels, so the first title stands below it.
    top_px = max(_TOP_PX + more_px, TOOLBAR_PX + LINE_PX * _title_lines(panels))
    height = len(panels) * (panel_px + _ROW_GAP_PX + more_px) - more_px + top_px + _FOOT_PX
    grid = Grid(len(panels), 1, (_ROW_GAP_PX + more_px) / height)
    figure = _panels(panels, extent, grid)
    legend = Legend(row.palette, row.unlabelled, row.land)
    below = -70 / (height - top_px - _FOOT_PX)
    add_legend(figure, legend, 0, Place(below, below, 0, upright=False))
    _style(figure, height, top=top_px, right=16, bottom=_FOOT_PX)
    return figure


def _legend_px(rows: Sequence[Row]) -> int:
    """Room for the legends at the right, as wide as their longest entry asks for."""
    letters = max(len(label) for row in rows for label in (*row.palette.labels, ""))
    return max(_LEGEND_PX, int(_ENTRY_PX + _LETTER_PX * letters))


def _title_lines(rows: Sequence[Sequence[Panel | None]]) -> int:
    """Lines of the longest title."""
    return max((panel.title.count("<br>") + 1 for row in rows for panel in row if panel), default=0)


def _title_px(rows: Sequence[Sequence[Panel | None]]) -> int:
    """Height that the longest title needs beyond the three lines that every row has room for."""
    return LINE_PX * max(0, _title_lines(rows) - _TITLE_LINES)


def _panel_px(width_px: float, extent: Extent) -> float:
    """Height of a panel of a width; the panel of a very flat or tall scene stays visible."""
    height_km, width_km = extent.size_km
    return min(max(width_px * height_km / width_km, _FLATTEST_PX), _TALLEST_PX)


def _panels(rows: list[list[Panel | None]], extent: Extent, grid: Grid) -> FigureParts:
    figure, elements, positions = FigureParts(), map_elements(extent), _positions(extent)
    _add_titles(figure, rows, grid)
    labelled = []
    for row, column in product(range(grid.rows), range(grid.columns)):
        panel, axes = rows[row][column], grid.axes(row, column)
        add_axes(figure, extent, grid, row, column, visible=panel is not None)
        if panel:
            _add_panel(figure, panel, extent, axes, positions)
            labelled += [axes] if column == 0 else []
            add_map_elements(figure, elements, axes, labelled=column == 0)
    for note in figure.annotations:
        note["font"] = {**note.get("font", {}), "size": _TEXT_PX}
    # For a browser, which draws them anew when a part of the maps is looked at.
    figure.layout["meta"] = {**elements.closer(), "labelled": labelled}
    return figure


def _add_titles(figure: FigureParts, rows: list[list[Panel | None]], grid: Grid) -> None:
    for row, column in product(range(grid.rows), range(grid.columns)):
        panel = rows[row][column]
        if panel and panel.title:
            figure.add_annotation(
                text=panel.title,
                x=sum(grid.across(column)) / 2,
                y=grid.down(row)[1],
                xref="paper",
                yref="paper",
                xanchor="center",
                yanchor="bottom",
                showarrow=False,
            )


def _add_panel(
    figure: FigureParts, panel: Panel, extent: Extent, axes: Axes, positions: tuple[str, Part]
) -> None:
    hover, (position, numbers) = extent.orientation.swapped(panel.hover), positions
    figure.panels.append(axes)
    figure.add_trace(
        numbers,
        type="heatmap",
        z=packed(np.zeros(hover.shape, np.uint8)),
        **extent.cells("x"),
        **extent.cells("y"),
        text=hover,
        hovertemplate=f"%{{text}}<br>{position}<extra></extra>",
        opacity=0,
        showscale=False,
        xaxis=axes[0],
        yaxis=axes[1],
    )
    place = {"xref": axes[0], "yref": axes[1]}
    _add_layers(figure, panel, extent, place)
    if panel.scale:
        add_scale_strip(figure, panel.scale, axes)
    if panel.message:
        figure.add_annotation(
            text=panel.message,
            x=sum(extent.x) / 2,
            y=sum(extent.y) / 2,
            showarrow=False,
            bgcolor="rgba(20,30,40,0.8)",
            font={"color": "white"},
            **place,
        )


def _add_layers(figure: FigureParts, panel: Panel, extent: Extent, place: Part) -> None:
    names = panel.names or [""] * len(panel.layers)
    for index, (layer, name) in enumerate(zip(panel.layers, names, strict=True)):
        figure.add_layout_image(
            source=layer,
            # Plotly draws only one of several images with the same place and size.
            x=extent.x[0] + index * 1e-6,
            y=extent.y[0],
            sizex=extent.size_km[1],
            sizey=extent.size_km[0],
            sizing="stretch",
            layer="below",
            opacity=panel.opacity if index == len(panel.layers) - 1 else 1,
            # It would show where the opaque map above it has holes.
            visible=name != BACKDROP or panel.opacity < 1,
            name=name,
            **place,
        )


def _positions(extent: Extent) -> tuple[str, Part]:
    """Hover template of sample, line, latitude and longitude, and a trace's numbers for it."""
    layers: list[np.ndarray] = []
    # Samples first, as everywhere that a place is told.
    sample, line = "yx" if extent.orientation.transposed else "xy"
    template = f"%{{{sample}:.0f}} km, %{{{line}:.0f}} km"
    if extent.sample_km is not None and extent.line_km is not None:
        layers = [extent.sample_km, extent.line_km]
        template = "%{customdata[0]:.0f} km, %{customdata[1]:.0f} km"
    if extent.latitude is not None and extent.longitude is not None:
        # Degrees west without a sign, if the scene lies on one side of Greenwich.
        west = bool((extent.longitude <= 0).all())
        number = len(layers)
        layers += [extent.latitude, -extent.longitude if west else extent.longitude]
        template += (
            f"<br>%{{customdata[{number}]:.2f}}° N, "
            f"%{{customdata[{number + 1}]:.2f}}° {'W' if west else 'E'}"
        )
    if not layers:
        return template, {}
    return template, {"customdata": packed(extent.orientation.swapped(np.dstack(layers)))}


def _style(figure: FigureParts, height: float, top: int, right: int, bottom: int) -> None:
    figure.layout.update(
        height=int(height),
        margin={"l": _LEFT_PX, "r": right, "t": top, "b": bottom, "autoexpand": False},
        font={"family": _FONT},
        dragmode="zoom",
        hovermode="closest",
        newshape=_RULER,
        modebar={"add": ["drawline", "eraseshape"]},
    )


def css_height(figure: FigureParts, rows: int, columns: int, extent: Extent, width_px: int) -> str:
    """The height at which the panels fill the width of whatever holds the figure, as CSS.

    Args:
        figure: The figure, finished.
        rows: Rows of panels.
        columns: Columns of panels.
        extent: What every panel covers.
        width_px: Width that its height was computed for.
    """
    height_km, width_km = extent.size_km
    growth = rows / columns * height_km / width_km
    # A very flat or tall panel has a height of its own.
    growth = growth if 0.2 < height_km / width_km < 5 else 0.0
    grown = f"{figure.layout['height']}px + (100cqw - {width_px}px) * {growth:.4f}"
    return f"max({_FLATTEST_PX * rows + _TOP_PX + _BOTTOM_PX}px, {grown})"
