import numpy as np
import pytest
import rasterio
import rasterio.shutil

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.figures.palettes import chart_palette
from seaice.network.checkpoint import load_checkpoint
from seaice.results.export import write_chart_geotiffs, write_geotiff
from seaice.results.inference import Prediction, predict
from seaice.scenes.scene import Scene


@pytest.fixture
def prediction(make_scene, make_checkpoint) -> Prediction:
    scene = Scene.open(make_scene(simulated=1))
    return predict(scene, load_checkpoint(make_checkpoint()))


def test_each_chart_has_a_file_with_its_colours(prediction, tmp_path):
    together, out = tmp_path / "all.tif", tmp_path / "out"
    write_geotiff(together, prediction, "")
    paths = write_chart_geotiffs(out / "x.tif", prediction, "seaice predict")
    assert [path.name for path in paths] == ["x_SIC.tif", "x_SOD.tif", "x_FLOE.tif"]
    names = {f"{path.name}.aux.xml" for path in paths[1:]}
    assert {path.name for path in out.iterdir()} == {path.name for path in paths} | names
    with rasterio.open(together) as file:
        bands, crs, transform = file.read(), file.crs, file.transform
    for name, path, band in zip(CHARTS, paths, bands, strict=True):
        with rasterio.open(path) as file:
            np.testing.assert_array_equal(file.read(1), band)
            assert (file.crs, file.transform, file.nodata) == (crs, transform, 255)
            assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            assert file.tags()["title"].startswith("Predicted ice charts of the simulated scene")
            table = file.colormap(1)
        for value, colour in enumerate(chart_palette(name).colours):
            assert table[value] == (*colour, 255)
        assert table[255][3] == 0


def test_gdal_finds_the_names_of_the_classes(prediction, tmp_path):
    """It copies them into a virtual file, the only way in which rasterio shows them."""
    _, sod, _ = write_chart_geotiffs(tmp_path / "x.tif", prediction, "")
    rasterio.shutil.copy(sod, tmp_path / "x.vrt", driver="VRT")
    text = (tmp_path / "x.vrt").read_text()
    found = [text.index(f"<Category>{name}</Category>") for name in CHART["SOD"].class_names]
    assert found == sorted(found)
