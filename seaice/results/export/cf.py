"""The common parts of all CF NetCDF files of results: dimensions and variables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import netCDF4

from seaice.core.files import atomic_write
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.netcdf_file import NetCDFFile
from seaice.scenes.netcdf import NETCDF_LOCK

STRIP_LINES = 256
"""Lines that are read and written at a time, and of a chunk: each is compressed once."""
_CHUNK_SAMPLES = 1024
_CHUNK_CACHE_BYTES = 2**20
"""A written chunk is not needed again. The library's own 64 MiB for each variable add up."""
DIMS = ("lines", "samples")
"""Dimensions of the scene's own grid."""
NETWORK_DIMS = ("network_lines", "network_samples")
"""Dimensions of the grid that the network computes on."""
PREFIX: dict[tuple[str, ...], str] = {DIMS: "", NETWORK_DIMS: "network_"}
"""Prefix of the names of the positions, by grid."""
INTERPOLATION = "position_interpolation"
"""Name, after the prefix, of what says how positions that lie apart are interpolated."""


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
        dims: Its dimensions. If the file has positions of the last two, the variable refers to
            them by the attribute `coordinates`, or `coordinate_interpolation` if they lie apart.
        fill: Fill value; None for the default of the type.
        attributes: Further attributes, for example `units`.
    """
    variable = file.createVariable(
        name,
        kind,
        dims,
        compression="zlib",
        complevel=1,
        shuffle=True,
        fill_value=fill,
        chunksizes=_chunk(file, dims),
        chunk_cache=_CHUNK_CACHE_BYTES,
    )
    variable.setncatts({**_place(file, dims), **attributes})
    return variable


def _chunk(file: netCDF4.Dataset, dims: tuple[str, ...]) -> list[int]:
    """Sizes of the chunks of a variable, whose last dimensions are lines and samples."""
    most = [*[1] * len(dims), STRIP_LINES, _CHUNK_SAMPLES][-len(dims) :]
    return [min(size, len(file.dimensions[dim])) for size, dim in zip(most, dims, strict=True)]


def _place(file: netCDF4.Dataset, dims: tuple[str, ...]) -> dict[str, str]:
    """The attribute that says where the pixels of the last two dimensions lie, if the file does."""
    prefix = PREFIX.get(dims[-2:])
    if prefix is None:
        return {}
    latitude, longitude = f"{prefix}latitude", f"{prefix}longitude"
    if (interpolation := f"{prefix}{INTERPOLATION}") in file.variables:
        return {"coordinate_interpolation": f"{latitude}: {longitude}: {interpolation}"}
    return {"coordinates": f"{latitude} {longitude}"} if longitude in file.variables else {}
