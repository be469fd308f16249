"""One GeoTIFF a chart, with its colours and the names of its classes, for a GIS."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import rasterio.shutil
import xarray as xr
from rasterio.io import MemoryFile

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.core.files import atomic_write
from seaice.results.export.geotiff import band_tags, charts_on_map, file_tags
from seaice.results.inference import Prediction

_NAMES_SUFFIX = ".aux.xml"
"""GDAL reads the names of classes from a file of this ending beside the GeoTIFF."""


def write_chart_geotiffs(path: Path, prediction: Prediction, command: str) -> list[Path]:
    """Write each chart of a prediction as a cloud-optimized GeoTIFF with a colour table.

    Projection, pixels and values are those of `write_geotiff`. Colours are those of the WMO ice
    chart standard where it has any; pixels without a class are transparent. Beside the files of SOD
    and FLOE lies one with the names of their classes, where GDAL looks for them.

    Args:
        path: `x.tif` for the files `x_SIC.tif`, `x_SOD.tif` and `x_FLOE.tif`. Existing ones are
            replaced.
        prediction: The prediction.
        command: The command line, for the files' history.

    Returns:
        The GeoTIFFs.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
        OutputError: The folder is not writable.
    """
    charts, tags = charts_on_map(prediction), file_tags(prediction, command)
    written = []
    for name, chart, target in zip(CHARTS, charts, chart_paths(path), strict=True):
        content = _cog(name, chart, tags)
        with atomic_write(target) as temporary:
            temporary.write_bytes(content)
        if name != "SIC":
            with atomic_write(target.with_name(target.name + _NAMES_SUFFIX)) as temporary:
                temporary.write_bytes(_class_names(name))
        written.append(target)
    return written


def chart_paths(path: Path) -> list[Path]:
    """A file for each chart, named after the file of all: `x_SIC.tif` after `x.tif`."""
    return [path.with_stem(f"{path.stem}_{name}") for name in CHARTS]


def colour_table(name: ChartName) -> dict[int, tuple[int, ...]]:
    """Red, green, blue and opacity by value: SIC in percent, SOD and FLOE by class."""
    # Takes a second to import, which a prediction without GeoTIFFs need not wait for.
    from seaice.figures.palettes import chart_palette

    colours = chart_palette(name).colours
    return {
        **{value: (*map(int, colour), 255) for value, colour in enumerate(colours)},
        FILL: (0, 0, 0, 0),
    }


def _cog(name: ChartName, chart: xr.DataArray, tags: dict[str, str]) -> bytes:
    """A chart as the content of a file. GDAL may crash on a full disk, so it is made in memory."""
    profile = {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": 1,
        "height": chart.rio.height,
        "width": chart.rio.width,
        "crs": chart.rio.crs,
        "transform": chart.rio.transform(),
        "nodata": FILL,
    }
    with MemoryFile() as plain, MemoryFile() as cloud_optimized:
        with plain.open(**profile) as file:
            file.write(np.asarray(chart), 1)
            file.write_colormap(1, colour_table(name))
            file.update_tags(**tags)
            file.update_tags(1, **band_tags(name))
            file.set_band_description(1, f"{name}: {CHART[name].long_name}")
        # The most frequent class: a mean of classes would be another class.
        options = {"compress": "deflate", "overview_resampling": "mode"}
        rasterio.shutil.copy(plain.name, cloud_optimized.name, driver="COG", **options)
        content: bytes = cloud_optimized.read()
    return content


def _class_names(name: ChartName) -> bytes:
    """The names of a chart's classes, as GDAL's own sidecar file holds them."""
    dataset = ElementTree.Element("PAMDataset")
    band = ElementTree.SubElement(dataset, "PAMRasterBand", band="1")
    names = ElementTree.SubElement(band, "CategoryNames")
    for text in CHART[name].class_names:
        ElementTree.SubElement(names, "Category").text = text
    # GDAL takes no XML declaration here.
    content: bytes = ElementTree.tostring(dataset)
    return content
