"""AutoICE packages as files: what one holds, and how predictions become one.

A package is written strip by strip, and whole or not at all.
"""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from seaice.ai4arctic.charts import CHARTS, FILL, ChartName
from seaice.ai4arctic.layout import LINES
from seaice.core.errors import ConfigError, SceneError
from seaice.core.files import atomic_write
from seaice.core.netcdf_file import NetCDFFile
from seaice.network.checkpoint_files import file_sha256
from seaice.results.autoice.maps import SPACING_M, dimension_names, variable_name
from seaice.results.autoice.predictions import PredictionFile, open_prediction
from seaice.scenes.netcdf import NETCDF_LOCK, open_file

_STRIP_LINES = 512


@dataclass(frozen=True)
class Package:
    """An AutoICE package.

    Attributes:
        path: The file.
        sha256: Hash of the file, hexadecimal.
        scenes: Ids of the scenes that it holds at least one chart of.
    """

    path: Path
    sha256: str
    scenes: tuple[str, ...]


def read_package(path: Path) -> Package:
    """Read which scenes a package holds, without reading its maps.

    Raises:
        SceneError: The file is not NetCDF, or holds no map of a scene.
    """
    with open_file(path) as file:
        # A simulated scene holds true_SIC, which is not the map of a scene called true.
        names = [str(name).rpartition("_") for name in file.variables if LINES not in file.dims]
    scenes = tuple(dict.fromkeys(scene for scene, _, chart in names if scene and chart in CHARTS))
    if not scenes:
        raise SceneError(
            path,
            "is not an AutoICE package: it holds no variable such as "
            f"{variable_name('20200319T101935_cis', 'SIC')}",
            "`seaice export-autoice` writes one.",
        )
    return Package(path, file_sha256(path), scenes)


def export_package(
    predictions: Sequence[Path], out: Path, command: str
) -> tuple[PredictionFile, ...]:
    """Write the class maps of predictions into one package.

    255 stays where a prediction has no class. It is not declared as the fill value in the CF way,
    because a reader would then return floats and NaN, and the challenge's scorer fails on those.

    Args:
        predictions: Files that `seaice predict` wrote, each of another scene.
        out: The package. Its folder is created, and an existing package is replaced.
        command: What made it, for the file's history.

    Returns:
        The predictions, in order.

    Raises:
        SceneError: A file is damaged or is not a prediction.
        ConfigError: Two predictions are of one scene, or `out` is another kind of file.
        OutputError: The folder is not writable.
    """
    _require_replaceable(out)
    with NETCDF_LOCK:
        sources = tuple(open_prediction(path) for path in predictions)
        _require_different(sources)
        # The library reports a full disk as RuntimeError.
        with (
            atomic_write(out, RuntimeError) as temporary,
            NetCDFFile(temporary, "w") as package,
        ):
            package.setncatts(_facts(sources, command))
            for source in sources:
                _copy(source, package)
    return sources


def _require_different(sources: Sequence[PredictionFile]) -> None:
    first: dict[str, Path] = {}
    for source in sources:
        if source.scene in first:
            raise ConfigError(
                f"{first[source.scene]} and {source.path} are both predictions of scene "
                f"{source.scene}. Leave one of them out."
            )
        first[source.scene] = source.path


def _require_replaceable(out: Path) -> None:
    """Check that `out` can be written without losing a scene or a prediction named by mistake."""
    if os.path.isdir(out):
        raise ConfigError(f"{out} is a folder. Name a file in it that ends in .nc.")
    if out.suffix != ".nc":
        raise ConfigError(f"{out} does not end in .nc. Name a file that does.")
    if os.path.exists(out):
        try:
            read_package(out)
        except SceneError as error:
            raise ConfigError(
                f"{out} exists and is not a package. It was not overwritten. Choose another name."
            ) from error


def _facts(sources: Sequence[PredictionFile], command: str) -> dict[str, Any]:
    return {
        "title": f"AutoICE package of {len(sources)} predicted scenes",
        "history": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {command}",
        "pixel_spacing": SPACING_M,
    }


def _copy(source: PredictionFile, package: netCDF4.Dataset) -> None:
    """Copy the three maps of a prediction, at 80 m."""
    maps = {chart: _new_map(package, source, chart) for chart in CHARTS}
    # A full disk raises here, outside the block that has the prediction open: the message must name
    # the package.
    with closing(source.strips(_STRIP_LINES)) as strips:
        for chart, strip, classes in strips:
            maps[chart][strip] = classes


def _new_map(
    package: netCDF4.Dataset, source: PredictionFile, chart: ChartName
) -> "netCDF4.Variable[Any]":
    name, grid = variable_name(source.scene, chart), source.target
    dims = dimension_names(name)
    for dim, size in zip(dims, grid.shape, strict=True):
        package.createDimension(dim, size)
    variable = package.createVariable(
        name,
        "u1",
        dims,
        compression="zlib",
        complevel=1,
        fill_value=False,
        chunksizes=(min(_STRIP_LINES, grid.lines), grid.samples),
    )
    variable.set_auto_maskandscale(False)
    variable.setncatts({"chart_fill_value": np.uint8(FILL), **source.facts})
    return variable
