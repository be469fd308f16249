"""A raw AI4Arctic scene: what its file holds, checked before pixels are read."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import netCDF4
import numpy as np

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import AMSR2, DISTANCE_MAP, ERA5, INCIDENCE_ANGLE, SIGMA0
from seaice.ai4arctic.charts import CHARTS
from seaice.ai4arctic.egg_code import EggCode, parse_codes
from seaice.ai4arctic.limits import MAX_PIXELS, MAX_SPACING_M, MIN_SPACING_M
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.text import shown
from seaice.scenes.convert.points import POINT_VARIABLES, Points
from seaice.scenes.netcdf import open_file
from seaice.scenes.polarisation import stored_names
from seaice.scenes.untrusted import require_claims

if TYPE_CHECKING:
    # For its types alone: facts on a file that is known need no xarray, which takes half a second.
    import xarray as xr

_SPACING_M = 40.0
"""Spacing of a file without the attribute: that of Sentinel-1 EW GRDM, as in all real files."""
# Real ones have 441 points and some hundred polygons; a small file can claim any number.
_MOST_ALONG = dict.fromkeys((layout.LINES, layout.SAMPLES), 1_000_000) | {
    layout.POINT_DIMS[0]: 100_000,
    layout.POLYGON_CODES: 20_000,
}
_MOST_NAMES = 4

_DIMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*SIGMA0, DISTANCE_MAP), layout.FULL_DIMS),
    **dict.fromkeys((*AMSR2, *ERA5), layout.CELL_DIMS),
    **dict.fromkeys(POINT_VARIABLES, layout.POINT_DIMS),
}
"""Dimensions of the variables that every raw scene has."""
_CHART_DIMS: dict[str, tuple[str, ...]] = {
    layout.POLYGON: layout.FULL_DIMS,
    layout.POLYGON_CODES: (layout.POLYGON_CODES,),
}
"""Those of the ice chart."""


@dataclass(frozen=True)
class RawScene:
    """What a raw file holds.

    Attributes:
        path: The file.
        grid: The raw grid.
        cells: Lines and samples of the 2 km grid.
        points: Points with position and incidence angle.
        codes: Egg codes by polygon id; None where the file has no polygons, as in test scenes.
        attributes: Global attributes.
        variable_attributes: Attributes of each variable.
    """

    path: Path
    grid: PixelGrid
    cells: tuple[int, int]
    points: Points
    codes: Mapping[int, EggCode] | None
    attributes: Mapping[str, Any]
    variable_attributes: Mapping[str, Mapping[str, Any]]

    @classmethod
    def open(cls, path: Path) -> "RawScene":
        """Read a file's names, attributes, points and codes.

        Raises:
            SceneError: The file does not have the raw layout.
        """
        with open_file(path) as dataset:
            _require_sizes(path, dataset.sizes)
            wanted = _require_raw(path, dataset)
            grid = _grid(path, dataset)
            cells = _cells(path, dataset, grid)
            require_claims(path, dataset, wanted)
            values = {name: known_values(dataset[name]).astype(float) for name in POINT_VARIABLES}
            return cls(
                path=path,
                grid=grid,
                cells=cells,
                points=Points.of(path, values, grid.shape),
                codes=_codes(path, dataset) if layout.POLYGON in dataset else None,
                attributes=dict(dataset.attrs),
                variable_attributes={str(n): dict(v.attrs) for n, v in dataset.variables.items()},
            )

    def read(self, name: str) -> np.ndarray:
        """A complete variable, float32 or float64, NaN where the file has no value.

        Raises:
            SceneError: The file cannot be read.
        """
        with open_file(self.path) as dataset:
            return known_values(dataset[self._stored_names.get(name, name)])

    def stored_attributes(self, name: str) -> Mapping[str, Any]:
        """Attributes of a variable; empty if there is none of this name."""
        return self.variable_attributes.get(name, {})

    def attributes_of(self, name: str) -> Mapping[str, Any]:
        """Attributes of the variable that holds a channel; empty if there is none."""
        return self.stored_attributes(self._stored_names.get(name, name))

    @property
    def _stored_names(self) -> dict[str, str]:
        """The variable that holds each radar channel."""
        return stored_names(self.stored_attributes)

    def read_cells(self) -> dict[str, np.ndarray]:
        """AMSR2 and ERA5 by name, each as `read` gives it."""
        with open_file(self.path) as dataset:
            return {name: known_values(dataset[name]) for name in (*AMSR2, *ERA5)}


def known_values(variable: "xr.DataArray") -> np.ndarray:
    """Values as floats that can hold what the file stores; fill values become NaN."""
    stored = variable.values
    values = stored.astype(np.result_type(stored.dtype, np.float32), copy=False)
    fills = [variable.attrs.get(name) for name in ("_FillValue", "missing_value")]
    if stored.dtype.itemsize > 1:
        # The value of what was never written; bytes have none.
        fills.append(netCDF4.default_fillvals[stored.dtype.str[1:]])
    for fill in fills:
        if isinstance(fill, int | float | np.number) and not np.isnan(fill):
            values[stored == fill] = np.nan
    return values


def _require_sizes(path: Path, sizes: Mapping[Hashable, int]) -> None:
    for name, most in _MOST_ALONG.items():
        if sizes.get(name, 0) > most:
            raise SceneError(path, f"claims {sizes[name]} {name}, too many for a scene")


def _require_raw(path: Path, dataset: "xr.Dataset") -> Iterable[str]:
    """Check the variables, their dimensions and types; returns their names."""
    if any(name in dataset for name in (layout.LATITUDE, INCIDENCE_ANGLE, *CHARTS)):
        raise SceneError(path, "is a ready-to-train scene, not a raw one", "Use it as it is.")
    wanted = _DIMS
    # Test scenes have neither of the two.
    if layout.POLYGON in dataset or layout.POLYGON_CODES in dataset:
        wanted = _DIMS | _CHART_DIMS
    if any(name.startswith("btemp_") and "." in str(name) for name in map(str, dataset.variables)):
        raise _of_version_2(path, dataset, wanted)
    if lacking := [name for name in wanted if name not in dataset]:
        raise SceneError(path, f"lacks {_some(lacking)}", "It is not a raw AI4Arctic scene.")
    for name, dims in wanted.items():
        variable = dataset[name]
        if variable.dims != dims:
            actual = shown(variable.dims)
            raise SceneError(path, f"has {name} on dimensions {actual} instead of {dims}")
        if name != layout.POLYGON_CODES and variable.dtype.kind not in "fiu":
            raise SceneError(path, f"has {name} as {shown(variable.dtype)}, not as numbers")
        if {"scale_factor", "add_offset"} & set(variable.attrs):
            raise SceneError(path, f"has {name} packed, not in physical units")
    return wanted


def _some(names: Sequence[str]) -> str:
    more = f" and {left} more variables" if (left := len(names) - _MOST_NAMES) > 0 else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"


def _of_version_2(path: Path, dataset: "xr.Dataset", wanted: Iterable[str]) -> SceneError:
    """The error about a scene of the makers' earlier dataset, which calls channels btemp_6.9h."""
    there = {str(name).replace(".", "_") for name in dataset.variables}
    lacking = [name for name in wanted if name not in there]
    lacks = f", which lacks {_some(lacking)}" if lacking else ""
    return SceneError(
        path,
        "is a scene of the AI4Arctic / ASIP sea ice dataset, version 2 (461 scenes with other "
        f"names of channels){lacks}",
        "seaice reads the AI4Arctic sea ice challenge dataset of the same makers.",
    )


