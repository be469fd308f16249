"""Where the pixels of a scene lie on a polar map, and the scene resampled to that map.

The positions of a scene are inverted by Newton's method at every 16th map pixel, and linearly
interpolated between those. On a scene of 1000 x 1040 pixels of 400 m this strays from
`read_positions` by 1 m at most and takes 0.1 s. GDAL's ways, through rasterio, were measured beside
it (benchmarks/geotiff.py): a thin-plate spline strays by up to 80 m, a polynomial of order 3 by
48 m; geolocation arrays of every pixel's corner are exact, but take 25 times as long, and as many
positions in memory as there are pixels.
"""

import numpy as np

from seaice.ai4arctic.charts import FILL
from seaice.ai4arctic.layout import LATITUDE, LONGITUDE
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import bilinear
from seaice.core.projection import polar_stereographic, projection_at
from seaice.scenes.netcdf import open_file
from seaice.scenes.scene import Scene

NODE_PX = 16
"""Map pixels between two positions that are inverted."""
_STRIP_LINES = 512
_NEWTON_STEPS = 20
_BEYOND = 2
"""How far beyond the outer positions the inverse is followed, in positions."""
_REMEDY = "Write NetCDF, which needs no positions."
_MAX_STRETCH = 2
"""Both projections are true to scale at 70 degrees and stretch to twice that at the equator."""
_MARGIN_PX = 2
"""Half a pixel reaches beyond the outer positions, at any angle."""

Corner = tuple[float, float]
"""Upper left corner of a map: x and y, metres."""


def place_on_map(
    scene: Scene, bands: np.ndarray, fill: float = FILL
) -> tuple[np.ndarray, PixelGrid, Corner]:
    """Resample bands of a scene to a map. Each map pixel shows the scene's pixel it lies in.

    Args:
        scene: The scene.
        bands: (bands, lines, samples) on the scene's own grid.
        fill: Value outside the scene.

    Returns:
        The bands on the map, (bands, rows, columns) of their type; the map's grid; and its upper
        left corner.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
    """
    places = read_places(scene)
    grid, corner = map_grid(scene, places)
    line_at, sample_at = pixels_at_nodes(scene.grid, places, grid, corner)
    placed = np.full((len(bands), *grid.shape), fill, bands.dtype)
    columns = np.arange(grid.samples) / NODE_PX
    for strip in grid.strips(_STRIP_LINES):
        rows = np.arange(strip[0].start, strip[0].stop) / NODE_PX
        line, sample = (
            np.floor(bilinear(at, rows, columns) + 0.5).astype(np.intp)
            for at in (line_at, sample_at)
        )
        inside = (line >= 0) & (line < scene.grid.lines)
        inside &= (sample >= 0) & (sample < scene.grid.samples)
        placed[:, strip[0]][:, inside] = bands[:, line[inside], sample[inside]]
    return placed, grid, corner


def read_places(scene: Scene) -> np.ndarray:
    """Read the positions of a scene on its map, in the projection of `map_projection`.

    Returns:
        (2, n, m) float64: x and y, metres.

    Raises:
        SceneError: There are none, or they do not cover an area.
    """
    latitude, longitude = _read_degrees(scene)
    projection = projection_at(latitude)
    places = np.moveaxis(polar_stereographic(latitude, longitude, projection), -1, 0)
    if not np.isfinite(places).all():
        raise SceneError(scene.path, "has positions that are not on Earth", _REMEDY)
    own = np.indices(places.shape[1:]).reshape(2, -1)
    if min(places.shape) < 2 or abs(index_at(places, places.reshape(2, -1)) - own).max() > 0.01:
        raise SceneError(scene.path, "has positions that do not form a grid", _REMEDY)
    return places


def map_projection(scene: Scene) -> str:
    """Code of the projection of a scene's map: EPSG:3413 in the north, EPSG:3976 in the south.

    Raises:
        SceneError: There are no positions.
    """
    return projection_at(_read_degrees(scene)[0])


