"""One linked figure of map panels: palette PNGs below invisible heatmaps that answer the pointer.

A panel's axes are kilometres along samples and lines, the first line on top; all panels zoom and
pan together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from seaice.figures.palettes import HATCH, LAND, Palette

# Cells of the pointer's grid along one side: fine enough to point, small enough to send.
_HOVER_CELLS = 128
_ROW_GAP_PX, _TOP_PX, _BOTTOM_PX = 46, 34, 44
_LEGEND_PX = 168


@dataclass(frozen=True)
class Panel:
    """One map.

    Attributes:
        title: What it shows, in words.
        layers: PNG data URIs from bottom to top.
        hover: (lines, samples) object or str array on the pointer's grid: one line of text a cell.
        message: Words in place of a map that has nothing to show.
    """

    title: str
    layers: Sequence[str]
    hover: np.ndarray
    message: str = ""


@dataclass(frozen=True)
class Extent:
    """Ground that all panels cover.

    Attributes:
        lines_km: Along the lines.
        samples_km: Along the samples.
        cell_km: Size of a cell of the pointer's grid, which begins at the first pixel's corner.
        latitude: (cells, cells) float32 degrees on the pointer's grid; None where unknown.
        longitude: The same.
    """

    lines_km: float
    samples_km: float
    cell_km: float
    latitude: np.ndarray | None = None
    longitude: np.ndarray | None = None


@dataclass(frozen=True)
class Row:
    """A row of panels that share a legend.

    Attributes:
        panels: From left to right; None leaves a place empty.
        palette: What the legend on the right explains.
        unlabelled: Whether the row hatches pixels without a label.
    """

    panels: Sequence[Panel | None]
    palette: Palette
    unlabelled: bool = field(default=False)


def hover_step(shape: tuple[int, int]) -> int:
    """Pixels along a cell of the pointer's grid."""
    return max(1, -(-max(shape) // _HOVER_CELLS))


def at_cells(values: np.ndarray) -> np.ndarray:
    """Values at the middle pixel of each cell of the pointer's grid, (cells, cells)."""
    step = hover_step(values.shape)
    lines, samples = (
        np.minimum(np.arange(0, size, step) + step // 2, size - 1) for size in values.shape
    )
    return values[np.ix_(lines, samples)]


def linked_maps(rows: Sequence[Row], extent: Extent, width_px: int) -> go.Figure:
    """One figure of all rows.

    Args:
        rows: At least one; all of the same number of panels.
        extent: What every panel covers.
        width_px: Width that the panels' height is computed for, so that they fill it.

    Returns:
        The figure; its height follows from the extent.
    """
    columns = len(rows[0].panels)
    panel_px = (width_px - _LEGEND_PX - 56) / columns * extent.lines_km / extent.samples_km
    height = len(rows) * (panel_px + _ROW_GAP_PX) + _TOP_PX + _BOTTOM_PX
    figure = make_subplots(
        rows=len(rows),
        cols=columns,
        shared_xaxes="all",
        shared_yaxes="all",
        horizontal_spacing=0.012,
        vertical_spacing=_ROW_GAP_PX / height,
        subplot_titles=[panel.title if panel else "" for row in rows for panel in row.panels],
    )
    for number, row in enumerate(rows, 1):
        for column, panel in enumerate(row.panels, 1):
            if panel:
                _add_panel(figure, panel, extent, number, column)
        _add_legend(figure, row, number, height)
    _style(figure, extent, len(rows), height)
    return figure


def _add_panel(figure: go.Figure, panel: Panel, extent: Extent, row: int, column: int) -> None:
    position = extent.latitude is not None and extent.longitude is not None
    figure.add_trace(
        go.Heatmap(
            z=np.zeros(panel.hover.shape, np.uint8),
            x0=extent.cell_km / 2,
            dx=extent.cell_km,
            y0=extent.cell_km / 2,
            dy=extent.cell_km,
            text=panel.hover,
            customdata=np.dstack([extent.latitude, extent.longitude]) if position else None,
            hovertemplate="%{text}<br>%{x:.0f} km, %{y:.0f} km"
            + ("<br>%{customdata[0]:.2f}° N, %{customdata[1]:.2f}° E" if position else "")
            + "<extra></extra>",
            opacity=0,
            showscale=False,
        ),
        row,
        column,
    )
    for layer in panel.layers:
        figure.add_layout_image(
            source=layer,
            x=0,
            y=0,
            sizex=extent.samples_km,
            sizey=extent.lines_km,
            sizing="stretch",
            layer="below",
            row=row,
            col=column,
            exclude_empty_subplots=False,
        )
    if panel.message:
        figure.add_annotation(
            text=panel.message,
            x=extent.samples_km / 2,
            y=extent.lines_km / 2,
            showarrow=False,
            bgcolor="rgba(20,30,40,0.8)",
            font={"color": "white"},
            row=row,
            col=column,
        )


def _add_legend(figure: go.Figure, row: Row, number: int, height: float) -> None:
    """Explain a row's colours at its right: swatches of classes, or a colour bar."""
    top = figure.layout[_axis("yaxis", number, row)].domain[1]
    bottom = figure.layout[_axis("yaxis", number, row)].domain[0]
    name = "legend" if number == 1 else f"legend{number}"
    swatches = [(label, row.palette.css(i)) for i, label in enumerate(row.palette.labels)]
    if not row.palette.labels:
        _add_colour_bar(figure, row.palette, bottom, top, height)
    if row.unlabelled:
        swatches.append(("Unlabelled", f"rgb{HATCH}"))
    if number == 1:
        swatches.append(("Land", f"rgb{LAND}"))
    for label, colour in swatches:
        symbol = "square-open" if label == "Unlabelled" else "square"
        figure.add_trace(
            go.Scatter(
                x=[None],
                y=[None],
                mode="markers",
                marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 1}},
                name=label,
                legend=name,
                hoverinfo="skip",
            )
        )
    titled = bool(row.palette.labels)
    figure.update_layout(
        {
            name: {
                "x": 1.008,
                "xanchor": "left",
                "y": top if titled else bottom,
                "yanchor": "top" if titled else "bottom",
                "title": {"text": row.palette.title if titled else ""},
                "itemclick": False,
                "itemdoubleclick": False,
                "bgcolor": "rgba(0,0,0,0)",
            }
        }
    )


def _axis(kind: str, number: int, row: Row) -> str:
    index = (number - 1) * len(row.panels) + 1
    return kind if index == 1 else f"{kind}{index}"


def _add_colour_bar(
    figure: go.Figure, palette: Palette, bottom: float, top: float, height: float
) -> None:
    # The entries for land and unlabelled pixels stand below the bar.
    foot = 52 / height
    figure.add_trace(
        go.Scatter(
            x=[None],
            y=[None],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={
                "color": [palette.low],
                "cmin": palette.low,
                "cmax": palette.high,
                "colorscale": palette.plotly_scale(),
                "showscale": True,
                "colorbar": {
                    "title": {"text": palette.title, "side": "top"},
                    "x": 1.012,
                    "xanchor": "left",
                    "y": top,
                    "yanchor": "top",
                    "len": top - bottom - foot,
                    "lenmode": "fraction",
                    "thickness": 13,
                    "outlinewidth": 0,
                },
            },
        )
    )


def _style(figure: go.Figure, extent: Extent, rows: int, height: float) -> None:
    figure.update_xaxes(
        range=[0, extent.samples_km],
        showgrid=False,
        zeroline=False,
        constrain="domain",
        ticks="outside",
    )
    figure.update_yaxes(
        range=[extent.lines_km, 0],
        showgrid=False,
        zeroline=False,
        constrain="domain",
        scaleanchor="x",
        ticks="outside",
    )
    figure.update_xaxes(title_text="km", title_standoff=4, row=rows)
    figure.update_yaxes(title_text="km", title_standoff=4, col=1)
    figure.update_annotations(font_size=13)
    figure.update_layout(
        height=int(height),
        margin={"l": 50, "r": _LEGEND_PX, "t": _TOP_PX, "b": _BOTTOM_PX},
        dragmode="zoom",
        hovermode="closest",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