def _grid(path: Path, dataset: "xr.Dataset") -> PixelGrid:
    """The raw grid, once its size and spacing have been checked."""
    spacing = dataset.attrs.get("pixel_spacing", _SPACING_M)
    try:
        spacing_m = float(spacing)
    except (TypeError, ValueError):
        spacing_m = 0.0
    low, high = MIN_SPACING_M / 2, MAX_SPACING_M / 2
    if not low <= spacing_m <= high:
        raise SceneError(
            path, f"has pixel_spacing {shown(spacing)}, not {low:g} to {high:g} metres"
        )
    lines, samples = (dataset.sizes[name] for name in layout.FULL_DIMS)
    if min(lines, samples) < 2:
        raise SceneError(path, f"has {lines} x {samples} pixels, too few for means of 2 x 2")
    if lines * samples > MAX_PIXELS:
        raise SceneError(path, f"claims {lines} x {samples} pixels, too many for a scene")
    return PixelGrid(lines, samples, spacing_m)


def _cells(path: Path, dataset: "xr.Dataset", grid: PixelGrid) -> tuple[int, int]:
    """Size of the 2 km grid, once it has been checked to cover all pixels up to a partial cell."""
    lines, samples = (dataset.sizes[name] for name in layout.CELL_DIMS)
    for name, count, size in zip(layout.FULL_DIMS, (lines, samples), grid.shape, strict=True):
        if not count or abs(count * layout.CELL_M - size * grid.spacing_m) >= layout.CELL_M:
            raise SceneError(
                path,
                f"has {size} pixels of {grid.spacing_m:g} m but {count} cells of 2 km along {name}",
            )
    return lines, samples


def _codes(path: Path, dataset: "xr.Dataset") -> Mapping[int, EggCode]:
    """Egg codes by polygon id."""
    variable = dataset[layout.POLYGON_CODES]
    rows = variable.values.tolist()
    if not all(isinstance(row, str) for row in rows):
        raise SceneError(path, f"has {layout.POLYGON_CODES} as {variable.dtype}, not as texts")
    try:
        return parse_codes(rows)
    except SceneError as error:
        raise SceneError(
            path, f"has a table {layout.POLYGON_CODES} that {error.problem}"
        ) from error
