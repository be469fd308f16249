import netCDF4
import numpy as np
import pytest
import xarray as xr

from seaice.ai4arctic.charts import CHART, FILL
from seaice.core.errors import OutputError
from seaice.explain.export import write_heatmap
from seaice.explain.gradcam import CamConfig, explain
from seaice.network.checkpoint import load_checkpoint
from seaice.results.export import cf, netcdf, write_prediction
from seaice.results.inference import predict
from seaice.results.scoring import sic_classes
from seaice.scenes.read import read_positions, read_valid
from seaice.scenes.scene import Scene


@pytest.mark.parametrize("spacing_m", [80, 400, 800])
def test_a_file_holds_the_maps_on_the_scenes_grid(make_scene, make_checkpoint, tmp_path, spacing_m):
    scene = Scene.open(make_scene(120, 160, spacing_m))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    path = tmp_path / "out" / "x.nc"
    write_prediction(path, prediction, "seaice predict x")
    valid = read_valid(scene)
    with xr.open_dataset(path, mask_and_scale=False) as file:
        assert file["SOD"].dims == ("lines", "samples")
        np.testing.assert_array_equal(
            file["SOD"], np.where(valid, prediction.on(scene.grid, "SOD"), FILL)
        )
        sic = prediction.on(scene.grid, "SIC")
        np.testing.assert_array_equal(file["SIC"], np.where(valid, sic, np.nan))
        np.testing.assert_array_equal(file["SIC_class"], np.where(valid, sic_classes(sic), FILL))
        np.testing.assert_array_equal(file["valid"], valid)
        latitude, _ = read_positions(scene)
        assert float(file["latitude"][-1, -1]) == pytest.approx(latitude[-1, -1], abs=1e-9)


def test_a_file_says_what_its_values_mean_and_where_they_came_from(
    make_scene, make_checkpoint, tmp_path
):
    scene = Scene.open(make_scene(simulated=1))
    prediction = predict(scene, load_checkpoint(make_checkpoint()))
    write_prediction(tmp_path / "x.nc", prediction, "seaice predict a b")
    with xr.open_dataset(tmp_path / "x.nc") as file:
        for name, chart in (("SIC_class", "SIC"), ("SOD", "SOD"), ("FLOE", "FLOE")):
            meanings = file[name].attrs["flag_meanings"].split()
            assert len(meanings) == len(file[name].attrs["flag_values"]) == CHART[chart].n_classes
        assert file["SOD"].attrs["flag_meanings"].startswith("open_water new_ice young_ice")
        assert file.attrs["Conventions"] == "CF-1.11"
        assert file.attrs["checkpoint_sha256"] == prediction.sha256
        assert file.attrs["scene"] == scene.id
        assert file.attrs["time_coverage_start"] == "2018-03-25T19:47:59Z"
        assert list(file["SOD_classes"].values) == [0, 1, 2, 3, 4, 5]
        assert file["SOD_classes"].attrs["flag_meanings"].startswith("open_water new_ice")
        assert file.attrs["simulated"] == 1
        assert "seaice predict a b" in file.attrs["history"]
        assert "torch" in file.attrs["software"]
        assert file["SOD"].attrs["coordinate_interpolation"].startswith("latitude: longitude: ")
        total = file["SOD_probability"].where(file["valid"] == 1).sum("SOD_classes")
        assert float(abs(total.where(file["valid"] == 1) - 1).max()) < 0.02


def test_probabilities_lie_on_the_networks_grid(make_scene, make_checkpoint, tmp_path):
    prediction = predict(Scene.open(make_scene(100, 100, 80)), load_checkpoint(make_checkpoint()))
    write_prediction(tmp_path / "x.nc", prediction, "")
    with xr.open_dataset(tmp_path / "x.nc") as file:
        assert file["FLOE_probability"].dims == ("FLOE_classes", "network_lines", "network_samples")
        assert file["FLOE_probability"].shape == (7, 20, 20)
        assert "network_latitude" in file["FLOE_probability"].attrs["coordinate_interpolation"]
        assert file["network_position_lines"].values.tolist() == [0, 10, 19]
        valid = prediction.valid
        np.testing.assert_allclose(
            file["FLOE_entropy"].values[valid], prediction.entropy("FLOE")[valid], atol=0.003
        )
        assert np.isnan(file["FLOE_entropy"].values[~valid]).all()


