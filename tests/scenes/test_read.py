import netCDF4
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from seaice.ai4arctic.cells import cells_to_pixels
from seaice.ai4arctic.channels import CHANNEL_SETS, HH, POSITIONS, SAR
from seaice.ai4arctic.charts import FILL
from seaice.core.errors import ConfigError, SceneError
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import (
    read_channels,
    read_chart,
    read_inputs,
    read_positions,
    read_valid,
)
from seaice.scenes.scene import Scene
from seaice.scenes.undecoded import OpenFile


def raw(path, name):
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        return file[name][:]


@pytest.mark.parametrize("name", CHANNEL_SETS)
def test_inputs_come_in_the_order_of_the_channel_set(make_scene, name):
    path = make_scene()
    inputs = read_inputs(Scene.open(path), CHANNEL_SETS[name])
    assert inputs.values.dtype == np.float32
    for channel, values in zip(CHANNEL_SETS[name], inputs.values, strict=True):
        if channel in SAR:
            np.testing.assert_array_equal(values, raw(path, channel))
        elif channel.startswith("btemp"):
            whole = slice(0, 96), slice(0, 128)
            expected = cells_to_pixels(raw(path, channel), whole, 400)
            np.testing.assert_array_equal(values, expected)


def test_a_pixel_is_masked_only_where_all_sar_channels_hold_the_fill(make_scene):
    def one_zero(arrays):
        # The fill value is also the mean: in one channel alone it is a value like any other.
        arrays["nersc_sar_primary"][10, 100] = 0

    scene = Scene.open(make_scene(change=one_zero))
    valid = read_valid(scene)
    assert valid[10, 100]
    assert not valid[:, :16].any()
    assert valid[:, 16:].all()


def test_values_that_are_not_finite_are_masked(make_scene):
    def spoil(arrays):
        arrays["nersc_sar_secondary"][5, 50] = np.nan
        arrays["nersc_sar_primary"][6, 60] = np.inf
        arrays["t2m"][0, 0] = np.nan

    inputs = read_inputs(Scene.open(make_scene(change=spoil)), CHANNEL_SETS["all"])
    assert np.isfinite(inputs.values).all()
    assert not inputs.valid[5, 50]
    assert not inputs.valid[6, 60]


def test_coarse_inputs_are_means_of_valid_pixels(make_scene):
    path = make_scene(97, 131, 80)
    scene = Scene.open(path)
    coarse = read_inputs(scene, SAR, 400)
    hh, valid = raw(path, HH), read_valid(scene)
    assert coarse.values.shape == (3, 20, 27)
    # Samples 15 to 19: the first of them is masked (131 // 8 = 16).
    block = np.s_[5:10, 15:20]
    assert coarse.values[0, 1, 3] == pytest.approx(hh[block][valid[block]].mean(), abs=1e-6)
    assert not coarse.valid[0, 0]
    assert coarse.values[0, 0, 0] == 0


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    line=st.integers(0, 30),
    sample=st.integers(0, 40),
    size=st.integers(1, 16),
    spacing_m=st.sampled_from([40.0, 80.0, 130.0, 160.0]),
)
@example(line=0, sample=3, size=1, spacing_m=160.0)
def test_a_window_equals_the_slice_of_the_whole(make_scene, line, sample, size, spacing_m):
    scene = Scene.open(make_scene(97, 131, 80))
    grid = scene.grid.at(spacing_m)
    window = slice(line, min(line + size, grid.lines)), slice(sample, min(sample + size, 60))
    whole = read_inputs(scene, CHANNEL_SETS["autoice18"], spacing_m)
    part = read_inputs(scene, CHANNEL_SETS["autoice18"], spacing_m, window)
    np.testing.assert_array_equal(part.values, whole.values[:, *window])
    np.testing.assert_array_equal(part.valid, whole.valid[window])
    np.testing.assert_array_equal(
        read_chart(scene, "SOD", spacing_m, window), read_chart(scene, "SOD", spacing_m)[window]
    )


def test_spacings_whose_ratio_is_not_quite_whole(make_scene):
    """241.2 / 80.4 is 2.9999999999999996 in floating point."""
    scene = Scene.open(make_scene(30, 40, 80.4))
    whole = read_inputs(scene, SAR, 241.2)
    part = read_inputs(scene, SAR, 241.2, (slice(1, 3), slice(2, 7)))
    assert part.values.shape == (3, 2, 5)
    np.testing.assert_array_equal(part.values, whole.values[:, 1:3, 2:7])
    assert read_chart(scene, "SOD", 241.2, (slice(1, 3), slice(2, 7))).shape == (2, 5)


def test_interpolated_pixels_hold_zero_where_they_are_masked(make_scene):
    scene = Scene.open(make_scene(40, 64, 800))
    inputs = read_inputs(scene, SAR, 400)
    assert not inputs.valid.all()
    assert (inputs.values[:, ~inputs.valid] == 0).all()


def test_a_fill_value_that_is_no_number_does_no_harm(make_scene):
    path = make_scene()
    with netCDF4.Dataset(path, "a") as file:
        file["nersc_sar_primary"].variable_fill_value = "none"
    assert not read_valid(Scene.open(path))[:, :16].any()


