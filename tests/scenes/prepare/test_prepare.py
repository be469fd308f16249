"""Prepared scenes give the same patches as their sources, and folders are prepared once."""

import os
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr

from seaice.ai4arctic.channels import AMSR2, CHANNEL_SETS, ERA5, SAR
from seaice.ai4arctic.charts import CHARTS
from seaice.ai4arctic.layout import PREPARED_BY
from seaice.core.errors import ConfigError, OutputError, SceneError
from seaice.scenes.footprint import read_footprint
from seaice.scenes.prepare import prepare_folder, prepare_scene
from seaice.scenes.prepare import scene as preparing
from seaice.scenes.read import read_chart, read_inputs, read_positions
from seaice.scenes.scene import Scene
from seaice.training.patches.dataset import PatchDataset


def spoil(arrays: dict) -> None:
    """What real files hold somewhere: no numbers, no classes, other fill values."""
    arrays["nersc_sar_secondary"][5, 50] = np.nan
    arrays["nersc_sar_primary"][6, 60] = np.inf
    arrays["distance_map"][7, 70] = np.nan
    arrays["t2m"][0, 0] = np.nan
    arrays["SOD"][0, 100] = 46


@pytest.mark.parametrize("channels", ["autoice18", "all"])
@pytest.mark.parametrize("wanted_m", [None, 400, 130])
def test_patches_are_the_same_to_the_bit(make_scene, tmp_path, wanted_m, channels):
    source = Scene.open(make_scene(197, 331, 80, change=spoil))
    target = tmp_path / "out" / source.path.name
    assert prepare_scene(source, target, wanted_m)
    prepared, spacing_m = Scene.open(target), wanted_m or 80
    assert prepared.grid == source.grid.at(spacing_m)
    patches, expected = (
        PatchDataset([scene], CHANNEL_SETS[channels], spacing_m, 32, 12, seed=5)
        for scene in (prepared, source)
    )
    for index in range(12):
        assert patches.draw(index)[1] == expected.draw(index)[1]
        for part in ("inputs", "charts"):
            np.testing.assert_array_equal(patches[index][part], expected[index][part])


def test_a_last_cell_that_is_left_out(make_scene, tmp_path):
    """99 pixels of 40 m reach less than a cell beyond the only one; 3 of 1600 m reach further."""

    def left_out(arrays):
        for name in AMSR2 + ERA5:
            arrays[name] = arrays[name][:1, :1]

    source = Scene.open(make_scene(99, 99, 40, change=left_out))
    target = tmp_path / "out.nc"
    prepare_scene(source, target, 1600)
    names = CHANNEL_SETS["amsr2"]
    np.testing.assert_array_equal(
        read_inputs(Scene.open(target), names).values, read_inputs(source, names, 1600).values
    )


def test_validity_and_positions_are_the_same(make_scene, tmp_path):
    source = Scene.open(make_scene(197, 331, 80))
    prepare_scene(source, tmp_path / "coarse.nc", 400)
    prepare_scene(Scene.open(tmp_path / "coarse.nc"), tmp_path / "coarser.nc", 800)
    for name, spacing_m in (("coarse.nc", 400), ("coarser.nc", 800)):
        prepared = Scene.open(tmp_path / name)
        np.testing.assert_array_equal(read_positions(prepared), read_positions(source, spacing_m))
    prepared = Scene.open(tmp_path / "coarse.nc")
    np.testing.assert_array_equal(
        read_inputs(prepared, SAR).valid, read_inputs(source, SAR, 400).valid
    )


def test_positions_of_a_coarser_scene_span_its_own_grid(make_scene, tmp_path):
    """Whoever takes the 21 x 21 positions as the layout says is right too."""
    source = Scene.open(make_scene(200, 330, 80))
    prepare_scene(source, tmp_path / "coarse.nc", 400)
    with xr.open_dataset(tmp_path / "coarse.nc") as file:
        corners = file["sar_grid2d_latitude"].values[[0, 0, -1, -1], [0, -1, 0, -1]]
    latitude, _ = read_positions(source, 400)
    np.testing.assert_allclose(corners, latitude[[0, 0, -1, -1], [0, -1, 0, -1]], atol=1e-9)
    moved = read_footprint(Scene.open(tmp_path / "coarse.nc")) - read_footprint(source)
    # The centres of the corner pixels lie 160 m further in along lines and samples; here lines are
    # drawn out over 200 km.
    assert 0 < np.abs(moved).max() < 10_000


def test_what_a_scene_says_of_itself_is_kept(make_scene, tmp_path):
    path = make_scene(simulated=1, seed=7, flip=np.int64(0), title="a b")
    with netCDF4.Dataset(path, "a") as file:
        file["btemp_6_9h"].AMSR2_S1_delays = "-120 30"
        file["nersc_sar_primary"].polarisation = "HH"
        file["SIC"].polygon = "Sea Ice Concentration [%]"
    source = Scene.open(path)
    target = tmp_path / "out" / path.name
    prepare_scene(source, target, 800)
    prepared = Scene.open(target)
    for name in ("id", "time", "service", "region", "channels", "charts", "simulated", "delays"):
        assert getattr(prepared, name) == getattr(source, name), name
    with netCDF4.Dataset(path) as before, netCDF4.Dataset(target) as after:
        kept = set(before.ncattrs()) - {"pixel_spacing"}
        assert {name: before.getncattr(name) for name in kept}.items() <= vars(after).items()
        assert after.pixel_spacing == 800
        assert after.getncattr(PREPARED_BY).startswith("seaice ")
        assert after["nersc_sar_primary"].polarisation == "HH"
        assert after["nersc_sar_primary"].variable_fill_value == 0
        assert after["SIC"].chart_fill_value == 255
        assert after["SIC"].dtype == np.uint8
        assert not after["SIC"].filters()["zlib"]


