"""Converting one raw scene to one ready-to-train file.

Variables are read one after another and dropped as soon as they are halved: the largest one of a
full-size scene takes 0.4 GB.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import AMSR2, DISTANCE_MAP, INCIDENCE_ANGLE, SIGMA0
from seaice.ai4arctic.charts import CHARTS, DOMINANT_SHARE, FILL, ChartName
from seaice.ai4arctic.egg_code import EggCode, charts_from_polygons, classify
from seaice.ai4arctic.names import prep_name_of
from seaice.core.errors import SceneError
from seaice.core.files import atomic_write
from seaice.core.netcdf_file import NetCDFFile
from seaice.scenes.convert.attributes import (
    chart_attributes,
    global_attributes,
    input_attributes,
    original_id,
)
from seaice.scenes.convert.blocks import block_any_nan, block_centres, block_maxima, block_means
from seaice.scenes.convert.raw import RawScene
from seaice.scenes.convert.target import target_path
from seaice.scenes.netcdf import NETCDF_LOCK
from seaice.scenes.notices import conversion_notice

_CHUNK = 512


@dataclass(frozen=True)
class Converted:
    """The result of a conversion.

    Attributes:
        path: The ready-to-train file.
        notice: What you should know about it; empty where there is nothing to say.
    """

    path: Path
    notice: str


def convert_scene(
    raw: Path, out: Path, *, dominant_share: float = DOMINANT_SHARE, compress: bool = True
) -> Converted:
    """Convert a raw scene to a ready-to-train file. It is written completely or not at all.

    Args:
        raw: The raw file.
        out: A file name that ends in .nc, or a folder, in which the file gets its official name.
        dominant_share: Smallest share of the ice with which a class is a polygon's SOD or FLOE.
        compress: Compress losslessly; without compression the file is larger and quicker to read.

    Raises:
        ConfigError: The share is not above 0 and at most 1, or the file would replace a file that
            is not an earlier conversion of the same scene.
        SceneError: The file is not a raw scene, or cannot be read.
        OutputError: The file cannot be written.
    """
    # Checks the share before reading takes a minute.
    classify(EggCode(ct=0), dominant_share)
    scene = RawScene.open(raw)
    target = target_path(raw, original_id(scene), out)
    # The library reports a full disk as RuntimeError.
    with (
        NETCDF_LOCK,
        atomic_write(target, RuntimeError) as temporary,
        NetCDFFile(temporary, "w") as file,
    ):
        scene_id = prep_name_of(raw.name, original_id(scene)) or target.name
        notice = _Writer(file, scene, compress).write(scene_id, dominant_share)
    return Converted(target, notice)


@dataclass(frozen=True)
class _Writer:
    """Writes a raw scene to a ready-to-train file.

    Attributes:
        file: The empty file.
        scene: The raw scene.
        compress: Whether to compress.
    """

    file: netCDF4.Dataset
    scene: RawScene
    compress: bool

    def write(self, scene_id: str, dominant_share: float) -> str:
        """Write everything; returns the notice."""
        lines, samples = (size // 2 for size in self.scene.grid.shape)
        sizes = (lines, samples, *self._cells(), layout.N_POSITIONS, layout.N_POSITIONS)
        for name, size in zip(
            (*layout.FULL_DIMS, *layout.CELL_DIMS, *layout.POSITION_DIMS), sizes, strict=True
        ):
            self.file.createDimension(name, size)
        self.file.setncatts(global_attributes(self.scene, scene_id))
        charts, masked = self._charts(dominant_share)
        masked = self._write_radar(masked)
        for name, chart in charts.items():
            chart[masked] = FILL
            self._put(name, layout.FULL_DIMS, chart, chart_attributes(name, dominant_share))
        zones = layout.scale(DISTANCE_MAP, block_means(self.scene.read(DISTANCE_MAP)))
        attributes = input_attributes(self.scene, DISTANCE_MAP)
        self._put(DISTANCE_MAP, layout.FULL_DIMS, _filled(zones), attributes)
        self._write_positions()
        return conversion_notice(has_charts=bool(charts), filled=self._write_cells())

    def _cells(self) -> tuple[int, int]:
        """Size of the 2 km grid, without a last cell that only dropped pixels reached."""
        covered = (
            int(-(-(size // 2 * 2 * self.scene.grid.spacing_m) // layout.CELL_M))
            for size in self.scene.grid.shape
        )
        lines, samples = map(min, self.scene.cells, covered)
        return lines, samples

    def _charts(self, dominant_share: float) -> tuple[dict[ChartName, np.ndarray], np.ndarray]:
        """The charts, uint8, and where there is no polygon, bool; no charts without polygons."""
        if self.scene.codes is None:
            return {}, np.zeros([size // 2 for size in self.scene.grid.shape], bool)
        polygon = self.scene.read(layout.POLYGON)
        charts = charts_from_polygons(polygon, self.scene.codes, dominant_share)
        return {name: block_maxima(charts.pop(name)) for name in CHARTS}, block_any_nan(polygon)

    def _write_radar(self, masked: np.ndarray) -> np.ndarray:
        """Write HH, HV and incidence angle with a common mask; returns the mask, bool.

        Raises:
            SceneError: All pixels would be masked.
        """
        means = {name: block_means(self.scene.read(name)) for name in SIGMA0}
        for mean in means.values():
            masked |= np.isnan(mean)
        if masked.all():
            raise SceneError(self.scene.path, "has no charted pixel with HH and HV")
        for name in SIGMA0:
            mean = means.pop(name)
            attributes = input_attributes(self.scene, name, mean[~masked])
            self._put(name, layout.FULL_DIMS, layout.scale_masked(name, mean, ~masked), attributes)
        angle = self.scene.points.incidence_at(*map(block_centres, masked.shape))
        attributes = input_attributes(self.scene, INCIDENCE_ANGLE)
        self._put(
            INCIDENCE_ANGLE,
            layout.FULL_DIMS,
            layout.scale_masked(INCIDENCE_ANGLE, angle, ~masked),
            attributes,
        )
        return masked

    def _write_positions(self) -> None:
        """Write positions at equal steps over the ready-to-train grid, both ends included."""
        line, sample = (
            2 * np.linspace(0, size // 2 - 1, layout.N_POSITIONS) + 0.5
            for size in self.scene.grid.shape
        )
        latitude, longitude = self.scene.points.positions_at(line, sample)
        self._put(layout.LATITUDE, layout.POSITION_DIMS, latitude, {})
        self._put(layout.LONGITUDE, layout.POSITION_DIMS, longitude, {})

    def _write_cells(self) -> list[str]:
        """Write AMSR2 and ERA5; returns the names of those with cells without a value."""
        empty = []
        lines, samples = self._cells()
        for name, cells in self.scene.read_cells().items():
            values = cells[:lines, :samples].astype(float)
            known = np.isfinite(values)
            seen = values[known] if name in AMSR2 else None
            attributes = input_attributes(self.scene, name, seen)
            self._put(name, layout.CELL_DIMS, _filled(layout.scale(name, values)), attributes)
            if not known.all():
                empty.append(name)
        return empty

    def _put(
        self, name: str, dims: tuple[str, str], values: np.ndarray, attributes: dict[str, Any]
    ) -> None:
        """Write one variable."""
        stored: dict[str, Any] = {}
        if self.compress:
            chunks = tuple(min(size, _CHUNK) for size in values.shape)
            stored = {"compression": "zlib", "complevel": 1, "shuffle": True, "chunksizes": chunks}
        variable = self.file.createVariable(name, values.dtype, dims, fill_value=False, **stored)
        variable.setncatts(attributes)
        variable[:] = values


def _filled(scaled: np.ndarray) -> np.ndarray:
    """Replace missing scaled values by `INPUT_FILL`, the mean, in place."""
    scaled[~np.isfinite(scaled)] = layout.INPUT_FILL
    return scaled
