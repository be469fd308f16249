"""A region of a scene as GeoJSON, to and from other programs."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from seaice.core.errors import ConfigError
from seaice.results.export.corners import Corners
from seaice.results.export.polygons import DIGITS
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_LARGEST_BYTES = 1 << 20
_REMEDY = "Draw a polygon in your GIS and save it as GeoJSON in longitude and latitude."
_NO_GEOJSON = ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError


def region_to_geojson(scene: Scene, region: Region) -> str:
    """A region as a GeoJSON feature.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
    """
    per_km = 1000 / scene.grid.spacing_m
    (top, bottom), (left, right) = region.lines_km, region.samples_km
    outline = [(top, left), (bottom, left), (bottom, right), (top, right), (top, left)]
    ring = Corners(scene).degrees(np.array(outline) * per_km)
    x, y = ring.T
    if np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) < 0:
        # Outer rings run counterclockwise.
        ring = ring[::-1]
    return json.dumps(
        {
            "type": "Feature",
            "properties": {"scene": scene.id, "region_km": str(region)},
            "geometry": {"type": "Polygon", "coordinates": [ring.round(DIGITS).tolist()]},
        }
    )


def region_from_geojson(scene: Scene, content: bytes) -> Region:
    """The smallest region of a scene that holds what a GeoJSON document draws, cut at its edges.

    Args:
        scene: The scene.
        content: The document, untrusted: a feature, a collection of them, or a geometry.

    Raises:
        ConfigError: It is not GeoJSON, or lies outside the scene.
        SceneError: The scene has no positions, or they are unusable.
    """
    if len(content) > _LARGEST_BYTES:
        raise ConfigError(f"The file is larger than a region's can be, 1 MB. {_REMEDY}")
    try:
        points = np.array(list(_points(json.loads(content))), np.float64)
    except _NO_GEOJSON as error:
        raise ConfigError(f"The file is not GeoJSON. {_REMEDY}") from error
    if not len(points) or (abs(points) > (360, 90)).any() or not np.isfinite(points).all():
        raise ConfigError(f"The file holds no positions in degrees. {_REMEDY}")
    km = Corners(scene).pixels(points) * scene.grid.spacing_m / 1000
    size = np.array(scene.grid.shape) * scene.grid.spacing_m / 1000
    low, high = (np.clip(ends, 0, size).round(1) for ends in (km.min(axis=0), km.max(axis=0)))
    if (low >= high).any():
        raise ConfigError("What the file draws does not lie on this scene.")
    return Region((low[0], high[0]), (low[1], high[1]))


def _points(document: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """All positions of a document."""
    kind = document["type"]
    if kind == "FeatureCollection":
        for feature in document["features"]:
            yield from _points(feature)
    elif kind == "Feature":
        yield from _points(document["geometry"])
    else:
        yield from _flat(document["coordinates"])


def _flat(coordinates: list[Any]) -> Iterator[tuple[float, float]]:
    if isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
    else:
        for each in coordinates:
            yield from _flat(each)
