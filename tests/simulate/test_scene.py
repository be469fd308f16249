"""A scene's file: the layout to the letter, fill values, scaling, rounding."""

import json
import re
from datetime import datetime
from typing import Never

import netCDF4
import numpy as np
import pytest
import xarray as xr

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import (
    AMSR2,
    DISTANCE_MAP,
    ERA5,
    HH,
    INCIDENCE_ANGLE,
    SAR,
    SIGMA0,
)
from seaice.ai4arctic.names import region_of
from seaice.simulate import SimulationConfig, simulate_scene, write_scene
from seaice.simulate.config import resolve
from seaice.simulate.parts import simulate

CONFIG = SimulationConfig(5, 400, 131, 157, "CentralEast", 4)


@pytest.fixture(scope="module")
def dataset():
    """A scene with partial cells at both ends."""
    return simulate_scene(CONFIG)


@pytest.fixture(scope="module")
def stored(dataset, tmp_path_factory):
    """The scene's file as netCDF4 reads it, nothing decoded."""
    path = write_scene(dataset, tmp_path_factory.mktemp("scene"))
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        yield file


def test_dimensions(stored) -> None:
    """Full grid, 2 km grid that covers it, 21 x 21 positions; nothing else."""
    sizes = {name: len(dimension) for name, dimension in stored.dimensions.items()}
    assert sizes == {
        "sar_lines": 131,
        "sar_samples": 157,
        "2km_grid_lines": 27,
        "2km_grid_samples": 32,
        "sar_sample_2dgrid_points": 21,
        "sar_line_2dgrid_points": 21,
    }


def test_variables(stored) -> None:
    """All variables of the layout with their types and grids, and the truth; nothing else."""
    full, cells = ("sar_lines", "sar_samples"), ("2km_grid_lines", "2km_grid_samples")
    expected = {name: ("uint8", full) for name in ("SIC", "SOD", "FLOE")}
    expected |= {f"true_{name}": ("uint8", full) for name in ("SIC", "SOD", "FLOE")}
    expected |= {name: ("float32", full) for name in (*SAR, DISTANCE_MAP)}
    expected |= {name: ("float32", cells) for name in (*AMSR2, *ERA5)}
    points = ("sar_sample_2dgrid_points", "sar_line_2dgrid_points")
    for name in ("sar_grid2d_latitude", "sar_grid2d_longitude"):
        expected[name] = ("float64", points)
    found = {n: (str(v.dtype), v.dimensions) for n, v in stored.variables.items()}
    assert found == expected


def test_variable_attributes(stored) -> None:
    """Attributes by kind of variable."""
    for name in ("SIC", "SOD", "FLOE"):
        assert stored[name].chart_fill_value == 255
        assert stored[name].polygon
    for name, polarisation in zip(SIGMA0, ("HH", "HV"), strict=True):
        variable = stored[name]
        assert variable.polarisation == polarisation
        assert variable.description == "Sigma0 in dB"
        assert variable.upstream_id.startswith("S1")
        assert -60 < variable.min < variable.max < 30
    for name in SAR:
        assert stored[name].variable_fill_value == 0
    assert "0 to 41" in stored[DISTANCE_MAP].long_name
    assert "41: beyond" in stored[DISTANCE_MAP].zonal_range_description
    for name in AMSR2:
        variable = stored[name]
        assert 50 < variable.min < variable.max < 300
        assert variable.AMSR2_swaths.startswith("GW1AM2_")
        assert abs(variable.AMSR2_S1_delays) < 7200
        assert variable.description == f"Brightness temperature, {name[6:]}"
    assert stored["t2m"].units == "K"
    assert stored["tclw"].units == "kg m-2"
    assert all(stored[name].long_name for name in ERA5)
    assert not any("_FillValue" in v.ncattrs() for v in stored.variables.values())


def test_global_attributes(stored) -> None:
    """Attributes of the file, those of a simulated scene among them."""
    assert re.fullmatch(r"\d{8}T\d{6}_dmi_prep\.nc", stored.scene_id)
    assert stored.ice_service == "dmi"
    assert stored.flip == 0
    assert stored.pixel_spacing == 400
    assert np.issubdtype(type(stored.pixel_spacing), np.integer)
    assert stored.simulated == 1
    assert stored.seed == 5
    assert stored.simulator_version == "2"
    assert "imulated" in stored.title


def test_original_name_has_the_official_form(stored) -> None:
    """Characters 17 to 31 are the time, 77 to 79 the service; the region can be read."""
    name = stored.original_id
    assert name[17:32] == stored.scene_id[:15]
    assert name[77:80] == "dmi"
    assert region_of(name) == "CentralEast"
    assert datetime.strptime(name[17:32], "%Y%m%dT%H%M%S").month == 4
    assert name.endswith("_CentralEast_RIC.nc")


