"""Random fields that belong to the ground, not to the pixels.

Every field is a sum of octaves. An octave is a lattice of hashed values with a fixed node distance
in metres, smoothed by cubic B-splines and evaluated at pixel centres. The lattice is unbounded and
depends on the seed alone, so the same seed shows the same field at any pixel spacing; octaves finer
than the pixels are left out, as an average over the pixel would do.
"""

import zlib
from collections.abc import Iterator

import numpy as np
from scipy import ndimage, sparse

from seaice.core.grids.pixel_grid import PixelGrid

_U64 = np.uint64
_MIX = (_U64(0x9E3779B97F4A7C15), _U64(0xBF58476D1CE4E5B9), _U64(0x94D049BB133111EB))
# Mean over positions of the sum of squared cubic B-spline weights, in two dimensions: the variance
# that smoothing leaves of independent values of unit variance.
_SPLINE_VARIANCE = (151 / 315) ** 2


def stream(seed: int, *names: str) -> np.random.Generator:
    """A generator for one purpose, independent of the generators of all other names."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def hashed(seed: int, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Uniform values in [0, 1) that depend on seed, row and column alone (splitmix64).

    Args:
        seed: Any whole number of at most 63 bits.
        rows: Whole numbers of any sign, any shape.
        columns: The same, broadcastable with `rows`.

    Returns:
        float32, the broadcast shape.
    """
    with np.errstate(over="ignore"):
        rows64 = np.asarray(rows, np.int64).astype(_U64)
        columns64 = np.asarray(columns, np.int64).astype(_U64)
        bits = rows64 * _MIX[0] + columns64 * _MIX[2] + _U64(seed)
        for shift, factor in ((30, _MIX[1]), (27, _MIX[2])):
            bits = (bits ^ (bits >> _U64(shift))) * factor
        bits ^= bits >> _U64(31)
    return (bits >> _U64(40)).astype(np.float32) * np.float32(2.0**-24)


