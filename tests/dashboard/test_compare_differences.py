"""Maps of differences on Compare, from classes that are known."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from seaice.ai4arctic.charts import CHART
from seaice.dashboard.compare.difference_maps import difference_maps, error_maps
from seaice.dashboard.compare.results import ColumnResult
from seaice.dashboard.scene_view import SceneView
from seaice.results.maps import ChartMaps
from seaice.scenes.read import read_valid
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

YOUNG, THIN, OLD = 2, 3, 5


@pytest.fixture
def scene(make_scene) -> Scene:
    """A scene whose chart says old ice everywhere, and whose SIC is 100 %."""

    def uniform(arrays: dict) -> None:
        for name, value in (("SOD", OLD), ("SIC", 10)):
            arrays[name] = np.full_like(arrays[name], value)

    return Scene.open(make_scene(change=uniform))


def column(scene: Scene, name: str, classes: np.ndarray, sic: float) -> ColumnResult:
    """A column that predicts classes of SOD and one concentration."""
    one_hot = np.stack([classes == each for each in range(CHART["SOD"].n_classes)])
    shape = scene.grid.shape
    maps = ChartMaps(
        scene,
        scene.grid,
        read_valid(scene),
        np.full(shape, sic, np.float32),
        {"SOD": one_hot.astype(np.float16)},
        0.0,
        "",
        source=name,
    )
    return ColumnResult((name,), maps)


@pytest.fixture
def columns(scene: Scene) -> list[ColumnResult]:
    """Old ice everywhere; and young ice in the right quarter of the samples."""
    classes = np.full(scene.grid.shape, OLD)
    other = classes.copy()
    other[:, -scene.grid.samples // 4 :] = YOUNG
    return [column(scene, "all old", classes, 10), column(scene, "part young", other, 7)]


def share_of_colour(image: str, colour: np.ndarray) -> float:
    """Share of a colour among the opaque pixels of a picture."""
    picture = Image.open(io.BytesIO(base64.b64decode(image.split(",")[1]))).convert("RGBA")
    pixels = np.asarray(picture).reshape(-1, 4)
    opaque = pixels[pixels[:, 3] > 0][:, :3]
    return float((opaque == colour).all(axis=1).mean())


def test_an_error_says_which_class_was_taken_for_which(scene: Scene, columns):
    view = SceneView(scene)
    same, other = error_maps(view, "SOD", columns)
    valid = read_valid(scene)
    young = valid[:, -scene.grid.samples // 4 :].sum() / valid.sum()
    assert same.note == ""
    assert other.note == f"old → young: {100 * young:.1f} %"
    assert other.palette.labels == ("Agree", "old → young", "Other pairs")
    assert share_of_colour(other.image, other.palette.colours[1]) == pytest.approx(young, abs=0.01)
    texts = {str(each) for each in other.hover.ravel()}
    said = f"old taken for young: {100 * young:.1f} % of pixels"
    assert f"Young ice<br>chart: Old ice<br>{said}" in texts
    assert "Old ice<br>chart: Old ice" in texts


def test_a_pair_keeps_its_colour_in_a_region_where_others_are_frequent(scene: Scene):
    """Old ice is mostly taken for young ice, and in a part of the scene mostly for thin ice."""
    classes = np.full(scene.grid.shape, YOUNG)
    part = scene.grid.samples * 3 // 4
    classes[:, part:] = THIN
    classes[: scene.grid.lines // 4, part:] = YOUNG
    result = column(scene, "younger", classes, 10)
    km = scene.grid.spacing_m / 1000
    region = Region((0, scene.grid.height_km), (part * km, scene.grid.width_km))
    colours = []
    for view in (SceneView(scene), SceneView(scene, region)):
        (drawn,) = error_maps(view, "SOD", [result])
        labels = drawn.palette.labels
        colours.append({each: drawn.palette.css(labels.index(each)) for each in labels[1:3]})
    assert [next(iter(each)) for each in colours] == ["old → young", "old → thin FY"]
    assert colours[0] == colours[1]


def test_columns_are_held_against_one_of_them(scene: Scene, columns):
    everywhere, maps = difference_maps(SceneView(scene), "SOD", columns, 1)
    assert maps[1] is None
    assert maps[0].note.startswith("young → old: ")
    assert maps[0].palette.labels[-1] == "Columns differ"
    # The map of any differences has its colour from the same legend.
    assert everywhere.palette is maps[0].palette
    valid = read_valid(scene)
    young = valid[:, -scene.grid.samples // 4 :].sum() / valid.sum()
    assert everywhere.note == f"{100 * young:.0f} % of pixels"
    dark = share_of_colour(everywhere.image, everywhere.palette.colours[-1])
    assert dark == pytest.approx(young, abs=0.01)
    assert "1: Old ice<br>2: Young ice" in {str(each) for each in everywhere.hover.ravel()}


def test_concentrations_differ_in_points(scene: Scene, columns):
    view = SceneView(scene)
    assert error_maps(view, "SIC", columns)[1].note == "mean \u221230.0, 100 % by > 10"
    everywhere, maps = difference_maps(view, "SIC", columns, 0)
    assert maps[0] is None
    assert maps[1].note == "mean \u221230.0, 100 % by > 10"
    assert everywhere.note == "30.0 points on average"