def test_original_name_of_cis() -> None:
    """Canadian names hold the service's region, too."""
    attrs = simulate_scene(SimulationConfig(1, 1000, 8, 8, "SGRDIFOXE", 3)).attrs
    assert region_of(attrs["original_id"]) == "SGRDIFOXE"
    assert attrs["original_id"][77:80] == attrs["ice_service"] == "cis"
    assert attrs["scene_id"].endswith("_cis_prep.nc")


def test_fractional_spacing_is_kept() -> None:
    """A spacing that is not whole stays a number with a fraction."""
    assert simulate_scene(SimulationConfig(1, 333.5, 12, 12)).attrs["pixel_spacing"] == 333.5


def test_masks_agree(stored) -> None:
    """HH, HV and angle are 0 together, exactly where the charts have no SIC; nowhere alone."""
    masked = stored["SIC"][:] == 255
    assert 0 < masked.mean() < 1
    for name in SAR:
        np.testing.assert_array_equal(stored[name][:] == 0, masked)
    for name in ("SOD", "FLOE", "true_SIC", "true_SOD", "true_FLOE"):
        assert (stored[name][:][masked] == 255).all()


def test_zero_ice_in_all_charts(stored) -> None:
    """SIC 0 means SOD 0 and FLOE 0, in the charts and in the truth."""
    for prefix in ("", "true_"):
        water = stored[f"{prefix}SIC"][:] == 0
        assert (stored[f"{prefix}SOD"][:][water] == 0).all()
        assert (stored[f"{prefix}FLOE"][:][water] == 0).all()


def test_scaling_round_trip(dataset) -> None:
    """Unscaled values are the physical ones."""
    scene = simulate(resolve(CONFIG))
    valid = scene.geography.valid
    for name, physical in scene.physical().items():
        values = layout.unscale(name, dataset[name].values)
        where = valid if name in SAR else np.ones(values.shape, bool)
        np.testing.assert_allclose(values[where], physical[where], atol=2e-3, rtol=1e-5)
    zones = layout.unscale(DISTANCE_MAP, dataset[DISTANCE_MAP].values)
    assert set(np.unique(zones.round(3)).tolist()) <= set(range(42))
    angle = layout.unscale(INCIDENCE_ANGLE, dataset[INCIDENCE_ANGLE].values)[valid]
    assert angle.min() >= 18.9
    assert angle.max() <= 47.1


def test_rounding_is_small(dataset, stored) -> None:
    """Stored floats differ by less than 0.8 % (SAR) and 0.1 % (others); the rest not at all."""
    for name, variable in dataset.variables.items():
        values, found = variable.values, stored[name][:]
        if values.dtype != np.float32:
            np.testing.assert_array_equal(found, values)
        else:
            limit = 2**-7 if name in SIGMA0 else 2**-10
            assert (np.abs(found - values) <= limit * np.abs(values)).all()


def test_truth_is_not_the_chart(dataset) -> None:
    """The chart generalises: truth has more detail."""
    both = (dataset["SIC"] != 255).values
    assert (dataset["SIC"].values != dataset["true_SIC"].values)[both].mean() > 0.02


def test_same_settings_same_scene(dataset) -> None:
    """Determinism to the bit; another seed gives another scene."""
    assert simulate_scene(CONFIG).identical(dataset)
    other = simulate_scene(SimulationConfig(6, 400, 131, 157, "CentralEast", 4))
    assert not np.array_equal(other["SIC"], dataset["SIC"])
    assert not np.array_equal(other[HH], dataset[HH])


@pytest.mark.parametrize(
    ("lines", "samples", "spacing_m"), [(50, 50, 80), (8, 90, 500.5), (16, 16, 250)]
)
def test_smallest_sizes(lines, samples, spacing_m) -> None:
    """Tiny scenes of any spacing are whole and finite."""
    for seed in range(3):
        scene = simulate_scene(SimulationConfig(seed, spacing_m, lines, samples))
        assert scene.sizes["sar_lines"] == lines
        assert scene.sizes["2km_grid_samples"] == np.ceil(samples * spacing_m / 2000)
        assert all(np.isfinite(v.values).all() for v in scene.variables.values())


def test_uncompressed_holds_the_same(dataset, tmp_path) -> None:
    """Without compression nothing is rounded."""
    path = write_scene(dataset, tmp_path, compress=False)
    with xr.open_dataset(path, decode_cf=False) as found:
        xr.testing.assert_equal(found.load(), dataset)
        assert json.loads(json.dumps(str(found.attrs["scene_id"]))) == path.name


def test_failed_write_leaves_nothing(dataset, tmp_path, monkeypatch) -> None:
    """When writing fails half way, an older file stays and no part of the new one does."""
    path = write_scene(dataset, tmp_path)
    before = path.read_bytes()

    def fail(*args, **kwargs) -> Never:
        raise OSError("no space left")

    monkeypatch.setattr("seaice.core.files.os.replace", fail)
    with pytest.raises(OSError, match="no space left"):
        write_scene(dataset, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before
