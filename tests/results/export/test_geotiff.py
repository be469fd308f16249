import json
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.commands.main import app
from seaice.core.errors import OutputError, PartlyDoneError, SceneError
from seaice.network.checkpoint import load_checkpoint
from seaice.results.export import write_geotiff
from seaice.results.inference import Prediction, predict
from seaice.scenes.read import read_positions, read_valid
from seaice.scenes.scene import Scene

NO_POSITIONS = "sar_grid2d_latitude", "sar_grid2d_longitude"


def at(*, latitude: tuple, longitude: tuple, across: tuple = (0, 0)):
    """A change of a scene's positions: latitude along lines, longitude along samples, sheared."""

    def change(arrays: dict) -> None:
        lines, samples = np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 1, 21), indexing="ij")
        degrees_east = longitude[0] + (longitude[1] - longitude[0]) * samples + across[0] * lines
        arrays["sar_grid2d_latitude"] = (
            latitude[0] + (latitude[1] - latitude[0]) * lines + across[1] * samples
        )
        arrays["sar_grid2d_longitude"] = (degrees_east + 180) % 360 - 180

    return change


# About as large as 96 x 128 pixels of 400 m. The first line lies in the north, or in the
# south, as in an ascending pass.
GREENLAND = at(latitude=(70, 69.65), longitude=(-60, -58.65), across=(0.3, 0.1))
ASCENDING = at(latitude=(69.65, 70), longitude=(-60, -58.65), across=(-0.3, 0.1))
WEDDELL_SEA = at(latitude=(-70, -70.35), longitude=(-60, -58.65), across=(0.3, 0.1))
ACROSS_180 = at(latitude=(72, 71.65), longitude=(179.3, 180.8), across=(0.2, -0.1))


@pytest.fixture
def predicted(make_scene, make_checkpoint):
    def make(*size: int, change=GREENLAND, **options) -> Prediction:
        scene = Scene.open(make_scene(*size, change=change, **options))
        return predict(scene, load_checkpoint(make_checkpoint()))

    return make


def coded(prediction: Prediction) -> None:
    """Maps that tell lines and samples: SOD changes every 16 lines, FLOE every 16 samples."""
    lines, samples = np.indices(prediction.grid.shape)
    for chart, index in (("SOD", lines), ("FLOE", samples)):
        probabilities = prediction.probabilities[chart]
        probabilities[:] = (
            index // 16 % len(probabilities) == np.arange(len(probabilities))[:, None, None]
        )
    prediction.sic[:] = samples / samples.max() * 10


