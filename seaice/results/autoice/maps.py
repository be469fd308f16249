"""Class maps in an AutoICE upload package: names, checks, reading, and other grids.

For each scene and chart a package holds one uint8 variable `<scene>_<chart>` at 80 m, its two
dimensions named `<scene>_<chart>_dim0` and `_dim1`; 255 where there is no class. Packages and
predictions come from anywhere: a map is looked at only after its type and dimensions have been
checked, and what is in it is checked as it is read.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import xarray as xr

from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.core.errors import SceneError
from seaice.core.grids.coarsen import block_mode
from seaice.core.grids.pixel_grid import PixelGrid, Window, whole_ratio
from seaice.core.grids.resample import centres, nearest
from seaice.core.text import shown

SPACING_M = 80.0
"""Pixel spacing of a package, metres."""


def variable_name(scene_id: str, chart: ChartName) -> str:
    """Name of a map in a package.

    >>> variable_name("20200319T101935_cis", "SIC")
    '20200319T101935_cis_SIC'
    """
    return f"{scene_id}_{chart}"


def dimension_names(variable: str) -> tuple[str, str]:
    """Names of a map's dimensions, lines and samples."""
    return f"{variable}_dim0", f"{variable}_dim1"


def read_classes(
    path: Path, file: xr.Dataset, name: str, chart: ChartName, window: Window
) -> np.ndarray:
    """Part of a map, (lines, samples) uint8.

    Args:
        path: The open file, for messages.
        file: What `seaice.scenes.netcdf.open_file` gave, which names faults of reading.
        name: The map.
        chart: Which chart it is of.
        window: The part.

    Raises:
        SceneError: The map holds a value that is neither class nor 255.
    """
    values = file.variables[name][window].values
    last = CHART[chart].n_classes - 1
    if (wrong := values[(values > last) & (values != FILL)]).size:
        raise SceneError(
            path,
            f"holds {wrong[0]} in {shown(name)}, which is neither one of the classes "
            f"0 to {last} of {chart} nor {FILL} for none",
        )
    return values


def require_map(path: Path, file: xr.Dataset, name: str, dims: tuple[str, str]) -> None:
    """Check that a file holds a map of classes on the dimensions that it must have.

    Raises:
        SceneError: It does not.
    """
    if name not in file.variables:
        raise SceneError(path, f"holds no {shown(name)}")
    variable = file.variables[name]
    if variable.dtype != np.uint8:
        raise SceneError(path, f"has {shown(name)} as {shown(variable.dtype)}, not as uint8")
    if variable.dims != dims:
        found = " x ".join(shown(dim) for dim in variable.dims) or "none"
        raise SceneError(
            path, f"has {shown(name)} on dimensions {found} instead of {' x '.join(dims)}"
        )
    if not variable.size:
        raise SceneError(path, f"has {shown(name)} without a pixel")


def classes_on(
    read: Callable[[Window], np.ndarray],
    source: PixelGrid,
    target: PixelGrid,
    window: Window,
    n_classes: int,
) -> np.ndarray:
    """A class map brought to another grid over the same ground.

    Whole blocks become their most frequent class; else each pixel takes the class of the nearest
    one, which repeats whole pixels where the ratio of the spacings is whole.

    Args:
        read: Gives the classes of a window of the source.
        source: Its grid.
        target: The grid that is wanted.
        window: Part of that grid.
        n_classes: Number of classes.

    Returns:
        (lines, samples) uint8, `FILL` where there is no class.
    """
    if ratio := whole_ratio(source.spacing_m, target.spacing_m):
        lines, samples = (
            slice(side.start * ratio, min(side.stop * ratio, size))
            for side, size in zip(window, source.shape, strict=True)
        )
        classes = read((lines, samples))
        return classes if ratio == 1 else block_mode(classes, n_classes, ratio)
    line_at, sample_at = (
        centres(side.stop - side.start, target.spacing_m, side.start, source.spacing_m)
        for side in window
    )
    lines, samples = (
        slice(max(0, int(at[0]) - 1), min(size, int(at[-1]) + 2))
        for at, size in zip((line_at, sample_at), source.shape, strict=True)
    )
    return nearest(read((lines, samples)), line_at - lines.start, sample_at - samples.start)
