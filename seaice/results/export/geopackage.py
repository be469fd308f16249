"""Polygons as one GeoPackage, with a layer for each chart."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seaice.core.files import atomic_write

Collection = Mapping[str, Any]
"""A GeoJSON FeatureCollection of polygons."""


def write_geopackage(path: Path, layers: Mapping[str, Collection], tags: Mapping[str, str]) -> None:
    """Write polygons in degrees (EPSG:4326).

    Args:
        path: The file, `x.gpkg`. An existing one is replaced.
        layers: By name of the layer: its polygons.
        tags: Metadata of each layer.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
    """
    from pyogrio import raw
    from pyogrio.errors import DataLayerError, DataSourceError

    # GDAL makes several files on its way, and wants the ending. They lie on the same disk as the
    # file, since the disk for temporary files may be small.
    with (
        atomic_write(path, DataSourceError, DataLayerError) as temporary,
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder,
    ):
        made = Path(folder, "polygons.gpkg")
        for number, (name, collection) in enumerate(layers.items()):
            about, _, geometry, columns = raw.read(json.dumps(collection).encode())
            raw.write(
                made,
                geometry,
                columns,
                about["fields"],
                layer=name,
                driver="GPKG",
                geometry_type="Polygon",
                crs="EPSG:4326",
                append=number > 0,
                layer_metadata=dict(tags),
            )
        shutil.copyfile(made, temporary)
