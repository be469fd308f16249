"""A raw file of a few pixels, and every value that becomes of it, computed by hand."""

import itertools

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic import layout
from seaice.ai4arctic.channels import AMSR2, CHANNEL, ERA5, INCIDENCE_ANGLE, SAR, SIGMA0
from seaice.ai4arctic.charts import CHARTS
from seaice.core.errors import ConfigError
from seaice.scenes.convert import convert_scene
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

READY_NAME = "20180325T194759_dmi_prep.nc"
NAN = np.nan


@pytest.fixture
def converted(make_raw, tmp_path):
    """Arrays in physical units and attributes of the converted file; charts as they are."""

    def convert(
        share: float = 0.65, compress: bool = True, **settings: object
    ) -> tuple[dict, dict]:
        made = convert_scene(
            make_raw(**settings), tmp_path / "out", dominant_share=share, compress=compress
        )
        assert list(made.path.parent.iterdir()) == [made.path]
        with netCDF4.Dataset(made.path) as file:
            file.set_auto_mask(False)
            arrays = {name: variable[:] for name, variable in file.variables.items()}
            attributes = {name: v.__dict__ for name, v in file.variables.items()}
            assert not any("_FillValue" in each for each in attributes.values())
            assert {v.filters()["zlib"] for v in file.variables.values()} == {compress}
            attributes[""] = file.__dict__
        attributes["notice"] = made.notice
        for name in arrays:
            assert np.isfinite(arrays[name]).all()
            if name in CHANNEL:
                assert arrays[name].dtype == np.float32
                arrays[name] = np.where(arrays[name] == 0, NAN, layout.unscale(name, arrays[name]))
        return arrays, attributes

    return convert


def put(**windows: tuple) -> object:
    """A change that sets windows of variables: name=(lines, samples, value)."""

    def change(arrays: dict) -> None:
        for name, (lines, samples, value) in windows.items():
            arrays[name][1][lines, samples] = value

    return change


def test_every_value(converted) -> None:
    """The fifth line and the seventh sample have no partner and are left out."""
    arrays, _ = converted()
    expected = {
        "nersc_sar_primary": [[-13, -10, -10], [-10, -10, -10]],
        "nersc_sar_secondary": [[-21, -23, -25], [-23, -25, -27]],
        # Samples 0.5, 2.5 and 4.5 at 2 degrees a sample from 20.
        "sar_incidenceangle": [[21, 25, 29], [21, 25, 29]],
        "distance_map": [[1.5, 3.5, 5.5], [5.5, 7.5, 9.5]],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(arrays[name], values, atol=1e-5, err_msg=name)
    for name, classes in {"SIC": [0, 8, 10], "SOD": [0, 4, 4], "FLOE": [0, 5, 255]}.items():
        assert arrays[name].dtype == np.uint8
        np.testing.assert_array_equal(arrays[name], [classes, classes])
    for number, name in enumerate((*AMSR2, *ERA5)):
        np.testing.assert_allclose(arrays[name], [[150 + number]], rtol=1e-6)
    # Line 0.5 to 2.5 of the raw file, sample 0.5 to 4.5.
    latitude, longitude = arrays["sar_grid2d_latitude"], arrays["sar_grid2d_longitude"]
    assert latitude.dtype == longitude.dtype == np.float64
    assert latitude.shape == (21, 21)
    ends = np.linspace(70.0005, 70.0025, 21), np.linspace(-39.999, -39.991, 21)
    np.testing.assert_allclose(latitude, np.broadcast_to(ends[0][:, None], (21, 21)), atol=1e-7)
    np.testing.assert_allclose(longitude, np.broadcast_to(ends[1], (21, 21)), atol=1e-7)


def test_the_scene_opens(make_raw, tmp_path) -> None:
    made = convert_scene(make_raw(), tmp_path / "out")
    scene = Scene.open(made.path)
    assert (scene.grid.shape, scene.grid.spacing_m) == ((2, 3), 80)
    assert (scene.region, scene.service, scene.charts) == ("SouthEast", "dmi", CHARTS)
    assert set(scene.channels) == set(CHANNEL)
    assert not scene.simulated
    assert read_inputs(scene, SAR).valid.all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *itertools.product(SIGMA0, (NAN, -np.inf, 9.969209968386869e36)),
        ("polygon_icechart", NAN),
        # Never written.
        ("polygon_icechart", 9.969209968386869e36),
    ],
)
def test_one_missing_value_of_four_masks_the_pixel(converted, name, value) -> None:
    """In HH, HV, incidence angle and charts together; nowhere else, and no distance."""
    arrays, _ = converted(change=put(**{name: (1, 3, value)}))
    masked = np.array([[False, True, False], [False, False, False]])
    for each in SAR:
        np.testing.assert_array_equal(np.isnan(arrays[each]), masked)
    for each in CHARTS:
        assert arrays[each][0, 1] == 255
        assert arrays[each][1, 1] != 255
    assert np.isfinite(arrays["distance_map"]).all()


