"""The common parts of all CF NetCDF files of results: dimensions, variables and positions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import netCDF4

from seaice.core.files import atomic_write
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.netcdf_file import NetCDFFile
from seaice.scenes.netcdf import NETCDF_LOCK
from seaice.scenes.read import read_positions
from seaice.scenes.scene import Scene

STRIP_LINES = 512
"""Lines that are read and written at a time."""
DIMS = ("lines", "samples")
"""Dimensions of the scene's own grid."""
NETWORK_DIMS = ("network_lines", "network_samples")
"""Dimensions of the grid that the network computes on."""
_PREFIX: dict[tuple[str, ...], str] = {DIMS: "", NETWORK_DIMS: "network_"}
"""Prefix of the names of the positions, by grid."""


@contextmanager
def new_file(path: Path) -> Iterator[netCDF4.Dataset]:
    """Create a NetCDF file, written whole or not at all.

    Args:
        path: The file. Its folder is created, and an existing file is replaced.

    Yields:
        The open file, empty. `NETCDF_LOCK` is held meanwhile.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
    """
    # The library reports a full disk as RuntimeError.
    with (
        NETCDF_LOCK,
        atomic_write(path, RuntimeError) as temporary,
        NetCDFFile(temporary, "w") as file,
    ):
        yield file


@contextmanager
def others_may_read() -> Iterator[None]:
    """A part of a block of `new_file` that leaves the file alone, and others read theirs."""
    NETCDF_LOCK.release()
    try:
        yield
    finally:
        NETCDF_LOCK.acquire()


def add_dimensions(file: netCDF4.Dataset, dims: tuple[str, str], grid: PixelGrid) -> None:
    """Add the dimensions of a grid, lines and samples."""
    for dim, size in zip(dims, grid.shape, strict=True):
        file.createDimension(dim, size)


def add_variable(
    file: netCDF4.Dataset,
    name: str,
    kind: str,
    dims: tuple[str, ...],
    fill: Any = None,  # noqa: ANN401 - a scalar of the variable's own type
    **attributes: Any,  # noqa: ANN401
) -> "netCDF4.Variable[Any]":
    """Add a compressed variable.

    Args:
        file: The open file.
        name: Name of the variable.
        kind: NetCDF type, for example `u1`.
        dims: Its dimensions. If the file has positions on the last two, the variable refers to
            them by the attribute `coordinates`.
        fill: Fill value; None for the default of the type.
        attributes: Further attributes, for example `units`.
    """
    variable = file.createVariable(
        name, kind, dims, compression="zlib", complevel=1, shuffle=True, fill_value=fill
    )
    prefix = _PREFIX.get(dims[-2:])
    if prefix is not None and f"{prefix}longitude" in file.variables:
        attributes["coordinates"] = f"{prefix}latitude {prefix}longitude"
    variable.setncatts(attributes)
    return variable


def add_positions(
    file: netCDF4.Dataset, scene: Scene, grid: PixelGrid, dims: tuple[str, str]
) -> None:
    """Add latitude and longitude of every pixel of a grid, in degrees, if the scene has them."""
    if not scene.has_positions:
        return
    prefix = _PREFIX[dims]
    latitude, longitude = (
        add_variable(file, f"{prefix}{name}", "f4", dims, standard_name=name, units=units)
        for name, units in (("latitude", "degrees_north"), ("longitude", "degrees_east"))
    )
    for strip in grid.strips(STRIP_LINES):
        with others_may_read():
            positions = read_positions(scene, grid.spacing_m, strip)
        latitude[strip], longitude[strip] = positions