def test_radar_is_not_read_again_for_a_validity_that_is_known(
    make_scene, make_checkpoint, tmp_path, monkeypatch
):
    prediction = predict(Scene.open(make_scene()), load_checkpoint(make_checkpoint()))
    monkeypatch.setattr(netcdf, "read_valid", None)
    write_prediction(tmp_path / "x.nc", prediction, "")
    with netCDF4.Dataset(tmp_path / "x.nc") as file:
        np.testing.assert_array_equal(file["valid"], prediction.valid)


def test_a_strip_fills_its_chunks(make_scene, make_checkpoint, tmp_path, monkeypatch):
    """So that each is compressed once, and none waits in memory for its other lines."""
    monkeypatch.setattr(cf, "STRIP_LINES", 32)
    prediction = predict(Scene.open(make_scene()), load_checkpoint(make_checkpoint()))
    write_prediction(tmp_path / "x.nc", prediction, "")
    with netCDF4.Dataset(tmp_path / "x.nc") as file:
        assert file["SIC"].chunking() == [32, 128]
        assert file["SOD_probability"].chunking() == [1, 32, 128]
        assert file["latitude"].chunking() == [len(file["position_lines"]), 14]


def test_a_scene_without_positions_is_written(make_scene, make_checkpoint, tmp_path):
    scene = Scene.open(make_scene(without=("sar_grid2d_latitude", "sar_grid2d_longitude")))
    write_prediction(tmp_path / "x.nc", predict(scene, load_checkpoint(make_checkpoint())), "")
    with netCDF4.Dataset(tmp_path / "x.nc") as file:
        assert "latitude" not in file.variables


def test_nothing_half_written_stays_behind(make_scene, make_checkpoint, tmp_path, monkeypatch):
    prediction = predict(Scene.open(make_scene()), load_checkpoint(make_checkpoint()))
    out = tmp_path / "out"

    def full_disk(*_: object) -> None:
        # What the library makes of a full disk.
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr("seaice.results.export.netcdf._uncertainty", full_disk)
    with pytest.raises(OutputError, match="HDF error"):
        write_prediction(out / "x.nc", prediction, "")
    assert list(out.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_named(make_scene, make_checkpoint, tmp_path):
    prediction = predict(Scene.open(make_scene(32, 32)), load_checkpoint(make_checkpoint()))
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_prediction(tmp_path / "file" / "x.nc", prediction, "")


def test_a_heatmap_is_masked_and_raw_beside(make_scene, make_checkpoint, tmp_path):
    scene = Scene.open(make_scene())
    checkpoint = load_checkpoint(make_checkpoint())
    region = slice(10, 50), slice(40, 90)
    heatmap = explain(scene, checkpoint, CamConfig("SIC", 0), region)
    write_heatmap(tmp_path / "h.nc", scene, heatmap, checkpoint, "seaice explain")
    valid = read_valid(scene)
    with xr.open_dataset(tmp_path / "h.nc") as file:
        np.testing.assert_array_equal(file["raw"], heatmap.raw)
        assert np.isnan(file["evidence"].values[~valid]).all()
        np.testing.assert_array_equal(
            file["evidence"].values[valid], heatmap.on(heatmap.grid)[valid]
        )
        assert "HiResCAM evidence for SIC more ice at encoder" in file["evidence"].long_name
        assert file["evidence"].units == "percent km-2"
        # Cells of 8 pixels of 400 m; one step of SIC is 10 percentage points.
        positive = np.maximum(heatmap.raw, 0)
        expected = positive.max() * 10 / 3.2**2
        assert heatmap.on(heatmap.grid).max() <= expected * (1 + 1e-6)
        assert heatmap.on(heatmap.grid).max() > expected / 2
        assert file.attrs["target_pixels"] == heatmap.target_pixels == 40 * 50
        assert list(file.attrs["explained_region"]) == [10, 50, 40, 90]
        assert (file.attrs["chart"], file.attrs["target"]) == ("SIC", "more ice")
        assert file.attrs["checkpoint_sha256"] == checkpoint.sha256