def _spline(position: np.ndarray) -> tuple[sparse.csr_array, np.ndarray]:
    """Cubic B-spline weights of node positions: matrix (positions, nodes) and the node indices."""
    base = np.floor(position).astype(np.int64)
    f = position - base
    weights = np.stack(
        [(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3], 1
    )
    first = int(base.min()) - 1
    nodes = np.arange(first, int(base.max()) + 3)
    columns = (base - 1 - first)[:, None] + np.arange(4)
    pointers = np.arange(0, 4 * len(position) + 1, 4)
    matrix = sparse.csr_array(
        ((weights / 6).astype(np.float32).ravel(), columns.ravel(), pointers),
        shape=(len(position), len(nodes)),
    )
    return matrix, nodes


class Fields:
    """Named random fields of one part of one scene.

    Two fields with different names, modules or seeds are independent, and no field changes another.
    """

    def __init__(self, grid: PixelGrid, seed: int, module: str) -> None:
        """Fields on a grid.

        Args:
            grid: The grid on which `fractal` evaluates.
            seed: Seed of the scene.
            module: Name of the calling part, which separates its fields from those of other parts.
        """
        self.grid = grid
        self._seed = seed
        self._module = module

    def seed_of(self, name: str) -> int:
        """A whole number of 63 bits for a name."""
        return int(stream(self._seed, self._module, name).integers(2**63))

    def _octaves(
        self, name: str, largest_km: float, smallest_km: float, hurst: float
    ) -> Iterator[tuple[float, float, int]]:
        """Node distance in km, weight and seed of each octave that the pixels resolve."""
        largest_km = max(min(largest_km, 0.5 * self.grid.size_km), smallest_km)
        n_octaves = int(np.floor(np.log2(largest_km / smallest_km) + 1e-9)) + 1
        nodes_km = largest_km / 2.0 ** np.arange(n_octaves)
        weights = nodes_km**hurst
        weights /= np.sqrt((weights**2).sum() * _SPLINE_VARIANCE)
        seed = self.seed_of(name)
        for index, (node_km, weight) in enumerate(zip(nodes_km, weights, strict=True)):
            if node_km * 1000 >= self.grid.spacing_m or index == 0:
                yield float(node_km), float(weight), (seed + index * 7919) % 2**63

    def fractal(
        self, name: str, largest_km: float, smallest_km: float, hurst: float = 0.8
    ) -> np.ndarray:
        """A fractal field.

        Args:
            name: Name of the field.
            largest_km: Node distance of the coarsest octave; at most half the scene is used.
            smallest_km: Node distance below which there is no further octave.
            hurst: Amplitude of an octave goes with (node distance)^hurst; high is smooth.

        Returns:
            float32 (lines, samples), mean 0 and standard deviation 1 over many scenes.
        """
        total = np.zeros((self.grid.lines, self.grid.samples), np.float32)
        for node_km, weight, seed in self._octaves(name, largest_km, smallest_km, hurst):
            along_y, rows = _spline(self.grid.y_km / node_km)
            along_x, columns = _spline(self.grid.x_km / node_km)
            lattice = _unit_lattice(seed, rows, columns) * np.float32(weight)
            total += (along_x @ (along_y @ lattice).T).T
        return total

    def fractal_at(
        self,
        name: str,
        y_km: np.ndarray,
        x_km: np.ndarray,
        octaves_km: tuple[float, float],
        hurst: float = 0.8,
    ) -> np.ndarray:
        """A fractal field at any points, such as warped or rotated pixel positions.

        Args:
            name: Name of the field.
            y_km: First coordinate, km, any shape.
            x_km: Second coordinate, km, the same shape.
            octaves_km: Node distances of the coarsest and the finest octave.
            hurst: As in `fractal`.

        Returns:
            float32, the shape of `y_km`, mean 0 and standard deviation 1 over many scenes.
        """
        total = np.zeros(y_km.shape, np.float32)
        for node_km, weight, seed in self._octaves(name, *octaves_km, hurst):
            v, u = y_km / np.float32(node_km), x_km / np.float32(node_km)
            first = [int(np.floor(c.min())) - 1 for c in (v, u)]
            count = [int(np.floor(c.max())) + 3 - f for c, f in zip((v, u), first, strict=True)]
            rows, columns = (np.arange(f, f + n) for f, n in zip(first, count, strict=True))
            lattice = _unit_lattice(seed, rows, columns) * np.float32(weight)
            # Without prefilter the order-3 interpolation is the cubic B-spline of `fractal`.
            total += ndimage.map_coordinates(
                lattice, [v - first[0], u - first[1]], np.float32, order=3, prefilter=False
            )
        return total


def _unit_lattice(seed: int, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Lattice values of mean 0 and variance 1, float32 (rows, columns)."""
    return (hashed(seed, rows[:, None], columns[None, :]) - np.float32(0.5)) * np.float32(12**0.5)


def floe_cells(
    y_km: np.ndarray, x_km: np.ndarray, size_km: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cells of about one size that tile the plane, as floes tile the pack.

    An additively weighted Voronoi diagram of jittered points: cells of mixed sizes with slightly
    rounded sides.

    Args:
        y_km: First coordinate, km, (points,).
        x_km: Second coordinate, km, (points,).
        size_km: Mean distance of neighbouring centres.
        seed: Seed of the diagram.

    Returns:
        A value in [0, 1) for each point's cell, and the distance to the cell's side in km, both
        float32 (points,).
    """
    v, u = y_km / np.float32(size_km), x_km / np.float32(size_km)
    row, column = np.floor(v).astype(np.int32), np.floor(u).astype(np.int32)
    rows = np.arange(row.min(initial=0) - 1, row.max(initial=0) + 2)
    columns = np.arange(column.min(initial=0) - 1, column.max(initial=0) + 2)
    tables = [hashed((seed + k) % 2**63, rows[:, None], columns).ravel() for k in range(4)]
    start = (row - rows[0]) * len(columns) + (column - columns[0])
    nearest = np.full(v.shape, np.inf, np.float32)
    second, cell = nearest.copy(), np.zeros(v.shape, start.dtype)
    for d_row in (-1, 0, 1):
        for d_column in (-1, 0, 1):
            index = start + d_row * len(columns) + d_column
            centre_v = row + d_row + tables[1][index]
            centre_u = column + d_column + tables[2][index]
            distance = np.hypot(v - centre_v, u - centre_u) - 0.35 * tables[3][index]
            distance = distance.astype(np.float32)
            closer = distance < nearest
            second = np.where(closer, nearest, np.minimum(second, distance))
            cell = np.where(closer, index, cell)
            nearest = np.where(closer, distance, nearest)
    return tables[0][cell], (second - nearest) * np.float32(0.5 * size_km)


def smoothstep(low: float, high: float, values: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between; float32."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)
