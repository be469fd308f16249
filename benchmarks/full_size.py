"""Full-size raw scenes with made-up content: speckle over smooth fields, a chart's polygons."""

from pathlib import Path

import netCDF4
import numpy as np
from scipy.ndimage import zoom

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import AMSR2, ERA5

RAW_NAME = (
    "S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859_021176_024676_449C"
    "_icechart_dmi_201803251945_SouthEast_RIC.nc"
)
LINES, SAMPLES = 9985, 10372
"""Of a raw scene at 40 m (FORMAT.md of the dataset's notebooks: `introduction`)."""
_POLYGONS = 200
_SPACING_M = 40


def write_raw(folder: Path) -> Path:
    """Write a raw scene, 1.7 GB; its values have the right magnitudes and mean nothing."""
    rng = np.random.default_rng(1)
    path = folder / RAW_NAME
    with netCDF4.Dataset(path, "w") as file:
        cells = tuple(-(-size * _SPACING_M // 2000) for size in (LINES, SAMPLES))
        for dims, sizes in ((layout.FULL_DIMS, (LINES, SAMPLES)), (layout.CELL_DIMS, cells)):
            for dim, size in zip(dims, sizes, strict=True):
                file.createDimension(dim, size)
        for name, level_db in (("nersc_sar_primary", -14.5), ("nersc_sar_secondary", -24.7)):
            file.createVariable(name, "f4", layout.FULL_DIMS)[:] = _speckled(rng, level_db)
        polygons = _smooth(rng, (LINES, SAMPLES))
        polygons = np.digitize(polygons, np.linspace(-1.5, 1.5, _POLYGONS - 1)) + 1
        file.createVariable("polygon_icechart", "f4", layout.FULL_DIMS)[:] = polygons.astype(
            np.float32
        )
        zones = np.abs(_smooth(rng, (LINES, SAMPLES))) * 15
        file.createVariable("distance_map", "u1", layout.FULL_DIMS)[:] = zones.clip(0, 41).astype(
            np.uint8
        )
        for name in (*AMSR2, *ERA5):
            mean, deviation = layout.SCALING[name]
            values = mean + deviation * _smooth(rng, cells)
            file.createVariable(name, "f8", layout.CELL_DIMS)[:] = values
        _write_points(file)
        _write_codes(file)
        file.setncatts({"original_id": RAW_NAME, "ice_service": "dmi", "pixel_spacing": _SPACING_M})
    return path


def _smooth(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """A field that changes over an eighth of its size, (lines, samples) float32."""
    coarse = rng.normal(size=(9, 9)).astype(np.float32)
    factors = [size / 9 for size in shape]
    return zoom(coarse, factors, order=1, mode="nearest", grid_mode=True)[: shape[0], : shape[1]]


def _speckled(rng: np.random.Generator, level_db: float) -> np.ndarray:
    """Backscatter in dB with a corner outside the swath, (lines, samples) float32."""
    values = 3 * _smooth(rng, (LINES, SAMPLES)) + np.float32(level_db)
    values += rng.standard_normal(values.shape, dtype=np.float32)
    values[: LINES // 10, : SAMPLES // 10] = np.nan
    return values


def _write_points(file: netCDF4.Dataset) -> None:
    line, sample = (
        each.ravel()
        for each in np.meshgrid(
            np.linspace(0, LINES - 1, 21), np.linspace(0, SAMPLES - 1, 21), indexing="ij"
        )
    )
    file.createDimension("sar_grid_points", len(line))
    values = {
        "line": line,
        "sample": sample,
        "latitude": 70 - 4 * line / LINES,
        "longitude": -40 + 10 * sample / SAMPLES,
        "incidenceangle": 19 + 28 * sample / SAMPLES,
        "height": np.zeros(len(line)),
    }
    for name, each in values.items():
        file.createVariable(f"sar_grid_{name}", "f8", ("sar_grid_points",))[:] = each


def _write_codes(file: netCDF4.Dataset) -> None:
    rows = ["poly_id;CT;CA;SA;FA;CB;SB;FB;CC;SC;FC;CN;CD;CF;POLY_TYPE"]
    for number in range(1, _POLYGONS + 1):
        stage, form = (87, 93, 95)[number % 3], ("05", "06")[number % 2]
        unused = ";".join(["-9"] * 8)
        rows.append(f"{number};92;-9;{stage};{form};{unused};{form}-9;I")
    file.createDimension("polygon_codes", len(rows))
    variable = file.createVariable("polygon_codes", str, ("polygon_codes",))
    variable[:] = np.array(rows, dtype=object)