def test_charts_of_a_reference_apart_are_put_in(make_scene, tmp_path):
    path = make_scene(without=CHARTS, seed=3)
    make_scene(name=path.name.replace("_prep", "_prep_reference"), without=SAR, seed=3)
    source = Scene.open(path)
    prepare_scene(source, tmp_path / "out" / path.name)
    prepared = Scene.open(tmp_path / "out" / path.name)
    assert prepared.charts_path == prepared.path
    for name in CHARTS:
        np.testing.assert_array_equal(read_chart(prepared, name), read_chart(source, name))


def test_a_scene_without_charts_or_positions(make_scene, tmp_path):
    path = make_scene(without=(*CHARTS, "sar_grid2d_latitude", "t2m"))
    prepare_scene(Scene.open(path), tmp_path / "out.nc", 800)
    prepared = Scene.open(tmp_path / "out.nc")
    assert prepared.charts == ()
    assert prepared.missing("all") == ["t2m"]


def test_other_fill_values_become_that_of_the_layout(filled_otherwise, tmp_path):
    prepare_scene(Scene.open(filled_otherwise), tmp_path / "out.nc")
    inputs = read_inputs(Scene.open(tmp_path / "out.nc"), SAR)
    np.testing.assert_array_equal(
        inputs.valid, read_inputs(Scene.open(filled_otherwise), SAR).valid
    )
    assert not inputs.valid.all()


def folder_of(make_scene, folder: Path, days: int = 2) -> list[Path]:
    names = [f"2018032{day}T000000_dmi_prep.nc" for day in range(1, days + 1)]
    return [make_scene(40, 50, folder=folder, name=name) for name in names]


def test_a_folder_is_prepared_once(make_scene, tmp_path):
    files, out = folder_of(make_scene, tmp_path / "in"), tmp_path / "out"
    first = list(prepare_folder(files, out))
    assert [each.path for each in first] == [out / path.name for path in files]
    assert all(each.seconds > 0 for each in first)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert [each.seconds for each in prepare_folder(files, out)] == [0, 0]
    os.utime(files[1], ns=(0, 0))
    assert [each.seconds > 0 for each in prepare_folder(files, out)] == [False, True]
    assert [each.seconds > 0 for each in prepare_folder(files, out, 800)] == [True, True]
    assert set(out.iterdir()) == set(before)


def test_bad_scenes_are_named_and_left_out(make_scene, tmp_path):
    files, out = folder_of(make_scene, tmp_path / "in"), tmp_path / "out"
    files[0].write_text("")
    bad, good = prepare_folder(files, out)
    assert bad.path is None
    assert str(files[0]) in bad.problem
    assert "\n" not in bad.problem
    assert [good.path] == list(out.iterdir())


def test_several_processes_do_the_same(make_scene, tmp_path):
    files = folder_of(make_scene, tmp_path / "in")
    alone = list(prepare_folder(files, tmp_path / "a", 800))
    both = list(prepare_folder(files, tmp_path / "b", 800, jobs=2))
    for one, other in zip(alone, both, strict=True):
        with xr.open_dataset(one.path) as left, xr.open_dataset(other.path) as right:
            xr.testing.assert_identical(left, right)


@pytest.mark.parametrize("inside", ["in", "in/deeper", "in/../in", "link"])
def test_sources_are_only_read(make_scene, tmp_path, inside):
    files = folder_of(make_scene, tmp_path / "in")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    with pytest.raises(ConfigError, match="holds the scenes to read"):
        list(prepare_folder(files, tmp_path / inside))
    assert sorted((tmp_path / "in").iterdir()) == files


def test_no_other_file_is_replaced(make_scene, tmp_path):
    """Say a folder of links, prepared into the one that they lead to."""
    real = folder_of(make_scene, tmp_path / "real")
    (tmp_path / "links").mkdir()
    links = [tmp_path / "links" / path.name for path in real]
    for link, path in zip(links, real, strict=True):
        link.symlink_to(path)
    before = [path.read_bytes() for path in real]
    for each in prepare_folder(links, tmp_path / "real", 800):
        assert "is not a prepared scene, so it is not replaced" in each.problem
    assert [path.read_bytes() for path in real] == before


@pytest.mark.parametrize("spacing_m", [0, -80, 5, 20_000, float("nan")])
def test_spacings_that_no_scene_can_have(make_scene, tmp_path, spacing_m):
    files = folder_of(make_scene, tmp_path / "in")
    with pytest.raises(ConfigError, match="10 to 10000 metres"):
        list(prepare_folder(files, tmp_path / "out", spacing_m))
    assert not (tmp_path / "out").exists()


def test_a_file_that_breaks_off_leaves_nothing(make_scene, tmp_path, monkeypatch):
    scene = Scene.open(make_scene(folder=tmp_path / "in"))

    def fail(*arguments):
        raise SceneError(scene.path, "cannot be read whole")

    monkeypatch.setattr(preparing, "read_chart", fail)
    with pytest.raises(SceneError, match="cannot be read whole"):
        prepare_scene(scene, tmp_path / "out" / "x.nc")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_is_no_fault_of_the_scene(make_scene, tmp_path, monkeypatch):
    """The scene is open while a variable is written, and the library's error is the same."""

    class Full:
        def __setitem__(self, where: object, values: object) -> None:
            raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr(preparing._Writer, "_create", lambda *_: Full())
    target = tmp_path / "out" / "scene.nc"
    with pytest.raises(OutputError) as raised:
        prepare_scene(Scene.open(make_scene(64, 64)), target)
    assert str(raised.value).startswith(f"{target} cannot be written (NetCDF: HDF error)")
