"""A simulated scene as a dataset and a file, in the layout of the ready-to-train AI4Arctic files.

It differs from a real one by the global attributes `simulated`, `seed`, `simulator_version` and
`title`, and by the true ice beside the charts (`true_SIC`, `true_SOD`, `true_FLOE`).
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import (
    AMSR2,
    CHANNEL,
    DISTANCE_MAP,
    ERA5,
    HH,
    INCIDENCE_ANGLE,
    SAR,
    SIGMA0,
)
from seaice.ai4arctic.charts import CHART, FILL
from seaice.ai4arctic.names import prep_name, product_of, raw_name
from seaice.core.files import atomic_write
from seaice.core.netcdf_file import NetCDFFile
from seaice.simulate.config import SimulationConfig, draw_time, resolve
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import stream
from seaice.simulate.parts import Simulated, simulate
from seaice.simulate.regions import region_named

SIMULATOR_VERSION = "2"
"""Changes whenever the same settings give another scene."""

FAR_CUE_ATTRIBUTE = "far_cue_km"
"""Global attribute of a scene with a cue from afar: its distance."""

_TITLE = "Simulated scene in the AI4Arctic ready-to-train layout; not a measurement"
_ZONES_TEXT = (
    "0: land; 1: up to 0.5 km; 2: up to 1 km; 3 to 21: steps of 1 km up to 20 km; "
    "22 to 27: steps of 5 km up to 50 km; 28 to 32: steps of 10 km up to 100 km; "
    "33 to 40: steps of 25 km up to 300 km; 41: beyond"
)
# Bits of mantissa that are kept: 6 round SAR to less than 0.1 dB, 9 the rest to less than 0.1 K.
_SAR_BITS, _OTHER_BITS = 6, 9
_CHUNK = 512


def simulate_scene(config: SimulationConfig) -> xr.Dataset:
    """Simulate one scene.

    Args:
        config: What to simulate. The same settings give the same dataset.

    Returns:
        A dataset in the layout of a ready-to-train AI4Arctic file, which `write_scene` writes as
        it is. Inputs are standard-scaled float32; land and unseen pixels hold 0 in HH, HV and
        incidence angle together and 255 in the three charts, all other pixels do not.
    """
    config = resolve(config)
    return to_dataset(simulate(config), draw_time(config))


def write_scene(dataset: xr.Dataset, folder: Path, *, compress: bool = True) -> Path:
    """Write a simulated scene as one complete file.

    Args:
        dataset: What `simulate_scene` returns.
        folder: Folder to write to; created if missing.
        compress: Compress, and round floats to 6 (SAR) and 9 (others) bits; without it files are
            larger and quick to read.

    Returns:
        The file, named by the dataset's `scene_id`; a file of that name is replaced.

    Raises:
        OutputError: The folder cannot be written to.
    """
    path = folder / str(dataset.attrs["scene_id"])
    encoding = {str(name): _encoding(var, compress) for name, var in dataset.variables.items()}
    write_whole(dataset, path, encoding)
    return path


def write_whole(dataset: xr.Dataset, path: Path, encoding: dict[str, dict[str, Any]]) -> None:
    """Write a NetCDF-4 file atomically.

    Raises:
        OutputError: The folder cannot be written to.
    """
    # The library reports a full disk as RuntimeError.
    with atomic_write(path, RuntimeError) as temporary, NetCDFFile(temporary, "w") as file:
        store = xr.backends.NetCDF4DataStore(file)  # type: ignore[no-untyped-call]  # xarray's gap
        dataset.dump_to_store(store, encoding=encoding)


def compressed(variable: xr.Variable, keep_bits: int | None = None) -> dict[str, Any]:
    """Encoding of a compressed variable, which keeps `keep_bits` bits of its floats' mantissa."""
    encoding: dict[str, Any] = {"zlib": True, "complevel": 4, "shuffle": True}
    encoding["chunksizes"] = tuple(min(size, _CHUNK) for size in variable.shape)
    if keep_bits is not None:
        encoding |= {"significant_digits": keep_bits, "quantize_mode": "BitRound"}
    return encoding


def _encoding(variable: xr.Variable, compress: bool) -> dict[str, Any]:
    """How a variable is stored."""
    encoding: dict[str, Any] = {"_FillValue": None}
    if not compress:
        return encoding
    sar = variable.attrs.get("description") == "Sigma0 in dB"
    keep_bits = _SAR_BITS if sar else _OTHER_BITS
    return encoding | compressed(variable, keep_bits if variable.dtype == np.float32 else None)