def _read_degrees(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of a scene's positions, degrees."""
    if not scene.has_positions:
        raise SceneError(
            scene.path, f"lacks {LATITUDE} and {LONGITUDE}, which place it on the map", _REMEDY
        )
    with open_file(scene.path) as dataset:
        latitude, longitude = dataset[LATITUDE].values, dataset[LONGITUDE].values
    if any(values.dtype.kind not in "fiu" for values in (latitude, longitude)):
        raise SceneError(scene.path, "has positions that are not numbers", _REMEDY)
    return latitude, longitude


def map_grid(scene: Scene, places: np.ndarray) -> tuple[PixelGrid, Corner]:
    """Grid and upper left corner of the map that a scene fits on.

    The corner is a multiple of the spacing, so that maps of the same spacing share their pixels.

    Raises:
        SceneError: The positions lie too far apart for the number of pixels.
    """
    spacing_m = scene.grid.spacing_m
    low = np.floor(places.min(axis=(1, 2)) / spacing_m).astype(int) - _MARGIN_PX
    high = np.ceil(places.max(axis=(1, 2)) / spacing_m).astype(int) + _MARGIN_PX
    samples, lines = (high - low).tolist()
    # Wrong positions could ask for a map of the whole globe.
    if max(lines, samples) > _MAX_STRETCH * (sum(scene.grid.shape) + 4):
        raise SceneError(
            scene.path,
            f"has {scene.grid.lines} x {scene.grid.samples} pixels of {spacing_m:g} m but "
            f"positions {max(lines, samples) * spacing_m / 1000:.0f} km apart on the map",
            _REMEDY,
        )
    return PixelGrid(lines, samples, spacing_m), (low[0] * spacing_m, high[1] * spacing_m)


def pixels_at_nodes(
    own: PixelGrid, places: np.ndarray, grid: PixelGrid, corner: Corner
) -> np.ndarray:
    """Line and sample of the scene at every 16th map pixel, (2, rows, columns) float64."""
    rows, columns = (np.arange(0, size + NODE_PX, NODE_PX) for size in grid.shape)
    x, y = np.meshgrid(
        corner[0] + (columns + 0.5) * grid.spacing_m, corner[1] - (rows + 0.5) * grid.spacing_m
    )
    index = index_at(places, np.stack([x.ravel(), y.ravel()])).reshape(2, *x.shape)
    # The outer positions lie at the centres of the outer pixels.
    last_px, last = np.array(own.shape) - 1, np.array(places.shape[1:]) - 1
    pixels: np.ndarray = index * (last_px / last)[:, None, None]
    return pixels


def index_at(places: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Indices of points among the positions: the inverse of `place_at`, by Newton's method.

    The positions form a nearly straight grid, so that one slope, that of the plane fitted to them,
    serves all points.

    Args:
        places: (2, n, m) float64, x and y of the positions.
        at: (2, points) float64, x and y.

    Returns:
        (2, points) float64: indices along both axes of the positions, up to `_BEYOND` outside them.
    """
    size = np.array(places.shape[1:])[:, None]
    flat = places.reshape(2, -1)
    middle = flat.mean(axis=1, keepdims=True)
    own = np.indices(places.shape[1:]).reshape(2, -1)
    slope = np.linalg.lstsq((flat - middle).T, (own - (size - 1) / 2).T, rcond=None)[0].T
    index: np.ndarray = (size - 1) / 2 + slope @ (at - middle)
    for _ in range(_NEWTON_STEPS):
        index = index + slope @ (at - place_at(places, index))
        index = index.clip(-_BEYOND, size - 1 + _BEYOND)
    return index


def place_at(places: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Points between the positions, bilinear; outside, the nearest cell is continued.

    Args:
        places: (2, n, m) float64.
        index: (2, points) float64, along both axes of the positions.

    Returns:
        (2, points) float64.
    """
    size = np.array(places.shape[1:])[:, None]
    low = np.clip(np.floor(index), 0, size - 2).astype(np.intp)
    (i, j), (p, q) = low, index - low
    near = places[:, i, j] * (1 - q) + places[:, i, j + 1] * q
    far = places[:, i + 1, j] * (1 - q) + places[:, i + 1, j + 1] * q
    points: np.ndarray = near * (1 - p) + far * p
    return points
