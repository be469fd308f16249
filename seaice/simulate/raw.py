"""A simulated scene in the layout of the raw AI4Arctic files: unscaled, with polygons for charts.

A raw file is input for `seaice convert`. It comes beside the ready-to-train file of the same scene
and has half its spacing. It holds only what a real file holds, so it does not include the truth.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import AMSR2, ERA5, INCIDENCE_ANGLE, SIGMA0
from seaice.ai4arctic.egg_code import format_codes
from seaice.simulate.parts import Simulated
from seaice.simulate.scene import (
    compressed,
    global_attributes,
    original_name,
    variable_attributes,
    write_whole,
)

_TITLE = "Simulated scene in the raw AI4Arctic layout; not a measurement"
# Bits of mantissa that are kept of decibels: rounded to less than 0.02 dB.
_SAR_BITS = 10

_Variables = dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, Any]]]


def to_raw_dataset(scene: Simulated, time: datetime) -> xr.Dataset:
    """Lay out a scene as a raw file has it.

    Args:
        scene: A scene at the spacing of the raw file, such as `halved` makes.
        time: Start of the acquisition, UTC.

    Returns:
        Sigma0 in dB, NaN on land and where nothing was seen; polygon ids and their codes; 441
        points with position, incidence angle and height; brightness temperatures in K and ERA5 in
        SI units on the 2 km grid, float64.
    """
    original_id = original_name(scene.config, time)
    valid = scene.geography.valid
    variables: _Variables = {}
    for name, physical in scene.physical().items():
        attrs = variable_attributes(name, physical, scene, original_id, time)
        attrs.pop("variable_fill_value", None)
        if name in AMSR2:
            attrs |= {key: [str(attrs[key])] for key in ("AMSR2_swaths", "AMSR2_S1_delays")}
        if name in SIGMA0:
            variables[name] = (
                layout.FULL_DIMS,
                np.where(valid, physical, np.float32(np.nan)),
                attrs,
            )
        elif name in AMSR2 or name in ERA5:
            variables[name] = (layout.CELL_DIMS, physical.astype(np.float64), attrs)
        elif name != INCIDENCE_ANGLE:
            variables[name] = (layout.FULL_DIMS, physical, attrs)
    polygon = np.where(valid, scene.charts.polygon.astype(np.float32), np.float32(np.nan))
    variables[layout.POLYGON] = (layout.FULL_DIMS, polygon, {"long_name": "Ice chart polygon id"})
    variables |= _points(scene) | _swaths(scene)
    rows = np.array(format_codes(scene.charts.codes), dtype=object)
    attrs = {"title": _TITLE} | global_attributes(scene, original_id)
    return xr.Dataset(variables, coords={layout.POLYGON_CODES: rows}, attrs=attrs)


def _points(scene: Simulated) -> _Variables:
    """The 441 points: 21 x 21 over the raster, line by line, both ends included; float64."""
    grid, geography = scene.grid, scene.geography
    line = np.linspace(0, grid.lines - 1, layout.N_POSITIONS)
    sample = np.linspace(0, grid.samples - 1, layout.N_POSITIONS)
    lines, samples = np.meshgrid(line, sample, indexing="ij")
    values = {
        "line": lines,
        "sample": samples,
        "latitude": geography.latitude_deg,
        "longitude": geography.longitude_deg,
        "incidenceangle": np.interp(samples, np.arange(grid.samples), geography.incidence_deg),
        "height": np.zeros(lines.shape),
    }
    return {
        f"sar_grid_{name}": (layout.POINT_DIMS, array.ravel(), {}) for name, array in values.items()
    }


def _swaths(scene: Simulated) -> _Variables:
    """Which of AMSR2's passes each cell is of: of the only one."""
    shape = next(iter(scene.tb_k.values())).shape
    return {
        name: (layout.CELL_DIMS, np.zeros(shape, np.uint8), {})
        for name in ("amsr2_swath_map", "swath_segmentation")
    }


def write_raw(dataset: xr.Dataset, folder: Path, *, compress: bool = True) -> Path:
    """Write a raw scene, whole or not at all.

    Args:
        dataset: What `to_raw_dataset` returns.
        folder: Where to write; made where it is missing.
        compress: Compress, and round decibels to 10 bits.

    Returns:
        The file, named by the dataset's `original_id`; a file of that name is replaced.

    Raises:
        OutputError: The folder cannot be written to.
    """
    path = folder / str(dataset.attrs["original_id"])
    encoding = {str(name): _encoding(var, compress) for name, var in dataset.variables.items()}
    write_whole(dataset, path, encoding)
    return path


def _encoding(variable: xr.Variable, compress: bool) -> dict[str, Any]:
    """How a variable is stored; texts have no encoding, and ids are not rounded."""
    if variable.dtype == object:
        return {}
    encoding: dict[str, Any] = {"_FillValue": None}
    if not compress:
        return encoding
    sar = variable.attrs.get("description") == "Sigma0 in dB"
    return encoding | compressed(variable, _SAR_BITS if sar else None)