def test_the_odd_line_and_sample_mask_nothing(converted) -> None:
    arrays, _ = converted(change=put(nersc_sar_primary=(4, slice(None), NAN)))
    assert np.isfinite(arrays["nersc_sar_primary"]).all()


def test_a_declared_fill_value_is_no_data(converted) -> None:
    def edit(file: netCDF4.Dataset) -> None:
        file["nersc_sar_primary"].missing_value = np.float32(-999)
        file["nersc_sar_primary"][0, 0] = -999
        file["t2m"].missing_value = -1.0
        file["t2m"][:] = -1.0

    arrays, attributes = converted(edit=edit)
    assert np.isnan(arrays["nersc_sar_primary"]).tolist() == [[True, False, False], [False] * 3]
    assert np.isnan(arrays["t2m"]).all()
    assert "t2m" in attributes["notice"]
    assert attributes["nersc_sar_primary"]["max"] == -10


def test_no_label_wins_over_classes(converted) -> None:
    """One of four pixels in a polygon without a code: charts lose the label, HH is kept."""
    arrays, _ = converted(change=put(polygon_icechart=(0, 0, 99)))
    assert [int(arrays[name][0, 0]) for name in CHARTS] == [255] * 3
    assert np.isfinite(arrays["nersc_sar_primary"]).all()


def test_of_classes_the_highest_wins(converted) -> None:
    """One of four pixels in another polygon, each chart by itself."""
    arrays, _ = converted(change=put(polygon_icechart=(3, 0, 2)))
    assert [int(arrays[name][1, 0]) for name in CHARTS] == [8, 4, 5]
    arrays, _ = converted(change=put(polygon_icechart=(3, 3, 7)))
    assert [int(arrays[name][1, 1]) for name in CHARTS] == [8, 4, 5]


def test_a_valid_pixel_of_the_mean_is_not_masked(make_raw, tmp_path) -> None:
    """HH, HV and incidence angle at their means are all 0 once scaled."""

    def change(arrays: dict) -> None:
        for name in SIGMA0:
            arrays[name][1][:2, :2] = layout.SCALING[name][0]
        arrays["sar_grid_incidenceangle"][1][:] = layout.SCALING[INCIDENCE_ANGLE][0]
        arrays["nersc_sar_primary"][1][3, 5] = NAN

    scene = Scene.open(convert_scene(make_raw(change=change), tmp_path / "out").path)
    inputs = read_inputs(scene, SAR)
    assert inputs.valid.tolist() == [[True, True, True], [True, True, False]]
    assert (np.abs(inputs.values[:, 0, 0]) < 1e-3).all()


def test_the_dominant_share(converted, make_raw, tmp_path) -> None:
    """Polygon 1 is 7 of 10 thick first-year ice."""
    assert converted(0.7)[0]["SOD"][0, 2] == 4
    arrays, attributes = converted(0.71)
    assert arrays["SOD"][0, 2] == 255
    assert attributes["SOD"]["dominant_share"] == 0.71
    with pytest.raises(ConfigError, match="dominant share"):
        convert_scene(make_raw(), tmp_path / "out", dominant_share=0)


