"""Preparing one scene for training, where it is read again and again.

A prepared scene has the ready-to-train layout and the spacing of the training, and holds its charts
itself. It gives exactly the same patches as its source.

It is stored uncompressed in square chunks. With full-size scenes at 80 m in memory, reading
768 x 768 pixels of the seven variables of the full grid took 3 to 5 ms from chunks of 128 to 512
pixels, 10 ms from contiguous rows (the library reads 64 KiB at a time, of which three rows of the
window fill 9) and 190 ms from zlib. Chunks of 384 pixels read little more than the window and make
the file a tenth larger.
"""

import importlib.metadata
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import SAR
from seaice.core.errors import OutputError, SceneError
from seaice.core.files import atomic_write
from seaice.core.grids.pixel_grid import PixelGrid, whole_ratio
from seaice.core.netcdf_file import NetCDFFile
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.layers import on_cells, on_full_grid, read_cells
from seaice.scenes.netcdf import NETCDF_LOCK, open_file
from seaice.scenes.points import (
    SPAN_LATITUDE,
    SPAN_LINES,
    SPAN_LONGITUDE,
    SPAN_SAMPLES,
    SPAN_SPACING_M,
    read_points,
)
from seaice.scenes.positions import positions_at
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.scenes.undecoded import OpenFile

_SOURCE = "prepared_from"
"""Attribute with the spacing and with name, modification time and size of the source's files."""
_VERSION = 1
"""Version of the result; files of another version are written again."""

_CHUNK = 384
_STRIP_PIXELS = 4_000_000
"""Pixels of the source read at a time."""


def prepare_scene(scene: Scene, target: Path, spacing_m: float | None = None) -> bool:
    """Write a scene for training. The file is written completely or not at all.

    Args:
        scene: The scene.
        target: The file to write.
        spacing_m: Pixel spacing, metres; the scene's own where None.

    Returns:
        Whether it was written; False where it was already prepared from the same source.

    Raises:
        SceneError: The scene cannot be read, or the target is a file that is not a prepared scene.
        OutputError: The file cannot be written.
    """
    grid = scene.grid.at(spacing_m)
    source = _source(scene, grid.spacing_m)
    if os.path.exists(target) and _is_of(target, source):
        return False
    # The library reports a full disk as RuntimeError.
    with (
        OpenFiles(2, chunk_cache_bytes=None) as files,
        NETCDF_LOCK,
        atomic_write(target, RuntimeError) as temporary,
    ):
        with NetCDFFile(temporary, "w") as file:
            _Writer(file, target, scene, grid, files).write(source)
        _require_usable(temporary, scene)
    return True


def _require_usable(written: Path, scene: Scene) -> None:
    try:
        Scene.open(written)
    except SceneError as error:
        raise SceneError(scene.path, f"cannot be prepared: the result {error.problem}") from error


def _source(scene: Scene, spacing_m: float) -> str:
    """Identifies what a prepared scene is made from, wherever its source files are now."""
    key = scene.key
    files = [[Path(str(key[i])).name, *key[i + 1 : i + 3]] for i in range(0, len(key), 3)]
    return json.dumps([_VERSION, spacing_m, *files])


def _is_of(target: Path, source: str) -> bool:
    """Whether a file is the prepared scene of a source.

    Raises:
        SceneError: It is not a prepared scene. No other file is ever replaced.
    """
    with open_file(target) as dataset:
        attributes = dataset.attrs
    if layout.PREPARED_BY not in attributes:
        raise SceneError(
            target, "is not a prepared scene, so it is not replaced", "Name another folder."
        )
    return str(attributes.get(_SOURCE)) == source


