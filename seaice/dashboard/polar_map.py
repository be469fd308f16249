"""A scene, or a region of it, on a polar map: where each map pixel lies in the scene.

The projection is EPSG:3413 in the north and EPSG:3976 in the south, with the scene's own positions,
as in a GeoTIFF: each map pixel shows the scene's pixel that it lies in.
"""

from dataclasses import dataclass

import numpy as np

from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.core.grids.resample import bilinear
from seaice.core.projection import geographic
from seaice.figures.extent import cell_pixels, hover_step
from seaice.results.export.map_grid import (
    NODE_PX,
    Corner,
    map_projection,
    pixels_at_nodes,
    place_at,
    read_places,
)
from seaice.scenes.region import Span
from seaice.scenes.scene import Scene

MapGrid = tuple[PixelGrid, Corner]

_EDGE_POINTS = 50
_MARGIN_PX = 1


@dataclass(frozen=True)
class PolarMap:
    """A polar map of a window of a scene.

    Attributes:
        grid: The map's grid, rows from the top.
        corner: Upper left corner, metres.
        projection: Code of the projection.
        line: (rows, columns) int32, line of the window at each map pixel; -1 outside.
        sample: The same for samples.
    """

    grid: PixelGrid
    corner: Corner
    projection: str
    line: np.ndarray
    sample: np.ndarray

    @property
    def inside(self) -> np.ndarray:
        """(rows, columns) bool: where the map shows the window."""
        return (self.line >= 0) & (self.sample >= 0)

    def place(self, values: np.ndarray) -> np.ndarray:
        """Values of the window on the map, (rows, columns); zero or False outside."""
        placed: np.ndarray = values[self.line, self.sample]
        placed[~self.inside] = 0
        return placed

    def place_cells(self, texts: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Texts of the pointer's cells of the window, on those of the map; empty outside.

        Args:
            texts: (cells, cells) object array.
            shape: (lines, samples) of the window.
        """
        step, (rows, columns) = hover_step(shape), cell_pixels(self.grid.shape)
        at = np.ix_(rows, columns)
        placed: np.ndarray = texts[self.line[at] // step, self.sample[at] // step]
        placed[~self.inside[at]] = ""
        return placed

    def in_scene_km(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Line and sample of the pointer's cells, km in the scene; NaN outside, float32."""
        at = np.ix_(*cell_pixels(self.grid.shape))
        km, inside = self.grid.spacing_m / 1000, self.inside[at]
        line, sample = (
            np.where(inside, (side.start + own[at] + 0.5) * km, np.nan).astype(np.float32)
            for side, own in zip(window, (self.line, self.sample), strict=True)
        )
        return line, sample

    def degrees(self) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude of the pointer's cells, float32, also outside the scene."""
        rows, columns = cell_pixels(self.grid.shape)
        x = self.corner[0] + (columns + 0.5) * self.grid.spacing_m
        y = self.corner[1] - (rows + 0.5) * self.grid.spacing_m
        return geographic(*np.meshgrid(x, y), self.projection)

    def window_of_box(
        self, rows_km: tuple[float, float], columns_km: tuple[float, float]
    ) -> Window:
        """The smallest window that holds a box of the map; empty slices off the scene.

        Args:
            rows_km: Both ends from the top, km.
            columns_km: Both ends from the left.
        """
        km = self.grid.spacing_m / 1000
        row, column = (
            slice(max(0, int(low / km)), max(0, -int(-high // km)))
            for low, high in (rows_km, columns_km)
        )
        found = self.inside[row, column]
        if not found.any():
            return slice(0, 0), slice(0, 0)
        line, sample = (
            slice(int(own[found].min()), int(own[found].max()) + 1)
            for own in (self.line[row, column], self.sample[row, column])
        )
        return line, sample


def polar_map(scene: Scene, grid: PixelGrid, window: Window) -> PolarMap:
    """The polar map of a window.

    Args:
        scene: The scene.
        grid: The scene's grid at the spacing that is shown, coarsened by whole blocks.
        window: The window of that grid.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
    """
    places = read_places(scene)
    factor = grid.spacing_m / scene.grid.spacing_m
    on_map, corner = _fitting(scene, places, grid, window)
    nodes = pixels_at_nodes(scene.grid, places, on_map, corner)
    rows, columns = (np.arange(size) / NODE_PX for size in on_map.shape)
    line, sample = (
        np.floor((bilinear(at, rows, columns) + 0.5) / factor).astype(np.int32) - side.start
        for at, side in zip(nodes, window, strict=True)
    )
    sizes = (side.stop - side.start for side in window)
    inside = np.ones(on_map.shape, bool)
    for own, size in zip((line, sample), sizes, strict=True):
        inside &= (own >= 0) & (own < size)
    line[~inside] = sample[~inside] = -1
    return PolarMap(on_map, corner, map_projection(scene), line, sample)


def outline_km(scene: Scene, shown: PolarMap, lines_km: Span, samples_km: Span) -> np.ndarray:
    """A region's outline on a map, (n, 2) float64: km from its left and from its top."""
    km = scene.grid.spacing_m / 1000
    edge = _edge(*(np.linspace(*span, _EDGE_POINTS) / km - 0.5 for span in (lines_km, samples_km)))
    x, y = place_at(read_places(scene), edge * _positions_by_pixel(scene))
    return np.stack([x - shown.corner[0], shown.corner[1] - y], axis=1) / 1000


def _fitting(scene: Scene, places: np.ndarray, grid: PixelGrid, window: Window) -> MapGrid:
    """Grid and upper left corner of the map that a window of a grid fits on."""
    spacing_m = grid.spacing_m
    factor = spacing_m / scene.grid.spacing_m
    ends = (np.linspace(side.start, side.stop, _EDGE_POINTS) * factor - 0.5 for side in window)
    x, y = place_at(places, _edge(*ends) * _positions_by_pixel(scene))
    left, low = (int(np.floor(each.min() / spacing_m)) - _MARGIN_PX for each in (x, y))
    right, high = (int(np.ceil(each.max() / spacing_m)) + _MARGIN_PX for each in (x, y))
    return PixelGrid(high - low, right - left, spacing_m), (left * spacing_m, high * spacing_m)


def _edge(lines: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Points around a rectangle in their order, (2, n), from evenly spread ones along two sides."""
    first, last = np.ones_like(lines), np.ones_like(samples)
    sides = (
        (first * lines[0], samples),
        (lines, last * samples[-1]),
        (first * lines[-1], samples[::-1]),
        (lines[::-1], last * samples[0]),
    )
    return np.concatenate([np.stack(side) for side in sides], axis=1)


def _positions_by_pixel(scene: Scene) -> np.ndarray:
    """Steps between positions in a step between pixels of the scene's own grid, (2, 1)."""
    # The outer positions lie at the centres of the outer pixels.
    last = np.array(read_places(scene).shape[1:]) - 1
    steps: np.ndarray = (last / (np.array(scene.grid.shape) - 1))[:, None]
    return steps
