"""Polygons of a predicted chart: their fields, their places, and how their rings run."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from pyogrio import raw
from pyogrio.errors import FeatureError
from rasterio.features import rasterize
from rasterio.transform import from_bounds

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.errors import OutputError
from seaice.network.checkpoint import load_checkpoint
from seaice.results.export import polygons, write_polygons
from seaice.results.export.geopackage import write_geopackage
from seaice.results.inference import Prediction, predict
from seaice.scenes.read import read_positions, read_valid
from seaice.scenes.scene import Scene

EMPTY = {"type": "FeatureCollection", "features": []}


@pytest.fixture
def prediction(make_scene, make_checkpoint) -> Prediction:
    """Old ice with a hole of young ice in water, and a speck of one pixel."""
    found = predict(Scene.open(make_scene()), load_checkpoint(make_checkpoint()))
    classes = np.zeros(found.grid.shape, int)
    classes[20:60, 40:100] = 5
    classes[30:45, 60:80] = 2
    classes[80, 100] = 4
    one_hot = np.stack([classes == each for each in range(CHART["SOD"].n_classes)])
    return replace(found, probabilities={**found.probabilities, "SOD": one_hot.astype(np.float16)})


def features(folder: Path, prediction: Prediction, chart: str) -> list[dict]:
    write_polygons(folder / "x.geojson", prediction, "seaice predict x")
    document = json.loads((folder / f"x_{chart}.geojson").read_text())
    assert document["type"] == "FeatureCollection"
    assert document["origin"]["checkpoint_sha256"] == prediction.sha256
    return document["features"]


def signed_area(ring: list) -> float:
    x, y = np.array(ring).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_a_class_becomes_a_polygon_with_its_sigrid_fields(prediction, tmp_path: Path):
    found = features(tmp_path, prediction, "SOD")
    # The speck has joined the water.
    facts = sorted((each["properties"] for each in found), key=lambda each: each["class"])
    assert facts == [
        {"class": 0, "name": "Open water", "POLY_TYPE": "W"},
        {"class": 2, "name": "Young ice", "POLY_TYPE": "I", "SA": "83"},
        {"class": 5, "name": "Old ice", "POLY_TYPE": "I", "SA": "95"},
    ]
    (old,) = (each for each in found if each["properties"]["class"] == 5)
    outer, hole = old["geometry"]["coordinates"]
    assert outer[0] == outer[-1]
    # Counterclockwise, the hole clockwise (RFC 7946).
    assert signed_area(outer) > 0 > signed_area(hole)


def test_polygons_lie_where_the_pixels_lie(prediction, tmp_path: Path):
    (old,) = (
        each for each in features(tmp_path, prediction, "SOD") if each["properties"]["class"] == 5
    )
    latitude, longitude = read_positions(prediction.scene)
    corners = np.array(old["geometry"]["coordinates"][0])
    # By hand: the corner of the first pixel is half a pixel off its centre.
    d_latitude = (latitude[1, 0] - latitude[0, 0]) / 2
    d_longitude = (longitude[0, 1] - longitude[0, 0]) / 2
    north_west = longitude[20, 40] - d_longitude, latitude[20, 40] - d_latitude
    distance = np.abs(corners - north_west).max(axis=1).min()
    assert distance < 1e-4


def test_all_polygons_together_cover_the_valid_pixels(prediction, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(polygons, "SMALLEST_KM2", 0.0)
    found = features(tmp_path, prediction, "FLOE")
    latitude, longitude = read_positions(prediction.scene)
    # The test's positions run along parallels and meridians.
    half_lat = abs(latitude[1, 0] - latitude[0, 0]) / 2
    half_lon = abs(longitude[0, 1] - longitude[0, 0]) / 2
    lines, samples = latitude.shape
    bounds = (
        longitude.min() - half_lon,
        latitude.min() - half_lat,
        longitude.max() + half_lon,
        latitude.max() + half_lat,
    )
    burnt = rasterize(
        [(each["geometry"], each["properties"]["class"]) for each in found],
        (lines, samples),
        fill=255,
        transform=from_bounds(*bounds, samples, lines),
        dtype="uint8",
    )
    valid = read_valid(prediction.scene)
    expected = np.where(valid, prediction.classes("FLOE"), 255)
    assert np.mean(burnt == expected) > 0.99


def test_concentration_is_told_as_ct(prediction, tmp_path: Path):
    full = replace(prediction, sic=np.full(prediction.grid.shape, 10, np.float32))
    (only,) = features(tmp_path, full, "SIC")
    assert only["properties"] == {"class": 10, "name": "100 %", "POLY_TYPE": "I", "CT": "92"}


def test_a_geopackage_holds_the_same_polygons_as_layers(prediction, tmp_path: Path):
    *charts, geopackage = write_polygons(tmp_path / "x.geojson", prediction, "seaice predict x")
    assert geopackage == tmp_path / "x.gpkg"
    assert [name for name, _ in pyogrio.list_layers(geopackage)] == list(CHARTS)
    for chart, path in zip(CHARTS, charts, strict=True):
        about, _, geometry, columns = raw.read(geopackage, layer=chart)
        expected, _, as_geojson, values = raw.read(path)
        assert (about["crs"], about["geometry_type"]) == ("EPSG:4326", "Polygon")
        assert list(about["fields"]) == list(expected["fields"])
        assert list(geometry) == list(as_geojson)
        for column, value in zip(columns, values, strict=True):
            assert list(column) == list(value)
        tags = pyogrio.read_info(geopackage, layer=chart)["layer_metadata"]
        assert tags["checkpoint_sha256"] == prediction.sha256


def test_a_chart_without_polygons_is_an_empty_layer(prediction, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(polygons, "read_valid", lambda scene: np.zeros(scene.grid.shape, bool))
    *_, geopackage = write_polygons(tmp_path / "x.geojson", prediction, "seaice predict x")
    for chart in CHARTS:
        assert pyogrio.read_info(geopackage, layer=chart)["features"] == 0


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write_geopackage(tmp_path / "file" / "y.gpkg", {"SOD": EMPTY}, {})
    assert not list(tmp_path.glob("**/*.part"))


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path: Path, monkeypatch):
    def write(made: Path, *_: object, **__: object) -> None:
        made.write_bytes(b"half of it")
        assert len(list(tmp_path.glob("new/.*/polygons.gpkg"))) == 1, "on another disk"
        raise FeatureError("Could not add feature to layer at index 0: disk I/O error")

    monkeypatch.setattr(raw, "write", write)
    with pytest.raises(OutputError, match="disk I/O error"):
        write_geopackage(tmp_path / "new" / "y.gpkg", {"SOD": EMPTY}, {})
    assert not list((tmp_path / "new").iterdir())