def map_places(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Centres of all pixels on the map, x and y in metres."""
    latitude, longitude = read_positions(scene)
    code = 3413 if latitude[0, 0] > 0 else 3976
    return Transformer.from_crs(4326, code, always_xy=True).transform(longitude, latitude)


def sampled(path: Path, scene: Scene) -> np.ndarray:
    """What the file shows at the centre of every pixel of a scene, (3, lines, samples)."""
    x, y = map_places(scene)
    with rasterio.open(path) as file:
        values = file.read()
        rows, columns = rasterio.transform.rowcol(file.transform, x.ravel(), y.ravel())
    return values[:, rows, columns].reshape(3, *scene.grid.shape)


@pytest.mark.parametrize("change", [GREENLAND, ASCENDING, ACROSS_180])
@pytest.mark.parametrize("spacing_m", [400, 80])
def test_every_pixel_lies_at_its_position(predicted, tmp_path, change, spacing_m):
    size = 96 * 400 // spacing_m, 128 * 400 // spacing_m
    prediction = predicted(*size, spacing_m, change=change)
    coded(prediction)
    scene = prediction.scene
    write_geotiff(tmp_path / "x.tif", prediction, "")
    valid = read_valid(scene)
    # The pixels of file and scene overlap in part: at a border of classes, or of the swath, either
    # class is right.
    shown = sampled(tmp_path / "x.tif", scene)
    for chart, band in (("SOD", shown[1]), ("FLOE", shown[2])):
        true = np.where(valid, prediction.on(scene.grid, chart), 255)
        near = [np.roll(true, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        inner = np.all([each == true for each in near], axis=0)[1:-1, 1:-1]
        assert inner.mean() > 0.7
        np.testing.assert_array_equal(band[1:-1, 1:-1][inner], true[1:-1, 1:-1][inner])
        # Nor is a map that is off by half a pixel.
        assert (band == true).mean() > 0.96
    percent = prediction.on(scene.grid, "SIC") * 10
    inner = valid & (shown[0] != 255)
    per_pixel = 100 / scene.grid.samples
    assert abs(shown[0] - percent)[inner].max() <= 0.5 + 1.01 * per_pixel
    assert abs((shown[0] - percent)[inner].mean()) < 0.1 * per_pixel + 0.02


def test_nothing_is_shown_outside_the_swath(predicted, tmp_path):
    prediction = predicted()
    write_geotiff(tmp_path / "x.tif", prediction, "")
    with rasterio.open(tmp_path / "x.tif") as file:
        bands = file.read()
    assert (bands[:, [0, 0, -1, -1], [0, -1, 0, -1]] == 255).all()
    empty = bands == 255
    assert (empty == empty[0]).all()
    # As large as the valid pixels together.
    x, y = map_places(prediction.scene)
    (x_line, x_sample), (y_line, y_sample) = np.gradient(x), np.gradient(y)
    area_px = abs(x_line * y_sample - x_sample * y_line) / 400**2
    expected = area_px[read_valid(prediction.scene)].sum()
    assert (~empty[0]).sum() == pytest.approx(expected, rel=0.003)
    assert bands[0][~empty[0]].max() <= 100
    assert bands[1][~empty[0]].max() < CHART["SOD"].n_classes


def test_a_file_says_what_it_shows_and_where_it_came_from(predicted, tmp_path):
    prediction = predicted(simulated=1)
    write_geotiff(tmp_path / "out" / "x.tif", prediction, "seaice predict a b\x07")
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["x.tif"]
    with rasterio.open(tmp_path / "out" / "x.tif") as file:
        assert file.crs.to_epsg() == 3413
        assert file.res == (400, 400)
        assert (file.bounds.left % 400, file.bounds.top % 400) == (0, 0)
        assert (file.dtypes, file.nodatavals) == (("uint8",) * 3, (255,) * 3)
        assert file.compression.name == "deflate"
        assert file.profile["tiled"]
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert [text.split(":")[0] for text in file.descriptions] == ["SIC", "SOD", "FLOE"]
        assert file.tags(1)["units"] == "percent"
        assert file.tags(2)["class_5"] == "Old ice"
        assert file.tags(3)["class_6"] == "Bergs"
        tags = file.tags()
    assert tags["title"] == "Predicted ice charts of the simulated scene 20180325T194759_dmi"
    assert tags["simulated"] == "1"
    assert tags["checkpoint_sha256"] == prediction.sha256
    assert tags["atrous_rates"] == "1-2"
    assert tags["pixel_spacing"] == "400"
    assert tags["notice"] == "none"
    assert tags["history"].endswith(" seaice predict a b?")


def test_a_scene_in_the_south_gets_a_map_of_the_south(predicted, tmp_path):
    write_geotiff(tmp_path / "x.tif", predicted(change=WEDDELL_SEA), "")
    with rasterio.open(tmp_path / "x.tif") as file:
        assert file.crs.to_epsg() == 3976
        # The Weddell Sea lies at the upper left of the pole.
        assert file.bounds.right < 0 < file.bounds.bottom


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (at(latitude=(70, 70), longitude=(-60, -50)), "do not form a grid"),
        (at(latitude=(69, 70), longitude=(-60, -60), across=(0, 1)), "do not form a grid"),
        (at(latitude=(70, 120), longitude=(-60, -50)), "are not on Earth"),
        (at(latitude=(70, 69), longitude=(np.nan, np.nan)), "are not on Earth"),
        (at(latitude=(72, 70), longitude=(-60, -54)), "km apart"),
    ],
)
def test_positions_that_place_nothing_are_refused(predicted, tmp_path, change, words):
    with pytest.raises(SceneError, match=f"{words}.* Write NetCDF"):
        write_geotiff(tmp_path / "out" / "x.tif", predicted(change=change), "")
    assert not (tmp_path / "out").exists()


def test_a_scene_without_positions_is_refused(predicted, tmp_path):
    prediction = predicted(without=NO_POSITIONS)
    with pytest.raises(SceneError, match=r"lacks sar_grid2d_latitude.* Write NetCDF"):
        write_geotiff(tmp_path / "x.tif", prediction, "")


def test_a_folder_that_cannot_be_written_to_is_named(predicted, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_geotiff(tmp_path / "file" / "x.tif", predicted(), "")


def test_a_full_disk_leaves_the_old_file(predicted, tmp_path, monkeypatch):
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    prediction = predicted()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.tif").write_text("old")
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        write_geotiff(tmp_path / "out" / "x.tif", prediction, "")
    assert [each.read_text() for each in (tmp_path / "out").iterdir()] == ["old"]


def test_the_command_lists_geotiffs_and_keeps_netcdf_without_positions(
    make_scene, make_checkpoint, tmp_path, monkeypatch, capsys
):
    good = make_scene(change=GREENLAND)
    bare = make_scene(name="20190101T000000_dmi_prep.nc", without=NO_POSITIONS)
    checkpoint, out = make_checkpoint(name="c"), tmp_path / "out"
    command = ["predict", str(checkpoint), str(bare), str(good), "--out", str(out), "--geotiff"]
    monkeypatch.setattr(sys, "argv", ["seaice", *command])
    with pytest.raises(PartlyDoneError, match="without 1 file, named above"):
        app([*command, "--json"], standalone_mode=False)
    said = capsys.readouterr()
    assert "20190101T000000_dmi_prep.nc lacks sar_grid2d" in said.err
    first, second = json.loads(said.out)
    assert Path(first["file"]).is_file()
    assert "geotiff" not in first
    assert second["geotiff"] == str(out / "20180325T194759_dmi_c.tif")
    charts = [str(out / f"20180325T194759_dmi_c_{name}.tif") for name in CHARTS]
    assert second["chart_geotiffs"] == charts
    names = {f"20180325T194759_dmi_c_{name}.tif.aux.xml" for name in ("SOD", "FLOE")}
    written = {Path(each).name for each in (first["file"], second["file"], second["geotiff"])}
    assert {each.name for each in out.iterdir()} == written | names | {Path(c).name for c in charts}
    app(
        ["predict", str(checkpoint), str(good), "--out", str(out), "--geotiff", "--polygons"],
        standalone_mode=False,
    )
    polygons = [str(out / f"20180325T194759_dmi_c_{name}.geojson") for name in CHARTS]
    polygons.append(str(out / "20180325T194759_dmi_c.gpkg"))
    files = [second["file"], second["geotiff"], *charts, *polygons]
    assert capsys.readouterr().out.split() == files
    with rasterio.open(second["geotiff"]) as file:
        assert file.tags()["history"].endswith("--geotiff")
