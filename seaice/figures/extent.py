"""The ground that the maps of a figure cover, and how its axes run.

Axes count kilometres from a scene's first line and sample, whichever way the map lies: an axis runs
backwards where the map is mirrored, so that a place has the same numbers on the screen, in a link
and in a file.
"""

from dataclasses import dataclass

import numpy as np

from seaice.core.grids.orientation import AS_ACQUIRED, Orientation, Place

# Cells of the pointer's grid along one side: fine enough to point at, few enough to send.
_HOVER_CELLS = 96

Span = tuple[float, float]


@dataclass(frozen=True)
class Extent:
    """Ground that all panels cover.

    Attributes:
        lines_km: Size along the lines.
        samples_km: Size along the samples.
        cell_km: Size of a cell of the pointer's grid, which begins at the first pixel's corner.
        latitude: (cells, cells) float32 degrees on the pointer's grid, in the order of lines and
            samples; None if unknown.
        longitude: The same.
        top_km: Distance of the first line from the scene's first one.
        left_km: Distance of the first sample from the scene's first one.
        orientation: How the maps lie on the screen.
        line_km: On a map that is not the scene's own grid: (cells, cells) float32, the line at each
            of the pointer's cells, km in the scene, NaN outside. Axes and other members then count
            from the map's upper left corner.
        sample_km: The same for samples.
    """

    lines_km: float
    samples_km: float
    cell_km: float
    latitude: np.ndarray | None = None
    longitude: np.ndarray | None = None
    top_km: float = 0.0
    left_km: float = 0.0
    orientation: Orientation = AS_ACQUIRED
    line_km: np.ndarray | None = None
    sample_km: np.ndarray | None = None

    @property
    def lines(self) -> Span:
        """Both ends along the lines, km in the scene."""
        return self.top_km, self.top_km + self.lines_km

    @property
    def samples(self) -> Span:
        """Both ends along the samples, km in the scene."""
        return self.left_km, self.left_km + self.samples_km

    @property
    def size_km(self) -> Place:
        """Height and width on the screen."""
        size = self.lines_km, self.samples_km
        return size[::-1] if self.orientation.transposed else size

    @property
    def x(self) -> Span:
        """Left and right end of the horizontal axis, km in the scene."""
        low, high = self.lines if self.orientation.transposed else self.samples
        return (high, low) if self.orientation.mirrored else (low, high)

    @property
    def y(self) -> Span:
        """Upper and lower end of the vertical axis, km in the scene."""
        low, high = self.samples if self.orientation.transposed else self.lines
        return (high, low) if self.orientation.upside_down else (low, high)

    def xy(self, lines: Span, samples: Span) -> tuple[Span, Span]:
        """Spans of the scene along the horizontal and the vertical axis."""
        return (lines, samples) if self.orientation.transposed else (samples, lines)

    def at(self, down: float, across: float) -> tuple[float, float]:
        """Values of the horizontal and the vertical axis at a place of the screen.

        Args:
            down: Share of the height, from the top.
            across: Share of the width, from the left.
        """
        (left, right), (top, bottom) = self.x, self.y
        return left + across * (right - left), top + down * (bottom - top)

    def cells(self, axis: str) -> dict[str, float]:
        """Centre of the first cell of the pointer's grid along x or y, and the step: for Plotly."""
        along_lines = (axis == "y") != self.orientation.transposed
        start = self.top_km if along_lines else self.left_km
        return {f"{axis}0": start + self.cell_km / 2, f"d{axis}": self.cell_km}


def hover_step(shape: tuple[int, int]) -> int:
    """Pixels along a cell of the pointer's grid."""
    return max(1, -(-max(shape) // _HOVER_CELLS))


def cell_pixels(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Lines and samples of the middle pixels of the pointer's cells, (cells,) int each."""
    step = hover_step(shape)
    lines, samples = (np.minimum(np.arange(0, size, step) + step // 2, size - 1) for size in shape)
    return lines, samples


def at_cells(values: np.ndarray) -> np.ndarray:
    """Values at the middle pixel of each cell of the pointer's grid, (cells, cells)."""
    lines, samples = cell_pixels((values.shape[0], values.shape[1]))
    middle: np.ndarray = values[np.ix_(lines, samples)]
    return middle
