"""A raw file of 5 x 7 pixels of 40 m, made by hand: every value of it is written here."""

from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import AMSR2, ERA5

RAW_NAME = (
    "S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859_021176_024676_449C"
    "_icechart_dmi_201803251945_SouthEast_RIC.nc"
)
READY_NAME = "20180325T194759_dmi_prep.nc"
FULL, CELLS = ("sar_lines", "sar_samples"), ("2km_grid_lines", "2km_grid_samples")
HEADER = "poly_id;CT;CA;SA;FA;CB;SB;FB;CC;SC;FC;CN;CD;CF;POLY_TYPE"
CODES = [
    HEADER,
    "1;92;30;95;05;70;93;08;-9;-9;-9;-9;-9;08-5;I",  # 10, 4, no label
    "2;80;20;95;06;60;93;06;-9;-9;-9;-9;-9;06-9;I",  # 8, 4, 5
    "7;00;-9;-9;-9;-9;-9;-9;-9;-9;-9;-9;-9;-9;W",  # 0, 0, 0
]
# Uneven steps, and the last ones shorter.
POINT_LINES, POINT_SAMPLES = np.array([0.0, 1, 4]), np.array([0.0, 3, 5, 6])


def raw_arrays() -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """Dimensions and values by variable."""
    lines, samples = np.indices((5, 7))
    hh = np.full((5, 7), -10, np.float32)
    hh[:2, :2] = [[-10, -12], [-14, -16]]
    polygon = np.array([7, 7, 2, 2, 1, 1, 1], np.float32)[None].repeat(5, 0)
    arrays = {
        "nersc_sar_primary": (FULL, hh),
        "nersc_sar_secondary": (FULL, (-20 - lines - samples).astype(np.float32)),
        "polygon_icechart": (FULL, polygon),
        "distance_map": (FULL, (lines * 2 + samples).astype(np.uint8)),
    }
    for number, name in enumerate((*AMSR2, *ERA5)):
        arrays[name] = (CELLS, np.full((1, 1), 150.0 + number))
    line, sample = (each.ravel() for each in np.meshgrid(POINT_LINES, POINT_SAMPLES, indexing="ij"))
    # In no order.
    order = np.random.default_rng(1).permutation(len(line))
    points = {
        "line": line,
        "sample": sample,
        "latitude": 70 + 0.001 * line,
        "longitude": -40 + 0.002 * sample,
        "incidenceangle": 20 + 2 * sample,
        "height": np.zeros(len(line)),
    }
    for name, values in points.items():
        arrays[f"sar_grid_{name}"] = (("sar_grid_points",), values[order])
    arrays["polygon_codes"] = (("polygon_codes",), np.array(CODES, dtype=object))
    return arrays


def write_raw(path: Path, arrays: dict, **attributes: object) -> Path:
    """Write arrays as a raw file."""
    with netCDF4.Dataset(path, "w") as file:
        for name, (dims, values) in arrays.items():
            for dim, size in zip(dims, values.shape, strict=True):
                if dim not in file.dimensions:
                    file.createDimension(dim, size)
            kind = str if values.dtype == object else values.dtype
            order = "big" if values.dtype.str[0] == ">" else "native"
            file.createVariable(name, kind, dims, endian=order)[:] = values
        file.setncatts(attributes)
    return path


@pytest.fixture
def make_raw(tmp_path: Path) -> Callable[..., Path]:
    """Write the file; `change` edits its arrays, `edit` the file."""

    def write(
        *,
        name: str = RAW_NAME,
        change: Callable[[dict], None] = lambda arrays: None,
        edit: Callable[[netCDF4.Dataset], None] = lambda file: None,
        **attributes: object,
    ) -> Path:
        arrays = raw_arrays()
        change(arrays)
        folder = tmp_path / "raw"
        folder.mkdir(exist_ok=True)
        path = write_raw(folder / name, arrays, **attributes)
        with netCDF4.Dataset(path, "a") as file:
            edit(file)
        return path

    return write
