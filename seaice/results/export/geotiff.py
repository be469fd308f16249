"""Predicted charts as a GeoTIFF in a polar stereographic projection, for a GIS."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from affine import Affine
from rasterio.io import MemoryFile

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.core.errors import SceneError
from seaice.core.files import atomic_write
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.results.export.map_grid import (
    Corner,
    map_grid,
    map_projection,
    place_on_map,
    read_places,
)
from seaice.results.export.provenance import checkpoint_facts, provenance
from seaice.results.inference import Prediction
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene

_STRIP_LINES = 512
_BAND = {
    "SIC": "SIC: sea ice concentration, percent",
    "SOD": "SOD: stage of development, class",
    "FLOE": "FLOE: floe size, class",
}


def write_geotiff(path: Path, prediction: Prediction, command: str) -> None:
    """Write the charts of a prediction as a cloud-optimized GeoTIFF.

    Its projection is EPSG:3413 in the north and EPSG:3976 in the south. The bands are uint8, with
    255 where the scene has no valid pixel: SIC in whole percent, the classes of SOD, and the
    classes of FLOE. Map pixels have the scene's own spacing, start at multiples of it, and show the
    nearest pixel of the scene.

    Args:
        path: The file. Its folder is created, and an existing file is replaced.
        prediction: The prediction.
        command: The command line, for the file's history.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
        OutputError: The folder is not writable.
    """
    charts = charts_on_map(prediction)
    tags = {**file_tags(prediction, command), "band_tags": [band_tags(name) for name in CHARTS]}
    # GDAL may crash on a full disk, so the file, a few megabytes, is made in memory.
    with MemoryFile() as memory:
        charts.rio.to_raster(
            memory.name,
            driver="COG",
            compress="deflate",
            # The most frequent class: a mean of classes would be another class.
            overview_resampling="mode",
            recalc_transform=False,
            tags=tags,
        )
        with atomic_write(path) as temporary:
            temporary.write_bytes(memory.getbuffer())


def geotiff_problem(scene: Scene) -> str:
    """Why the predictions of a scene cannot be written as GeoTIFF; empty if they can."""
    try:
        map_grid(scene, read_places(scene))
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


def charts_on_map(prediction: Prediction) -> xr.DataArray:
    """The bands of `CHARTS` on the map, (band, y, x) uint8, `FILL` outside the scene.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
    """
    scene = prediction.scene
    placed, grid, corner = place_on_map(scene, _charts(prediction))
    return _located(scene, placed, grid, corner, tuple(_BAND[name] for name in CHARTS), FILL)


def _located(
    scene: Scene,
    placed: np.ndarray,
    grid: PixelGrid,
    corner: Corner,
    names: tuple[str, ...],
    fill: float,
) -> xr.DataArray:
    """Bands on a map that know where they are."""
    # Takes a second to import, which a prediction without GeoTIFFs need not wait for.
    import rioxarray  # noqa: F401 - adds `rio` to xarray

    bands = xr.DataArray(placed, dims=("band", "y", "x"))
    bands.attrs["long_name"] = names
    bands = bands.rio.write_crs(map_projection(scene)).rio.write_nodata(fill)
    transform = Affine(grid.spacing_m, 0, corner[0], 0, -grid.spacing_m, corner[1])
    located: xr.DataArray = bands.rio.write_transform(transform)
    return located


def float_geotiff(
    scene: Scene,
    bands: np.ndarray,
    names: Sequence[str],
    tags: Mapping[str, Any],
    tags_by_band: Sequence[Mapping[str, Any]],
) -> bytes:
    """Numbers as the content of a cloud-optimized GeoTIFF, laid out as by `write_geotiff`.

    Args:
        scene: The scene.
        bands: (bands, lines, samples) float32 on the scene's own grid, NaN without data.
        names: Names of the bands.
        tags: What the file says of all of them.
        tags_by_band: What it says of each.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
    """
    placed, grid, corner = place_on_map(scene, bands, np.nan)
    located = _located(scene, placed, grid, corner, tuple(names), np.nan)
    with MemoryFile() as memory:
        located.rio.to_raster(
            memory.name,
            driver="COG",
            compress="deflate",
            overview_resampling="nearest",
            recalc_transform=False,
            tags={**_texts(tags), "band_tags": [_texts(each) for each in tags_by_band]},
        )
        return bytes(memory.getbuffer())


def _texts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts as texts that GDAL can store: a file name may hold characters that XML cannot."""
    return {
        name: "".join(letter if letter.isprintable() else "?" for letter in str(value))
        for name, value in facts.items()
    }


def file_tags(prediction: Prediction, command: str) -> dict[str, str]:
    """Where a file came from, as texts that GDAL can store."""
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
    return _texts(facts)


def band_tags(name: ChartName) -> dict[str, str]:
    """What the values of a band mean."""
    tags = {"chart": name, "long_name": CHART[name].long_name}
    if name == "SIC":
        return {**tags, "units": "percent"}
    classes = {f"class_{index}": text for index, text in enumerate(CHART[name].class_names)}
    return {**tags, "units": "class", **classes}
