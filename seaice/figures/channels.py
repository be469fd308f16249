"""Maps of a scene's channels and charts, each with bars of its values below it.

All maps of a figure zoom and pan together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go

from seaice.ai4arctic.channels import DISTANCE_MAP, HH, HV, INCIDENCE_ANGLE
from seaice.figures.bars import Bars, Spot, add_bars, set_axes
from seaice.figures.extent import Extent, Span
from seaice.figures.map_elements import MapElements, add_map_elements, map_elements
from seaice.figures.map_marks import add_outline
from seaice.figures.maps import TOOLBAR_PX
from seaice.figures.palettes import Palette, continuous

SAR_RANGE_DB = {HH: (-28.0, -4.0), HV: (-36.0, -14.0)}
"""Usual range of Sentinel-1 EW backscatter over ice and water, dB, by channel."""

# More grey levels of a radar image than the eye tells apart only make larger files.
_GREYS = 64

_SCALES = {
    HH: "gray",
    HV: "gray",
    INCIDENCE_ANGLE: "haline",
    DISTANCE_MAP: "deep",
    "u10m_rotated": "balance",
    "v10m_rotated": "balance",
    "tcwv": "tempo",
    "tclw": "rain",
}
# For brightness temperatures and temperatures.
_OTHER_SCALE = "thermal"

ROBUST_PERCENTILES = (1, 99)
"""Percentiles of the valid pixels where the colours end, so that a few odd pixels do not matter."""

# From top to bottom of a panel: title and note, map, its ticks, bars, their ticks.
_TITLE_PX, _KM_PX, _BARS_PX, _FOOT_PX = 44, 24, 92, 34
# Of the note's text: a line, and a letter.
_NOTE_PX, _LETTER_PX = 14, 5.3
_LEFT_PX, _RIGHT_PX, _GAP_PX = 36, 24, 36
_FLATTEST_PX, _TALLEST_PX = 60, 900
_FRAME = "rgba(128,140,150,0.6)"


@dataclass(frozen=True)
class ChannelPanel:
    """A map and its bars.

    Attributes:
        title: What it shows, with the unit.
        note: Text below the title.
        image: PNG data URI, as it lies on the screen.
        hover: (cells, cells) on the pointer's grid, in the order of lines and samples:
            float32 values in the unit of the bars, NaN without data, or an object array of texts.
        palette: Colours of map and bars.
        bars: The bars below the map.
    """

    title: str
    note: str
    image: str
    hover: np.ndarray
    palette: Palette
    bars: Bars


def sar_palette(channel: str, name: str = "", count: int = _GREYS) -> Palette:
    """Grey levels of HH or HV over its usual range, the same for every scene.

    Args:
        channel: The channel.
        name: What a legend calls it.
        count: Number of grey levels.
    """
    return continuous("gray", *SAR_RANGE_DB[channel], name, unit="dB", count=count)


def channel_palette(channel: str, values: np.ndarray, name: str = "", unit: str = "") -> Palette:
    """Colours of a channel over the range of its values.

    Args:
        channel: The channel.
        values: Its valid values in physical units, any shape; an empty array gives 0 to 1.
        name: What a legend calls it.
        unit: Its unit.

    Returns:
        A cmocean scale between robust percentiles; for winds it is symmetric about 0.
    """
    scale = _SCALES.get(channel, _OTHER_SCALE)
    low, high = np.percentile(values, ROBUST_PERCENTILES) if values.size else (0.0, 1.0)
    if scale == "balance":
        high = max(abs(low), abs(high))
        low = -high
    # A single value everywhere has no range.
    room = max(1e-6, abs(high) * 1e-4)
    if high - low < room:
        low, high = low - room, high + room
    return continuous(scale, float(low), float(high), name, unit=unit, count=128)


def channel_maps(
    panels: Sequence[ChannelPanel],
    extent: Extent,
    columns: int,
    width_px: int,
    outlined: tuple[Span, Span] | None = None,
) -> go.Figure:
    """One figure of all panels, from left to right and down.

    Args:
        panels: At least one.
        extent: What every map covers.
        columns: Panels side by side.
        width_px: Width to compute the height for, so that the maps fill it.
        outlined: Lines and samples of a part to outline on each map, km in the scene.
    """
    inner_px = width_px - _LEFT_PX - _RIGHT_PX
    panel_px = (inner_px - (columns - 1) * _GAP_PX) / columns
    panels = [replace(panel, note=_in_lines(panel.note, panel_px)) for panel in panels]
    lines = max(panel.note.count("<br>") for panel in panels)
    places = _Places.of(len(panels), columns, inner_px, _TITLE_PX + _NOTE_PX * lines, extent)
    figure, elements = go.Figure(), map_elements(extent)
    for number, panel in enumerate(panels):
        axes = _add_map(figure, panel, extent, elements, number, places)
        if outlined:
            add_outline(figure, extent, *outlined, [axes])
        below = places.title_px + places.map_px + _KM_PX
        spot = Spot(2 * number + 2, places.across(number), places.down(number, below, _BARS_PX))
        add_bars(figure, panel.bars, panel.palette, spot)
        _add_title(figure, panel, number, places)
    return figure.update_layout(
        height=int(places.height_px) + TOOLBAR_PX,
        # No padding: axes stand on the map.
        margin={"l": _LEFT_PX, "r": _RIGHT_PX, "t": TOOLBAR_PX, "b": 0, "pad": 0},
        barmode="overlay",
        bargap=0,
        showlegend=False,
        font={"family": "Arial, Helvetica, sans-serif"},
        dragmode="zoom",
        hovermode="closest",
    )


def _in_lines(note: str, width_px: float) -> str:
    """A note whose last part stands in a line of its own, where one line has no room."""
    return note if len(note) * _LETTER_PX <= width_px else ",<br>".join(note.rsplit(", ", 1))


@dataclass(frozen=True)
class _Places:
    """Where panels lie, in fractions of the plotting area, the first row on top.

    Attributes:
        columns: Panels side by side.
        panel: Width of one.
        step: From one to the next.
        title_px: Height of a title with its note.
        map_px: Height of a map.
        row_px: Height of a panel with its title, ticks and bars.
        height_px: Height of the figure.
    """

    columns: int
    panel: float
    step: float
    title_px: float
    map_px: float
    row_px: float
    height_px: float

    @classmethod
    def of(
        cls, count: int, columns: int, inner_px: float, title_px: float, extent: Extent
    ) -> "_Places":
        """Places of so many panels; the map of a very flat or tall scene stays visible."""
        panel_px = (inner_px - (columns - 1) * _GAP_PX) / columns
        height_km, width_km = extent.size_km
        map_px = panel_px * height_km / width_km
        map_px = min(max(map_px, _FLATTEST_PX), _TALLEST_PX)
        row_px = title_px + map_px + _KM_PX + _BARS_PX + _FOOT_PX
        step = (panel_px + _GAP_PX) / inner_px
        rows = -(-count // columns)
        return cls(columns, panel_px / inner_px, step, title_px, map_px, row_px, rows * row_px)

    def across(self, number: int) -> tuple[float, float]:
        """Left and right end of a panel."""
        left = number % self.columns * self.step
        return left, min(left + self.panel, 1.0)

    def down(self, number: int, below_px: float, size_px: float) -> tuple[float, float]:
        """Lower and upper end of a part that begins so far below a panel's top."""
        top_px = number // self.columns * self.row_px + below_px
        return max(1 - (top_px + size_px) / self.height_px, 0.0), 1 - top_px / self.height_px