def test_charts_keep_classes_and_mask_what_is_none(make_scene):
    def spoil(arrays):
        arrays["SOD"][0, 100] = 46

    path = make_scene(change=spoil, without=("FLOE",))
    scene = Scene.open(path)
    expected = raw(path, "SOD")
    expected[0, 100] = FILL
    np.testing.assert_array_equal(read_chart(scene, "SOD"), expected)
    assert (read_chart(scene, "FLOE") == FILL).all()


def test_positions_span_the_grid_from_centre_to_centre(make_scene):
    scene = Scene.open(make_scene())
    latitude, longitude = read_positions(scene)
    assert latitude.shape == (96, 128)
    np.testing.assert_allclose(latitude[0, 0], 70)
    with netCDF4.Dataset(scene.path) as file:
        given = [file[f"sar_grid2d_{name}"][:] for name in ("latitude", "longitude")]
    np.testing.assert_allclose(latitude[-1, -1], given[0][-1, -1])
    np.testing.assert_allclose(longitude[0, [0, -1]], given[1][0, [0, -1]])


def test_positions_of_coarse_pixels_are_those_of_their_middle(make_scene):
    scene = Scene.open(make_scene(100, 130, 80))
    fine = read_positions(scene)
    coarse = read_positions(scene, 400)
    for name, whole, block in zip(["lat", "lon"], fine, coarse, strict=True):
        np.testing.assert_allclose(block, whole[2::5, 2::5], atol=1e-6, err_msg=name)


def test_what_cannot_be_read_is_named(make_scene):
    scene = Scene.open(make_scene(without=("sar_grid2d_latitude", "t2m")))
    with pytest.raises(SceneError, match="lacks t2m"):
        read_inputs(scene, ("t2m",))
    with pytest.raises(SceneError, match="sar_grid2d_latitude"):
        read_positions(scene)
    with pytest.raises(ConfigError, match="does not lie on the grid"):
        read_inputs(scene, SAR, window=(slice(0, 97), slice(0, 5)))


def test_a_variable_is_read_once(make_scene, monkeypatch):
    """Validity takes all of the radar, and so do its channels."""
    read = []
    pixels = OpenFile.pixels
    monkeypatch.setattr(
        OpenFile, "pixels", lambda self, name, part: read.append(name) or pixels(self, name, part)
    )
    read_inputs(Scene.open(make_scene()), CHANNEL_SETS["autoice18"])
    assert sorted(read) == sorted([*SAR, "distance_map"])


def test_channels_alone_are_those_of_the_inputs_and_read_radar_only_when_asked(
    make_scene, monkeypatch
):
    scene, window = Scene.open(make_scene()), (slice(1, 9), slice(2, 12))
    read = []
    pixels = OpenFile.pixels
    monkeypatch.setattr(
        OpenFile, "pixels", lambda self, name, part: read.append(name) or pixels(self, name, part)
    )
    for names, expected in (
        (("t2m", "sin_latitude"), []),
        (("distance_map", "t2m"), ["distance_map"]),
        (("t2m", SAR[1]), list(SAR)),
    ):
        read.clear()
        values = read_channels(scene, names, 800, window)
        assert read == expected
        np.testing.assert_array_equal(values, read_inputs(scene, names, 800, window).values)
    with pytest.raises(SceneError, match="lacks nothing"):
        read_channels(scene, ("nothing",))


def test_small_grids_of_open_files_are_read_once(make_scene, monkeypatch):
    read = []
    whole = OpenFile.whole
    monkeypatch.setattr(
        OpenFile, "whole", lambda self, name: read.append(name) or whole(self, name)
    )
    scene, files = Scene.open(make_scene()), OpenFiles()
    for start in range(3):
        read_inputs(scene, CHANNEL_SETS["autoice18"], 400, (slice(start, 9), slice(0, 9)), files)
    assert len(read) == len(set(read)) == 10 + 2


def test_position_channels_are_those_of_the_positions(make_scene, position_channels):
    scene = Scene.open(make_scene(97, 131, 80))
    for spacing_m in (80, 400):
        values = read_inputs(scene, POSITIONS, spacing_m).values
        expected = position_channels(*read_positions(scene, spacing_m))
        for name, layer in zip(POSITIONS, values, strict=True):
            np.testing.assert_allclose(layer, expected[name], atol=5e-7, err_msg=name)


def test_positions_that_are_no_numbers_are_no_inputs(make_scene):
    def spoil(arrays):
        arrays["sar_grid2d_latitude"][3, 3] = np.nan

    scene = Scene.open(make_scene(change=spoil))
    with pytest.raises(SceneError, match="positions that are not finite numbers"):
        read_inputs(scene, POSITIONS)
    assert np.isfinite(read_inputs(scene, SAR).values).all()


def test_another_fill_value_masks_too(filled_otherwise):
    inputs = read_inputs(Scene.open(filled_otherwise), SAR)
    assert not inputs.valid[:, :16].any()
    assert (inputs.values[:, :, :16] == 0).all()
    assert inputs.valid[:, 16:].all()