@dataclass(frozen=True)
class _Writer:
    """Writes a scene to a file.

    Attributes:
        file: The empty file.
        target: Its final name.
        scene: The scene.
        grid: The scene's grid at the wanted spacing.
        files: Pool of open files.
    """

    file: netCDF4.Dataset
    target: Path
    scene: Scene
    grid: PixelGrid
    files: OpenFiles

    def write(self, source: str) -> None:
        """Write everything."""
        for dim, size in zip(layout.FULL_DIMS, self.grid.shape, strict=True):
            self.file.createDimension(dim, size)
        with self.files.file(self.scene.path) as given:
            attributes = given.attributes
            self._write_cells(given)
            if self.scene.has_positions:
                self._write_positions(given)
            inputs = [name for name in self.scene.channels if on_full_grid(given, name)]
            for name in inputs:
                self._create(name, np.float32, layout.FULL_DIMS, given.attributes_of(name))
        with self.files.file(self.scene.charts_path) as given:
            for name in self.scene.charts:
                self._create(name, np.uint8, layout.FULL_DIMS, given.attributes_of(name))
        self._write_pixels(inputs)
        own = {
            "pixel_spacing": layout.spacing_attribute(self.grid.spacing_m),
            layout.PREPARED_BY: f"seaice {importlib.metadata.version('seaice')}",
            _SOURCE: source,
        }
        _set_attributes(self.file, attributes | own)

    def _write_pixels(self, inputs: list[str]) -> None:
        """Write the variables of the full grid, strip by strip."""
        ratio = whole_ratio(self.scene.grid.spacing_m, self.grid.spacing_m) or 1
        lines = _STRIP_PIXELS // (ratio * ratio * self.grid.samples)
        for strip in self.grid.strips(max(1, min(lines, _CHUNK))):
            at = self.grid.spacing_m, strip, self.files
            for name, layer in zip(
                inputs, read_inputs(self.scene, inputs, *at).values, strict=True
            ):
                self.file[name][strip] = layer
            for name in self.scene.charts:
                self.file[name][strip] = read_chart(self.scene, name, *at)

    def _write_cells(self, given: OpenFile) -> None:
        for name in self.scene.channels:
            if on_cells(given, name):
                cells = _covering(read_cells(given, [name])[0], self.grid)
                self._put(name, layout.CELL_DIMS, cells, given.attributes_of(name))

    def _write_positions(self, given: OpenFile) -> None:
        """Write the positions; at another spacing also the source's own, which are exact."""
        names = layout.LATITUDE, layout.LONGITUDE
        points = read_points(given, self.scene.grid)
        pairs = points.latitude, points.longitude
        if self.grid != points.span:
            for name, values in zip((SPAN_LATITUDE, SPAN_LONGITUDE), pairs, strict=True):
                self._put(name, layout.POSITION_DIMS, values, {})
            sizes = dict(zip((SPAN_LINES, SPAN_SAMPLES), points.span.shape, strict=True))
            _set_attributes(
                self.file[SPAN_LATITUDE], sizes | {SPAN_SPACING_M: points.span.spacing_m}
            )
            pairs = positions_at(*pairs, *_respanned(self.grid, points.span, pairs[0].shape))
        for name, values in zip(names, pairs, strict=True):
            self._put(name, layout.POSITION_DIMS, values, given.attributes_of(name))

    def _put(
        self, name: str, dims: tuple[str, str], values: np.ndarray, attributes: dict[str, Any]
    ) -> None:
        """Write a small variable."""
        for dim, size in zip(dims, values.shape, strict=True):
            if dim not in self.file.dimensions:
                self.file.createDimension(dim, size)
        variable = self._create(name, values.dtype.type, dims, attributes)
        try:
            variable[:] = values
        except RuntimeError as error:
            # A full disk: no fault of the scene, which is open meanwhile.
            raise OutputError(self.target, str(error)) from error

    def _create(
        self, name: str, kind: type[Any], dims: tuple[str, str], attributes: dict[str, Any]
    ) -> "netCDF4.Variable[Any]":
        """A new, empty variable."""
        chunks = None
        if dims == layout.FULL_DIMS:
            chunks = tuple(min(size, _CHUNK) for size in self.grid.shape)
        variable = self.file.createVariable(name, kind, dims, fill_value=False, chunksizes=chunks)
        variable.set_auto_maskandscale(False)
        if name in SAR:
            attributes = attributes | {"variable_fill_value": np.int64(layout.INPUT_FILL)}
        _set_attributes(variable, attributes)
        return variable


def _respanned(
    grid: PixelGrid, span: PixelGrid, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Where points that span one grid lie among equally many that span another grid."""
    line_at, sample_at = (
        ((np.linspace(0, size - 1, points) + 0.5) * (grid.spacing_m / span.spacing_m) - 0.5)
        * ((points - 1) / max(given - 1, 1))
        for size, given, points in zip(grid.shape, span.shape, shape, strict=True)
    )
    return line_at, sample_at


def _covering(cells: np.ndarray, grid: PixelGrid) -> np.ndarray:
    """Cells extended by their edge values to cover a grid, whose last pixel may be partial.

    Interpolation holds the edge values, too, so no pixel changes.
    """
    wanted = (int(size * grid.spacing_m // layout.CELL_M) for size in grid.shape)
    return np.pad(
        cells, [(0, max(0, n - size)) for n, size in zip(wanted, cells.shape, strict=True)], "edge"
    )


def _set_attributes(
    owner: "netCDF4.Dataset | netCDF4.Variable[Any]", attributes: dict[str, Any]
) -> None:
    """Write attributes, without those that say how a file is stored."""
    owner.setncatts({name: value for name, value in attributes.items() if not name.startswith("_")})