def test_attributes(converted) -> None:
    def edit(file: netCDF4.Dataset) -> None:
        file["btemp_6_9h"].setncatts(
            {"AMSR2_swaths": ["a.h5", "b.h5"], "AMSR2_S1_delays": ["12", "-30"], "min": 1.0}
        )
        file["t2m"].setncatts({"units": "K", "long_name": "Air", "history": "of the raw file"})
        file["nersc_sar_secondary"].polarisation = "HV "
        file["distance_map"].long_name = "Zones"

    _, attributes = converted(edit=edit, flip=1, note="of the raw file", compress=False)
    version = attributes[""].pop("converted_by")
    assert version.startswith("seaice ")
    assert attributes[""] == {
        "scene_id": READY_NAME,
        "original_id": "S1A_EW_GRDM_1SDH_20180325T194759_20180325T194859_021176_024676_449C"
        "_icechart_dmi_201803251945_SouthEast_RIC.nc",
        "ice_service": "dmi",
        "flip": 1,
        "pixel_spacing": 80,
    }
    assert attributes["SIC"] == {"polygon": "Sea Ice Concentration [%]", "chart_fill_value": 255}
    assert attributes["nersc_sar_primary"] == {
        "variable_fill_value": 0,
        "polarisation": "HH",
        "description": "Sigma0 in dB",
        "min": -13,
        "max": -10,
    }
    assert attributes["nersc_sar_secondary"]["polarisation"] == "HV "
    assert attributes["sar_incidenceangle"] == {"variable_fill_value": 0}
    assert attributes["distance_map"] == {"long_name": "Zones"}
    assert attributes["btemp_6_9h"] == {
        "AMSR2_swaths": ["a.h5", "b.h5"],
        "AMSR2_S1_delays": ["12", "-30"],
        "min": 150,
        "max": 150,
    }
    assert attributes["t2m"] == {"units": "K", "long_name": "Air"}
    assert attributes["notice"] == ""


@pytest.mark.parametrize(
    ("spacing", "written"), [(200, 400), (np.float32(2.5e2), 500), (7.25, 14.5)]
)
def test_the_spacing_is_doubled(converted, spacing, written) -> None:
    _, attributes = converted(pixel_spacing=spacing)
    assert attributes[""]["pixel_spacing"] == written


def test_attributes_that_are_none(converted) -> None:
    """What the file says of its service counts, if it is a text; of a flip, if it is a number."""
    _, attributes = converted(ice_service="cis", flip="yes", title=3)
    said = attributes[""]
    assert (said["ice_service"], said["flip"]) == ("cis", 0)
    assert "title" not in said


def test_a_simulated_scene_stays_labelled(converted) -> None:
    _, attributes = converted(
        simulated=1, seed=4, simulator_version="2", title="Simulated scene in the raw layout"
    )
    said = attributes[""]
    assert (said["simulated"], said["seed"], said["simulator_version"]) == (1, 4, "2")
    assert said["title"] == "Simulated scene in the raw layout; made ready-to-train"


def test_a_scene_without_polygons_has_no_charts(converted) -> None:
    def change(arrays: dict) -> None:
        del arrays["polygon_icechart"], arrays["polygon_codes"]
        arrays["nersc_sar_primary"][1][0, 0] = NAN

    arrays, attributes = converted(change=change)
    assert not set(CHARTS) & set(arrays)
    assert "no charts" in attributes["notice"]
    assert np.isnan(arrays["nersc_sar_primary"]).sum() == 1


def test_a_cell_that_only_the_odd_line_reached_is_left_out(make_raw, tmp_path) -> None:
    """51 lines of 40 m reach into a second cell, 50 do not."""

    def change(arrays: dict) -> None:
        for name in (*SIGMA0, "polygon_icechart", "distance_map"):
            dims, values = arrays[name]
            arrays[name] = (dims, np.repeat(values[:1], 51, 0))
        for name in (*AMSR2, *ERA5):
            arrays[name] = (arrays[name][0], np.array([[150.0], [250.0]]))
        line = arrays["sar_grid_line"][1]
        line[line == 4] = 50

    scene = Scene.open(convert_scene(make_raw(change=change), tmp_path / "out").path)
    assert scene.grid.shape == (25, 3)
    cells = read_inputs(scene, ["t2m"]).values[0]
    np.testing.assert_allclose(cells, layout.scale("t2m", np.array(150.0)), rtol=1e-6)


def test_doubles_and_whole_numbers_are_read_as_well(converted) -> None:
    """Types differ between versions of the raw files."""
    expected, _ = converted()

    def change(arrays: dict) -> None:
        for name, kind in {
            "nersc_sar_primary": ">f8",
            "distance_map": np.float64,
            "polygon_icechart": np.int32,
            "sar_grid_line": np.int32,
            "t2m": np.float32,
        }.items():
            dims, values = arrays[name]
            arrays[name] = (dims, values.astype(kind))

    arrays, _ = converted(change=change)
    for name, values in expected.items():
        np.testing.assert_allclose(arrays[name], values, rtol=1e-6, atol=1e-6, err_msg=name)
