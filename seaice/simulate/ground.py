"""Rasters on the ground and the ways from one to another."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Ground:
    """A raster on the ground, its first corner at the origin.

    Attributes:
        lines: Number of lines.
        samples: Number of samples.
        spacing_m: Distance of neighbouring pixel centres, metres.
    """

    lines: int
    samples: int
    spacing_m: float

    @property
    def height_km(self) -> float:
        """Extent along the lines axis, km."""
        return self.lines * self.spacing_m / 1000

    @property
    def width_km(self) -> float:
        """Extent along the samples axis, km."""
        return self.samples * self.spacing_m / 1000

    @property
    def size_km(self) -> float:
        """Geometric mean of the two extents, km: what lengths are limited by in small scenes."""
        return float(np.sqrt(self.height_km * self.width_km))

    @property
    def y_km(self) -> np.ndarray:
        """Pixel centres along the lines axis, km, float64 (lines,)."""
        return (np.arange(self.lines) + 0.5) * self.spacing_m / 1000

    @property
    def x_km(self) -> np.ndarray:
        """Pixel centres along the samples axis, km, float64 (samples,)."""
        return (np.arange(self.samples) + 0.5) * self.spacing_m / 1000

    def mesh_km(self) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of all pixel centres, km, two float32 (lines, samples)."""
        y_km, x_km = np.meshgrid(self.y_km, self.x_km, indexing="ij")
        return y_km.astype(np.float32), x_km.astype(np.float32)

    def cells(self, cell_m: float) -> "Ground":
        """The raster of square cells of `cell_m` metres that covers this one."""
        return Ground(
            int(np.ceil(round(self.lines * self.spacing_m / cell_m, 9))),
            int(np.ceil(round(self.samples * self.spacing_m / cell_m, 9))),
            cell_m,
        )


def block_mean(ground: Ground, cells: Ground, values: np.ndarray) -> np.ndarray:
    """Mean of the pixels whose centre lies in each cell.

    Args:
        ground: Raster of `values`.
        cells: Raster of the cells; a cell without a pixel centre takes its neighbour's value.
        values: Any numbers, (lines, samples).

    Returns:
        float32 (cell lines, cell samples).
    """
    result = values.astype(np.float32)
    for axis, (n, n_cells) in enumerate(
        ((ground.lines, cells.lines), (ground.samples, cells.samples))
    ):
        first = np.ceil(np.arange(n_cells) * cells.spacing_m / ground.spacing_m - 0.5).astype(int)
        first = first[first < n]
        sizes = np.diff(np.append(first, n))
        sums = np.add.reduceat(result, first, axis)
        means = sums / np.maximum(sizes, 1).reshape((-1, 1) if axis == 0 else (1, -1))
        # A last cell narrower than half a pixel may hold no centre.
        result = means.take(np.minimum(np.arange(n_cells), len(first) - 1), axis)
    return result.astype(np.float32)


def interpolation(pixels: int, spacing_m: float, cells: int, cell_m: float) -> sparse.csr_array:
    """Linear interpolation along one axis from cells to pixel centres, by true position.

    Args:
        pixels: Number of pixels.
        spacing_m: Their spacing.
        cells: Number of cells; the first begins where the first pixel does.
        cell_m: Their size.

    Returns:
        float32 (pixels, cells); before the first and after the last cell's centre their values
        are held.
    """
    position = np.clip((np.arange(pixels) + 0.5) * spacing_m / cell_m - 0.5, 0, cells - 1)
    base = np.minimum(position.astype(int), max(cells - 2, 0))
    second = np.minimum(base + 1, cells - 1)
    share = (position - base).astype(np.float32)
    rows = np.repeat(np.arange(pixels), 2)
    columns = np.stack([base, second], 1).ravel()
    values = np.stack([1 - share, share], 1).ravel()
    return sparse.csr_array((values, (rows, columns)), shape=(pixels, cells))


def to_pixels(ground: Ground, cells: Ground, values: np.ndarray) -> np.ndarray:
    """Bring cells to the pixels: bilinear by true position, edges held.

    Args:
        ground: Raster of the pixels.
        cells: Raster of the cells that cover them.
        values: Any numbers, (cell lines, cell samples).

    Returns:
        float32 (lines, samples).
    """
    along_y = interpolation(ground.lines, ground.spacing_m, cells.lines, cells.spacing_m)
    along_x = interpolation(ground.samples, ground.spacing_m, cells.samples, cells.spacing_m)
    return (along_x @ (along_y @ values.astype(np.float32)).T).T


def coarse(field: np.ndarray, n: int = 64) -> np.ndarray:
    """Values at the centres of at most n x n equal blocks, the same places at any pixel spacing."""
    rows, columns = (
        np.minimum(((np.arange(n) + 0.5) / n * size).astype(int), size - 1) for size in field.shape
    )
    return field[np.ix_(rows, columns)]
