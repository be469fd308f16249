"""Axes of map panels in a grid: in km, and all of them zoom and pan together."""

from dataclasses import dataclass

from seaice.figures.extent import Extent, Span
from seaice.figures.figure_parts import Axes, FigureParts, Part

# Between columns, as a share of the width.
_COLUMN_GAP = 0.025
_SHARED: Part = {
    "showgrid": False,
    "zeroline": False,
    "constrain": "domain",
    "ticks": "outside",
    # The margins have room for all: to find that out, Plotly would draw everything twice.
    "automargin": False,
}


@dataclass(frozen=True)
class Grid:
    """Places of panels, rows and columns counted from the upper left.

    Attributes:
        rows: Number of rows.
        columns: Number of columns.
        row_gap: Between rows, as a share of the height.
    """

    rows: int
    columns: int
    row_gap: float

    def axes(self, row: int, column: int) -> Axes:
        """Names of a panel's axes."""
        index = row * self.columns + column
        number = str(index + 1) if index else ""
        return f"x{number}", f"y{number}"

    def across(self, column: int) -> Span:
        """Left and right end of a column, as shares of the width."""
        return _span(column, self.columns, _COLUMN_GAP)

    def down(self, row: int) -> Span:
        """Lower and upper end of a row, as shares of the height."""
        return _span(self.rows - 1 - row, self.rows, self.row_gap)


def add_axes(
    figure: FigureParts, extent: Extent, grid: Grid, row: int, column: int, *, visible: bool
) -> None:
    """Add the axes of a panel; numbers and units stand at the left of the grid and below it.

    Args:
        figure: The figure.
        extent: What the panel covers.
        grid: Where the panels lie.
        row: The panel's row.
        column: Its column.
        visible: Whether it shows anything.
    """
    x, y = grid.axes(row, column)
    lowest, first = row == grid.rows - 1, column == 0
    horizontal: Part = {
        "anchor": y,
        "domain": grid.across(column),
        "range": extent.x,
        "showticklabels": lowest,
    }
    vertical: Part = {
        "anchor": x,
        "domain": grid.down(row),
        "range": extent.y[::-1],
        "showticklabels": first,
        "scaleanchor": "x",
        # Just below their titles.
        "constraintoward": "top",
    }
    if lowest:
        horizontal["title"] = {"text": "km", "standoff": 4}
    if first:
        vertical["title"] = {"text": "km", "standoff": 9}
    leaders = grid.axes(grid.rows - 1, 0)
    for name, leader, axis in zip((x, y), leaders, (horizontal, vertical), strict=True):
        follows = {} if name == leader else {"matches": leader}
        key = f"{name[0]}axis{name[1:]}"
        figure.layout[key] = {**_SHARED, **axis, **follows, "visible": visible}


def _span(index: int, count: int, gap: float) -> Span:
    """Both ends of one of some equal parts of 1, with gaps between them."""
    size = (1 - gap * (count - 1)) / count
    start = index * (size + gap)
    # Plotly ignores ends that rounding puts beyond 1.
    return start, min(start + size, 1.0)