def _add_map(
    figure: go.Figure,
    panel: ChannelPanel,
    extent: Extent,
    elements: MapElements,
    number: int,
    places: _Places,
) -> tuple[str, str]:
    """Add a map, and return the names of its axes."""
    ticks = {"ticks": "outside", "ticklen": 3, "nticks": 4, "tickfont": {"size": 10}}
    frame = {"showline": True, "mirror": True, "linewidth": 1, "linecolor": _FRAME}
    shared = {**ticks, **frame, "constrain": "domain"}
    axes = set_axes(
        figure,
        2 * number + 1,
        {
            **shared,
            "domain": places.across(number),
            "range": extent.x,
            "constraintoward": "left",
            "ticksuffix": " km",
            "showticksuffix": "last",
            "matches": "x" if number else None,
        },
        {
            **shared,
            "domain": places.down(number, places.title_px, places.map_px),
            "range": extent.y[::-1],
            "constraintoward": "top",
            "scaleanchor": "x",
            "showticklabels": number % places.columns == 0,
            "matches": "y" if number else None,
        },
    )
    figure.add_trace(_pointer(panel, extent, axes))
    figure.add_layout_image(
        source=panel.image,
        xref=axes["xaxis"],
        yref=axes["yaxis"],
        x=extent.x[0],
        y=extent.y[0],
        sizex=extent.size_km[1],
        sizey=extent.size_km[0],
        sizing="stretch",
        layer="below",
    )
    names = axes["xaxis"], axes["yaxis"]
    add_map_elements(figure, elements, names, labelled=number % places.columns == 0)
    return names


def _pointer(panel: ChannelPanel, extent: Extent, axes: dict[str, str]) -> go.Heatmap:
    """An invisible heatmap that shows values or texts under the pointer."""
    texts = panel.hover.dtype == object
    shown = "%{text}" if texts else f"%{{z:.{panel.bars.decimals}f}} {panel.bars.unit}"
    hover = extent.orientation.swapped(panel.hover)
    sample, line = "yx" if extent.orientation.transposed else "xy"
    return go.Heatmap(
        z=np.zeros(hover.shape, np.uint8) if texts else hover,
        text=hover if texts else None,
        **extent.cells("x"),
        **extent.cells("y"),
        hovertemplate=f"{shown}<br>%{{{sample}:.0f}} km, %{{{line}:.0f}} km<extra></extra>",
        hoverongaps=False,
        opacity=0,
        showscale=False,
        **axes,
    )


def _add_title(figure: go.Figure, panel: ChannelPanel, number: int, places: _Places) -> None:
    figure.add_annotation(
        text=f"<b>{panel.title}</b><br><span style='font-size:11px'>{panel.note}</span>",
        xref="paper",
        yref="paper",
        x=places.across(number)[0],
        y=places.down(number, 0, places.title_px)[0],
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        align="left",
        showarrow=False,
        font={"size": 12},
    )
