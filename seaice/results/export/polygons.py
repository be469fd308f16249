"""Predicted charts as polygons, with the fields of SIGRID-3 where they apply.

The edges of the polygons are those of the scene's own pixels, by the scene's positions: nothing is
resampled. Pixels of one class that touch form a polygon. What is smaller than `SMALLEST_KM2` joins
its largest neighbour, as speckle would fill the file.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio.features

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.core.files import atomic_write
from seaice.results.export.chart_geotiff import chart_paths
from seaice.results.export.corners import Corners
from seaice.results.export.geopackage import Collection, write_geopackage
from seaice.results.export.geotiff import file_tags
from seaice.results.inference import Prediction
from seaice.scenes.read import read_valid

SMALLEST_KM2 = 4.0
"""Area of the smallest polygon."""

# SIGRID-3's code of each class: of the WMO's representative one where a class holds several.
_SIGRID3: dict[ChartName, tuple[str, tuple[str, ...]]] = {
    "SIC": ("CT", ("00", "10", "20", "30", "40", "50", "60", "70", "80", "90", "92")),
    "SOD": ("SA", ("", "81", "83", "87", "93", "95")),
    "FLOE": ("FA", ("", "02", "03", "04", "05", "06", "10")),
}
DIGITS = 5
"""Decimals of a degree: about a metre."""

Ring = list[tuple[float, float]]


def polygon_paths(path: Path) -> list[Path]:
    """The files of polygons named after `x.geojson`: one a chart, and a GeoPackage with all."""
    return [*chart_paths(path), path.with_suffix(".gpkg")]


def write_polygons(path: Path, prediction: Prediction, command: str) -> list[Path]:
    """Write each chart of a prediction as a GeoJSON file of polygons, and all as a GeoPackage.

    Args:
        path: What they are named after; see `polygon_paths`. Existing ones are replaced.
        prediction: The prediction.
        command: The command line, for the files' history.

    Returns:
        The files.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
        OutputError: The folder is not writable.
    """
    corners = Corners(prediction.scene)
    origin = file_tags(prediction, command)
    collections: dict[str, Collection] = {
        chart: {
            "type": "FeatureCollection",
            # Other members than GeoJSON's own are allowed, and readers pass over them.
            "origin": {**origin, "chart": CHART[chart].long_name, "smallest_km2": SMALLEST_KM2},
            "features": list(_features(prediction, chart, corners)),
        }
        for chart in CHARTS
    }
    *charts, geopackage = written = polygon_paths(path)
    for collection, target in zip(collections.values(), charts, strict=True):
        with atomic_write(target) as temporary:
            temporary.write_text(json.dumps(collection, separators=(",", ":")), encoding="utf-8")
    write_geopackage(geopackage, collections, origin)
    return written


def _features(
    prediction: Prediction, chart: ChartName, corners: Corners
) -> Iterator[dict[str, Any]]:
    grid, valid = prediction.scene.grid, read_valid(prediction.scene)
    classes = prediction.on(grid, chart)
    if chart == "SIC":
        classes = np.rint(classes)
    classes = np.where(valid, classes, FILL).astype(np.uint8)
    smallest_px = int(np.ceil(SMALLEST_KM2 * 1e6 / grid.spacing_m**2))
    if smallest_px > 1:
        classes = rasterio.features.sieve(classes, smallest_px, mask=valid)
    for shape, value in rasterio.features.shapes(classes, mask=valid):
        yield {
            "type": "Feature",
            "properties": _properties(chart, int(value)),
            "geometry": {
                "type": "Polygon",
                "coordinates": _in_degrees(shape["coordinates"], corners),
            },
        }


def _properties(chart: ChartName, value: int) -> dict[str, Any]:
    """The class, and what SIGRID-3 calls it."""
    field, codes = _SIGRID3[chart]
    water = value == 0
    properties = {"class": value, "name": CHART[chart].class_names[value]}
    properties["POLY_TYPE"] = "W" if water else "I"
    return properties | ({field: codes[value]} if codes[value] else {})


def _in_degrees(rings: list[list[tuple[float, float]]], corners: Corners) -> list[Ring]:
    """Rings of pixel corners (sample, line) in degrees.

    The outer ring comes first and runs counterclockwise, holes run clockwise (RFC 7946).
    """
    found = []
    for number, ring in enumerate(rings):
        degrees = corners.degrees(np.array(ring)[:, ::-1])
        if (_area(degrees) > 0) != (number == 0):
            degrees = degrees[::-1]
        found.append([(x, y) for x, y in degrees.round(DIGITS).tolist()])
    return found


def _area(ring: np.ndarray) -> float:
    """Signed area of a ring, (n, 2); positive where it runs counterclockwise."""
    x, y = ring.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)
