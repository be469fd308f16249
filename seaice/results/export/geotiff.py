"""Predicted charts as a GeoTIFF in the projection of Arctic maps, for a GIS."""

from pathlib import Path
from typing import Any

import numpy as np
import rioxarray  # noqa: F401 - gives xarray its `rio`
import xarray as xr
from affine import Affine
from rasterio.io import MemoryFile

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.ai4arctic.layout import LATITUDE, LONGITUDE
from seaice.core.errors import SceneError
from seaice.core.files import atomic_write
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import bilinear
from seaice.core.projection import ARCTIC, polar_stereographic
from seaice.results.export.provenance import checkpoint_facts, provenance
from seaice.results.inference import Prediction
from seaice.scenes.netcdf import open_file
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene

_STRIP_LINES = 512
_NODE_PX = 16
_NEWTON_STEPS = 20
_BEYOND = 2
_REMEDY = "Write NetCDF, which needs no positions."
_BAND = {
    "SIC": "SIC: sea ice concentration, percent",
    "SOD": "SOD: stage of development, class",
    "FLOE": "FLOE: floe size, class",
}

# EPSG:3413 is true to scale at 70 degrees north and stretches to twice that at the equator.
_MAX_STRETCH = 2
_MARGIN_PX = 2


def write_geotiff(path: Path, prediction: Prediction, command: str) -> None:
    """Write the charts of a prediction as a cloud-optimized GeoTIFF in EPSG:3413.

    Bands, uint8, 255 where the scene has no valid pixel: SIC in whole percent, the classes of SOD,
    the classes of FLOE. Pixels have the scene's own spacing, begin at whole multiples of it, and
    hold the scene's nearest pixel.

    Args:
        path: The file; its folder is made, a file of that name is replaced.
        prediction: The prediction.
        command: What made it, for the file's history.

    Raises:
        SceneError: The scene has no positions, or none that place it on a map of the Arctic.
        OutputError: The folder cannot be written to.
    """
    charts = _placed(prediction.scene, _charts(prediction))
    tags = {**_tags(prediction, command), "band_tags": [_band_tags(name) for name in CHARTS]}
    # The file takes shape in memory, a few megabytes: where a disk is full, GDAL may crash.
    with MemoryFile() as memory:
        charts.rio.to_raster(
            memory.name,
            driver="COG",
            compress="deflate",
            # Of the classes below a coarser pixel the commonest: a mean would be another class.
            overview_resampling="mode",
            recalc_transform=False,
            tags=tags,
        )
        with atomic_write(path) as temporary:
            temporary.write_bytes(memory.getbuffer())


def geotiff_problem(scene: Scene) -> str:
    """Why a scene's prediction cannot be written as GeoTIFF; empty where it can."""
    try:
        _target(scene, _read_places(scene))
    except SceneError as error:
        return str(error)
    return ""


def _charts(prediction: Prediction) -> np.ndarray:
    """The bands on the scene's own grid, (3, lines, samples) uint8."""
    scene = prediction.scene
    bands = np.empty((len(CHARTS), *scene.grid.shape), np.uint8)
    for strip in scene.grid.strips(_STRIP_LINES):
        valid = read_valid(scene, window=strip)
        for band, name in zip(bands, CHARTS, strict=True):
            values = prediction.on(scene.grid, name, strip)
            if name == "SIC":
                values = np.rint(values * 10)
            band[strip] = np.where(valid, values, FILL)
    return bands


def _placed(scene: Scene, bands: np.ndarray) -> xr.DataArray:
    """The bands on a map: every pixel of the map shows the scene's pixel that it lies in.

    Where a pixel lies is computed at every 16th pixel along both sides and is linear between: at
    spacings of 80 and 400 m it strays by some 2 m from `read_positions`. (GDAL's thin-plate spline
    through the positions strays by up to a fifth of a pixel.)

    Args:
        scene: The scene.
        bands: (bands, lines, samples) uint8.

    Returns:
        (band, y, x) uint8 in EPSG:3413, `FILL` beyond the scene.

    Raises:
        SceneError: The scene cannot be placed.
    """
    places = _read_places(scene)
    grid, corner = _target(scene, places)
    line_at, sample_at = _pixel_at_nodes(scene.grid, places, grid, corner)
    placed = np.full((len(bands), *grid.shape), FILL, np.uint8)
    columns = np.arange(grid.samples) / _NODE_PX
    for strip in grid.strips(_STRIP_LINES):
        rows = np.arange(strip[0].start, strip[0].stop) / _NODE_PX
        line, sample = (
            np.floor(bilinear(at, rows, columns) + 0.5).astype(np.intp)
            for at in (line_at, sample_at)
        )
        inside = (line >= 0) & (line < scene.grid.lines)
        inside &= (sample >= 0) & (sample < scene.grid.samples)
        placed[:, strip[0]][:, inside] = bands[:, line[inside], sample[inside]]
    charts = xr.DataArray(placed, dims=("band", "y", "x"))
    charts.attrs["long_name"] = tuple(_BAND[name] for name in CHARTS)
    charts = charts.rio.write_crs(ARCTIC).rio.write_nodata(FILL)
    transform = Affine(grid.spacing_m, 0, corner[0], 0, -grid.spacing_m, corner[1])
    return charts.rio.write_transform(transform)


