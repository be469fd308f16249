"""Latitude and longitude in files of results: of every few kilometres, or of each pixel.

Positions change so evenly that those of every 4 km tell all others to 5 m, up to a latitude of 85
degrees. They stand in the file by coordinate subsampling, section 8.3 of the CF conventions. Those
of each pixel of a full-size scene take longer to write than all its charts, and two thirds of the
file.
"""

from dataclasses import dataclass

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
the angles is off by STEP_M^2 tan(latitude) / (8 x 6371 km): 2 m at 80 degrees, 3.6 m at 85."""
_HIGHEST = 85.0
"""Latitude, degrees north or south, beyond which each pixel's position is written."""
_LEAST = 2
"""Steps between neighbouring positions, and least of them: where the conventions see indices that
differ by one, they see an edge across which nothing is interpolated."""

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
            Close to a pole, and where the grid is too small or some position is not finite, those
            of each pixel are written anyway.
    """
    if not scene.has_positions:
        return
    if of_each_pixel or not (points := _points(scene, grid)):
        _add_each(file, scene, grid, dims)
    else:
        _add_points(file, points, dims)


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


@dataclass(frozen=True)
class _Points:
    """Positions of every 4 km.

    Attributes:
        lines: Their lines on the grid, (n,).
        samples: Their samples, (m,).
        latitude: (n, m) degrees north.
        longitude: (n, m) degrees east, without jumps.
    """

    lines: np.ndarray
    samples: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray


def _points(scene: Scene, grid: PixelGrid) -> _Points | None:
    """Positions from which all others can be interpolated; None if they cannot."""
    step = round(STEP_M / grid.spacing_m)
    if step < _LEAST or min(grid.shape) <= _LEAST:
        return None
    lines, samples = (_every(step, size) for size in grid.shape)
    # A last position that was held at the edge would move all those before it.
    latitude, longitude = read_positions_at(scene, lines, samples, grid.spacing_m, extrapolate=True)
    if not (np.abs(latitude).max() <= _HIGHEST and np.isfinite(longitude).all()):
        return None
    return _Points(lines, samples, latitude, _without_jumps(longitude))


def _add_points(file: netCDF4.Dataset, points: _Points, dims: tuple[str, str]) -> None:
    prefix = PREFIX[dims]
    of_lines = _add_index(file, f"{prefix}position_lines", points.lines)
    of_samples = _add_index(file, f"{prefix}position_samples", points.samples)
    interpolation = file.createVariable(f"{prefix}{INTERPOLATION}", "i1")
    interpolation.setncatts(
        {
            "interpolation_name": "bi_linear",
            "computational_precision": "64",
            "tie_point_mapping": f"{dims[0]}: {of_lines} {of_lines} "
            f"{dims[1]}: {of_samples} {of_samples}",
        }
    )
    values = points.latitude, points.longitude
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
    """Every so many indices below a size, and the last one, with no two beside each other."""
    return np.append(np.arange(0, size - _LEAST, step), size - 1)


def _without_jumps(longitude: np.ndarray) -> np.ndarray:
    """Longitudes of neighbours that differ by less than half a turn, in degrees."""
    start = np.unwrap(longitude[:, 0], period=360) - longitude[:, 0]
    even: np.ndarray = np.unwrap(longitude, axis=1, period=360) + start[:, None]
    return even
