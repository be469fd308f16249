"""Latitude and longitude in files of results: of every few kilometres, or of each pixel.

Positions change so evenly that those of every 4 km tell all others to 3 m. They stand in the file
by coordinate subsampling, section 8.3 of the CF conventions. Those of each pixel of a full-size
scene take longer to write than all its charts, and two thirds of the file.
"""

import netCDF4
import numpy as np

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.results.export.cf import (
    INTERPOLATION,
    PREFIX,
    STRIP_LINES,
    add_variable,
    others_may_read,
)
from seaice.scenes.read import read_positions, read_positions_at
from seaice.scenes.scene import Scene

STEP_M = 4000.0
"""Distance between positions along lines and samples, metres. Between them, linear interpolation of
the angles is off by STEP_M^2 tan(latitude) / (8 x 6371 km): 2 m at 80 degrees north."""

_NAMES = (("latitude", "degrees_north"), ("longitude", "degrees_east"))


def add_positions(
    file: netCDF4.Dataset,
    scene: Scene,
    grid: PixelGrid,
    dims: tuple[str, str],
    *,
    of_each_pixel: bool = False,
) -> None:
    """Add latitude and longitude of a grid, in degrees, if the scene has them.

    Args:
        file: The open file, which has the dimensions of the grid.
        scene: The scene.
        grid: The grid.
        dims: Its dimensions.
        of_each_pixel: Whether to write positions of each pixel, float32, in place of those of every
            4 km, float64. Longitudes of the latter do not jump: beyond 180 degrees they go on.
    """
    if not scene.has_positions:
        return
    if of_each_pixel:
        _add_each(file, scene, grid, dims)
    else:
        _add_some(file, scene, grid, dims)


def _add_each(file: netCDF4.Dataset, scene: Scene, grid: PixelGrid, dims: tuple[str, str]) -> None:
    prefix = PREFIX[dims]
    latitude, longitude = (
        add_variable(file, f"{prefix}{name}", "f4", dims, standard_name=name, units=units)
        for name, units in _NAMES
    )
    for strip in grid.strips(STRIP_LINES):
        with others_may_read():
            positions = read_positions(scene, grid.spacing_m, strip)
        latitude[strip], longitude[strip] = positions


def _add_some(file: netCDF4.Dataset, scene: Scene, grid: PixelGrid, dims: tuple[str, str]) -> None:
    prefix = PREFIX[dims]
    step = max(1, round(STEP_M / grid.spacing_m))
    lines, samples = (_every(step, size) for size in grid.shape)
    of_lines = _add_index(file, f"{prefix}position_lines", lines)
    of_samples = _add_index(file, f"{prefix}position_samples", samples)
    interpolation = file.createVariable(f"{prefix}{INTERPOLATION}", "i1")
    interpolation.setncatts(
        {
            "interpolation_name": "bi_linear",
            "computational_precision": "64",
            "tie_point_mapping": f"{dims[0]}: {of_lines} {of_lines} "
            f"{dims[1]}: {of_samples} {of_samples}",
        }
    )
    # A last position that was held at the edge would move all those before it.
    degrees_north, degrees_east = read_positions_at(
        scene, lines, samples, grid.spacing_m, extrapolate=True
    )
    values = degrees_north, _without_jumps(degrees_east)
    for (name, units), degrees in zip(_NAMES, values, strict=True):
        at = of_lines, of_samples
        variable = add_variable(file, f"{prefix}{name}", "f8", at, standard_name=name, units=units)
        variable[:] = degrees


def _add_index(file: netCDF4.Dataset, name: str, indices: np.ndarray) -> str:
    """Add a dimension of positions, and which lines or samples of the grid they belong to."""
    file.createDimension(name, len(indices))
    variable = file.createVariable(name, "i4", (name,))
    variable.long_name = "index of each position on the grid, from 0"
    variable[:] = indices
    return name


def _every(step: int, size: int) -> np.ndarray:
    """Every so many indices below a size, and the last one."""
    return np.append(np.arange(0, size - 1, step), size - 1)


def _without_jumps(longitude: np.ndarray) -> np.ndarray:
    """Longitudes of neighbours that differ by less than half a turn, in degrees."""
    start = np.unwrap(longitude[:, 0], period=360) - longitude[:, 0]
    even: np.ndarray = np.unwrap(longitude, axis=1, period=360) + start[:, None]
    return even