def _read_places(scene: Scene) -> np.ndarray:
    """The scene's positions in EPSG:3413.

    Returns:
        (2, n, m) float64: x and y, metres.

    Raises:
        SceneError: There are none, or they are not spread over the ground.
    """
    if not scene.has_positions:
        raise SceneError(
            scene.path, f"lacks {LATITUDE} and {LONGITUDE}, without which it has no place", _REMEDY
        )
    with open_file(scene.path) as dataset:
        latitude, longitude = dataset[LATITUDE].values, dataset[LONGITUDE].values
    if any(values.dtype.kind not in "fiu" for values in (latitude, longitude)):
        raise SceneError(scene.path, "has positions that are no numbers", _REMEDY)
    places = np.moveaxis(polar_stereographic(latitude, longitude), -1, 0)
    if not np.isfinite(places).all():
        raise SceneError(scene.path, "has positions that are no places", _REMEDY)
    own = np.indices(places.shape[1:]).reshape(2, -1)
    if min(places.shape) < 2 or abs(_index_at(places, places.reshape(2, -1)) - own).max() > 0.01:
        raise SceneError(scene.path, "has positions that are not spread like pixels", _REMEDY)
    return places


def _target(scene: Scene, places: np.ndarray) -> tuple[PixelGrid, tuple[float, float]]:
    """The grid of the map and its upper left corner, x and y in metres.

    It begins at whole multiples of the spacing, so that maps of one spacing share their pixels.
    """
    spacing_m = scene.grid.spacing_m
    # Half a pixel reaches beyond the outer positions, at any angle.
    low = np.floor(places.min(axis=(1, 2)) / spacing_m).astype(int) - _MARGIN_PX
    high = np.ceil(places.max(axis=(1, 2)) / spacing_m).astype(int) + _MARGIN_PX
    samples, lines = (high - low).tolist()
    # Before a map of the whole globe is laid out.
    if max(lines, samples) > _MAX_STRETCH * (sum(scene.grid.shape) + 4):
        raise SceneError(
            scene.path,
            f"has {scene.grid.lines} x {scene.grid.samples} pixels of {spacing_m:g} m but "
            f"positions {max(lines, samples) * spacing_m / 1000:.0f} km apart on a map of the "
            "Arctic",
            _REMEDY,
        )
    return PixelGrid(lines, samples, spacing_m), (low[0] * spacing_m, high[1] * spacing_m)


def _pixel_at_nodes(
    own: PixelGrid, places: np.ndarray, grid: PixelGrid, corner: tuple[float, float]
) -> np.ndarray:
    """Lines and samples of the scene at every 16th pixel of the map, (2, rows, columns) float64."""
    rows, columns = (np.arange(0, size + _NODE_PX, _NODE_PX) for size in grid.shape)
    x, y = np.meshgrid(
        corner[0] + (columns + 0.5) * grid.spacing_m, corner[1] - (rows + 0.5) * grid.spacing_m
    )
    index = _index_at(places, np.stack([x.ravel(), y.ravel()])).reshape(2, *x.shape)
    # The first and the last of the positions lie on the centres of the first and last pixels.
    last_px, last = np.array(own.shape) - 1, np.array(places.shape[1:]) - 1
    return index * (last_px / last)[:, None, None]


def _index_at(places: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Where points lie among the positions: the inverse of `_place_at`, by Newton's method.

    One slope for all, that of the plane through the positions, is enough: they lie on a grid that
    is nearly straight.

    Args:
        places: (2, n, m) float64, x and y of the positions.
        at: (2, points) float64, x and y.

    Returns:
        (2, points) float64: indices along both axes of the positions, not held at their edges but
        two positions beyond.
    """
    size = np.array(places.shape[1:])[:, None]
    flat = places.reshape(2, -1)
    middle = flat.mean(axis=1, keepdims=True)
    own = np.indices(places.shape[1:]).reshape(2, -1)
    slope = np.linalg.lstsq((flat - middle).T, (own - (size - 1) / 2).T, rcond=None)[0].T
    index = (size - 1) / 2 + slope @ (at - middle)
    for _ in range(_NEWTON_STEPS):
        index = index + slope @ (at - _place_at(places, index))
        index = index.clip(-_BEYOND, size - 1 + _BEYOND)
    return index


def _place_at(places: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Places between the positions, bilinear, and beyond them as in the nearest cell.

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
    return near * (1 - p) + far * p


def _tags(prediction: Prediction, command: str) -> dict[str, str]:
    scene = prediction.scene
    kind = "simulated " if scene.simulated else ""
    facts: dict[str, Any] = {
        "title": f"Predicted ice charts of the {kind}scene {scene.id}",
        **provenance(scene, command),
        "pixel_spacing": f"{scene.grid.spacing_m:g}",
        "pixel_spacing_units": "m",
        "units": "SIC percent; SOD and FLOE class; 255 no data",
        **checkpoint_facts(prediction.checkpoint_name, prediction.sha256, prediction.info),
        "device": prediction.device,
        "notice": prediction.notice or "none",
    }
    # A file's name may hold what the file's XML cannot.
    return {
        name: "".join(letter if letter.isprintable() else "?" for letter in str(value))
        for name, value in facts.items()
    }


def _band_tags(name: ChartName) -> dict[str, str]:
    """What the values of a band mean."""
    tags = {"chart": name, "long_name": CHART[name].long_name}
    if name == "SIC":
        return {**tags, "units": "percent"}
    classes = {f"class_{index}": text for index, text in enumerate(CHART[name].class_names)}
    return {**tags, "units": "class", **classes}