def to_dataset(scene: Simulated, time: datetime) -> xr.Dataset:
    """Scale a scene's parts and lay them out.

    Args:
        scene: The parts in physical units.
        time: Start of the acquisition, UTC.
    """
    variables: dict[str, tuple[tuple[str, str], np.ndarray, dict[str, Any]]] = {}
    charts = (scene.charts.sic, scene.charts.sod, scene.charts.floe)
    for chart_name, chart in zip(CHART, charts, strict=True):
        attrs = {"polygon": layout.CHART_LABELS[chart_name], "chart_fill_value": np.int64(FILL)}
        variables[chart_name] = (layout.FULL_DIMS, chart, attrs)
    original_id = original_name(scene.config, time)
    valid = scene.geography.valid
    for name, physical in scene.physical().items():
        on_cells = name in AMSR2 or name in ERA5
        if name in SAR:
            scaled = layout.scale_masked(name, physical, valid)
        else:
            scaled = layout.scale(name, physical)
        attrs = variable_attributes(name, physical, scene, original_id, time)
        variables[name] = (layout.CELL_DIMS if on_cells else layout.FULL_DIMS, scaled, attrs)
    variables[layout.LATITUDE] = (layout.POSITION_DIMS, scene.geography.latitude_deg, {})
    variables[layout.LONGITUDE] = (layout.POSITION_DIMS, scene.geography.longitude_deg, {})
    for name, truth in zip(CHART, true_classes(scene.ice, valid), strict=True):
        attrs = {
            "description": f"True {CHART[name].long_name.lower()} of the simulation",
            "chart_fill_value": np.int64(FILL),
        }
        variables[f"true_{name}"] = (layout.FULL_DIMS, truth, attrs)
    attrs = {"title": _TITLE, "scene_id": scene_name(scene.config, time)}
    return xr.Dataset(variables, attrs=attrs | global_attributes(scene, original_id))


def true_classes(ice: IceState, valid: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The true ice as classes of SIC, SOD and FLOE.

    Args:
        ice: The true ice.
        valid: Charted sea, bool (lines, samples).

    Returns:
        Three uint8 (lines, samples): 255 on land and unseen pixels; FLOE also on fast ice, which
        has no floes.
    """
    sic = np.rint(ice.concentration * 10).astype(np.uint8)
    fill = np.uint8(FILL)
    return (
        np.where(valid, sic, fill),
        np.where(valid, ice.stage, fill),
        np.where(valid, ice.floe, fill),
    )


def scene_name(config: SimulationConfig, time: datetime) -> str:
    """File name of a scene: YYYYMMDDThhmmss_{dmi|cis}_prep.nc."""
    return prep_name(time, region_named(config.region or "").service)


def original_name(config: SimulationConfig, time: datetime) -> str:
    """File name of the raw scene: Sentinel-1 product and chart."""
    rng = stream(config.seed, "name")
    region = config.region or ""
    service = region_named(region).service
    satellite = "S1A" if rng.random() < 0.45 else "S1B"
    stop = time + timedelta(seconds=60)
    orbit, take = int(rng.integers(20000, 40000)), f"{rng.integers(0x20000, 0x50000):06X}"
    product = f"{satellite}_EW_GRDM_1SDH_{time:%Y%m%dT%H%M%S}_{stop:%Y%m%dT%H%M%S}"
    product += f"_{orbit:06d}_{take}_{rng.integers(0x10000):04X}"
    if service == "dmi":
        quarter = time.replace(minute=time.minute // 15 * 15)
        chart = f"{quarter:%Y%m%d%H%M}_{region}_RIC"
    else:
        chart = f"{region}_{time:%Y%m%d}T1800Z_pl_a"
    return raw_name(product, service, chart)


def variable_attributes(
    name: str, physical: np.ndarray, scene: Simulated, original_id: str, time: datetime
) -> dict[str, Any]:
    """Attributes of a scaled variable, as the real files have them."""
    fill = {"variable_fill_value": np.int64(0)}
    if name in SIGMA0:
        valid = scene.geography.valid
        seen = physical[valid] if valid.any() else physical
        return fill | {
            "polarisation": "HH" if name == HH else "HV",
            "upstream_id": f"{product_of(original_id)}.SAFE",
            "description": "Sigma0 in dB",
            "min": float(seen.min()),
            "max": float(seen.max()),
        }
    if name == INCIDENCE_ANGLE:
        return fill
    if name == DISTANCE_MAP:
        return {
            "long_name": "Distance to land zones numbered with ids ranging from 0 to 41",
            "zonal_range_description": _ZONES_TEXT,
        }
    if name in ERA5:
        return {"units": CHANNEL[name].unit, "long_name": CHANNEL[name].label}
    swath_time = time + timedelta(seconds=scene.swath.delay_s)
    return {
        "description": f"Brightness temperature, {name.removeprefix('btemp_')}",
        "min": float(physical.min()),
        "max": float(physical.max()),
        "AMSR2_swaths": f"GW1AM2_{swath_time:%Y%m%d%H%M}_000A_L1SGRTBR_2220220.h5",
        "AMSR2_S1_delays": np.int64(scene.swath.delay_s),
    }


def global_attributes(scene: Simulated, original_id: str) -> dict[str, Any]:
    """Attributes of a file in either layout."""
    far_cue_km = scene.config.far_cue_km
    planted = {} if far_cue_km is None else {FAR_CUE_ATTRIBUTE: float(far_cue_km)}
    return planted | {
        "simulated": np.int64(1),
        "seed": np.int64(scene.config.seed),
        "simulator_version": SIMULATOR_VERSION,
        "original_id": original_id,
        "ice_service": region_named(scene.config.region or "").service,
        "flip": np.int64(0),
        "pixel_spacing": layout.spacing_attribute(float(scene.grid.spacing_m)),
    }
