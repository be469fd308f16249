"""Tables of differences as cells: blue below, red above, no colour undecided, hatched unknown."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import cmocean
import numpy as np
import plotly.graph_objects as go

from seaice.figures.stacked import broken, stacked_html

_ROW_PX, _NARROW_ROW_PX, _HEAD_PX, _LINE_PX = 34, 42, 64, 16
_GREY = "rgba(128,140,150,0.55)"
# Differences of less than this look equal, so that noise does not look like a finding.
_LEAST_RANGE = 2.0


@dataclass(frozen=True)
class DifferenceTable:
    """What a figure of differences shows.

    Attributes:
        rows: Names of the rows.
        columns: Names of the columns.
        points: (rows, columns) float64 points of score; NaN where not known.
        texts: Text of each cell.
        hovers: Text of each cell under the pointer.
        hatched: (rows, columns) bool, cells without a network.
        undecided: (rows, columns) bool, differences whose interval holds 0 or is not known: they
            get no colour, so that a wide interval does not look like a finding.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    points: np.ndarray
    texts: Sequence[Sequence[str]]
    hovers: Sequence[Sequence[str]]
    hatched: np.ndarray
    undecided: np.ndarray

    @property
    def coloured(self) -> np.ndarray:
        """(rows, columns) float64 points that the colours show; NaN where not known."""
        return np.asarray(self.points * ~self.undecided)


def widest_difference(table: DifferenceTable) -> float:
    """Largest difference of a table's colours, points."""
    return max(float(np.nanmax(np.abs(table.coloured), initial=0.0)), _LEAST_RANGE)


def difference_figure(
    table: DifferenceTable, unit: str = "points", *, narrow: bool = False
) -> go.Figure:
    """Draw a table of differences, the first row on top.

    Args:
        table: The table.
        unit: Unit of the differences, for the colour bar.
        narrow: For a narrow window: names of rows and texts take two lines, and there is no
            colour bar.
    """
    widest = widest_difference(table)
    at = np.arange(len(table.columns)), np.arange(len(table.rows))
    figure = go.Figure(
        go.Heatmap(
            z=table.coloured,
            x=at[0],
            y=at[1],
            zmin=-widest,
            zmax=widest,
            colorscale=_scale(),
            text=[[_cell_text(text, narrow) for text in row] for row in table.texts],
            showscale=not narrow,
            texttemplate="%{text}",
            customdata=[[html.escape(text) for text in row] for row in table.hovers],
            hovertemplate="%{customdata}<extra></extra>",
            hoverongaps=False,
            xgap=2,
            ygap=2,
            colorbar={"title": {"text": unit, "side": "right"}, "thickness": 10, "tickformat": "+"},
        )
    )
    _hatch(figure, table.hatched)
    _write(figure, table, narrow)
    names = [stacked_html(name) for name in table.columns]
    figure.update_xaxes(tickvals=at[0], ticktext=names, side="top", showgrid=False, zeroline=False)
    figure.update_yaxes(
        tickvals=at[1],
        ticktext=[stacked_html(name) if narrow else html.escape(name) for name in table.rows],
        range=[len(table.rows) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
    )
    # Both axes fixed: a page must scroll past it.
    figure.update_xaxes(fixedrange=True, range=[-0.5, len(table.columns) - 0.5])
    figure.update_yaxes(fixedrange=True)
    more_lines = max((name.count("<br>") for name in names), default=0)
    # Upright, because oblique ones of several lines lie over each other.
    figure.update_xaxes(tickangle=-90 if narrow and more_lines else None)
    head_px = _HEAD_PX + _LINE_PX * more_lines
    height = head_px + (_NARROW_ROW_PX if narrow else _ROW_PX) * max(len(table.rows), 3)
    return figure.update_layout(height=height, margin={"l": 0, "r": 0, "t": 40, "b": 8})


def _cell_text(text: str, narrow: bool) -> str:
    return html.escape(broken(text) if narrow else text).replace("\n", "<br>")


def _hatch(figure: go.Figure, hatched: np.ndarray) -> None:
    """Diagonal lines through cells, as one broken line: shapes would take Plotly seconds."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row, column in np.argwhere(hatched):
        for shift in np.linspace(-0.75, 0.75, 7):
            # From the lower left to the upper right, cut off at the sides of the cell.
            low, high = max(-0.47, -0.47 - shift), min(0.47, 0.47 - shift)
            x += [column + low, column + high, None]
            y += [row - low - shift, row - high - shift, None]
    if x:
        line = {"color": _GREY, "width": 1}
        figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _write(figure: go.Figure, table: DifferenceTable, narrow: bool) -> None:
    """Texts of cells without a value, where a heat map writes nothing."""
    empty = [
        (row, column)
        for row, column in np.argwhere(np.isnan(table.points))
        if table.texts[row][column]
    ]
    if empty:
        figure.add_scatter(
            x=[column for _, column in empty],
            y=[row for row, _ in empty],
            text=[_cell_text(table.texts[row][column], narrow) for row, column in empty],
            mode="text",
            hoverinfo="skip",
            showlegend=False,
        )


def _scale() -> list[list[float | str]]:
    steps = np.linspace(0, 1, 21)
    # The dark ends of the scale would hide the text.
    rgb = (cmocean.cm.balance(0.12 + 0.76 * steps)[:, :3] * 255).round().astype(int)
    return [[step, f"rgb({r},{g},{b})"] for step, (r, g, b) in zip(steps, rgb, strict=True)]
