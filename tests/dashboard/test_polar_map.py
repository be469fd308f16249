"""Compare's polar map: which pixel of the scene each map pixel shows, and the way back."""

import numpy as np
import pytest

from seaice.core.projection import polar_stereographic
from seaice.dashboard.compare.region_picker import region_of_box
from seaice.dashboard.polar_map import outline_km, polar_map
from seaice.dashboard.scene_view import SceneView
from seaice.figures.extent import at_cells
from seaice.results.export.map_grid import place_on_map
from seaice.scenes.read import read_positions
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene())


def test_the_map_is_that_of_a_geotiff(scene):
    shown = polar_map(scene, scene.grid, scene.grid.whole)
    numbers = np.arange(scene.grid.lines * scene.grid.samples).reshape(scene.grid.shape)
    (written,), grid, corner = place_on_map(scene, numbers[None] + 1, fill=0)
    down = round((corner[1] - shown.corner[1]) / grid.spacing_m)
    across = round((shown.corner[0] - corner[0]) / grid.spacing_m)
    ours = np.where(shown.inside, shown.place(numbers) + 1, 0)
    padded = np.pad(written, 8)
    theirs = padded[8 + down :, 8 + across :][: ours.shape[0], : ours.shape[1]]
    # Nodes of the interpolation lie elsewhere, which moves a border by a metre.
    assert (ours == theirs).mean() > 0.99


def test_each_map_pixel_shows_what_lies_there(scene):
    region = Region((8.0, 24.0), (12.0, 40.0))
    view = SceneView(scene, region, polar=True)
    shown = view.polar_map
    latitude, longitude = read_positions(scene, view.grid.spacing_m, view.window)
    x, y = np.moveaxis(polar_stereographic(latitude, longitude), -1, 0)
    rows, columns = np.nonzero(shown.inside)
    assert len(rows) > 0.9 * latitude.size
    km = view.grid.spacing_m
    away = np.hypot(
        x[shown.line[rows, columns], shown.sample[rows, columns]]
        - (shown.corner[0] + (columns + 0.5) * km),
        y[shown.line[rows, columns], shown.sample[rows, columns]]
        - (shown.corner[1] - (rows + 0.5) * km),
    )
    # Half a pixel's diagonal.
    assert away.max() < 0.75 * km
    assert view.orientation_words == "polar map EPSG:3413"


def test_the_pointer_tells_lines_and_samples_of_the_scene(scene):
    view = SceneView(scene, polar=True)
    extent, shown = view.located_extent, view.polar_map
    numbers = np.arange(view.shape[0] * view.shape[1]).reshape(view.shape).astype(object)
    texts = view.at_pointer(at_cells(numbers))
    inside = np.isfinite(extent.line_km)
    assert 0 < inside.sum() < inside.size
    assert (texts[~inside] == "").all()
    km = view.grid.spacing_m / 1000
    line, sample = (np.floor(each[inside] / km) for each in (extent.line_km, extent.sample_km))
    step = 2 if max(view.shape) > 96 else 1
    told = np.array(texts[inside], int)
    assert abs(told // view.shape[1] - line).max() <= step
    assert abs(told % view.shape[1] - sample).max() <= step
    assert extent.size_km == (shown.grid.height_km, shown.grid.width_km)


def test_a_box_on_the_map_is_a_region_of_the_scene(scene):
    view = SceneView(scene, polar=True)
    wanted = Region((10.0, 20.0), (14.0, 30.0))
    outline = outline_km(scene, view.polar_map, wanted.lines_km, wanted.samples_km)
    (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
    found = region_of_box(view, {"x": [left, right], "y": [bottom, top]})
    for ours, asked in zip(
        (*found.lines_km, *found.samples_km),
        (*wanted.lines_km, *wanted.samples_km),
        strict=True,
    ):
        # The smallest one that holds the box, which is turned against the scene.
        assert abs(ours - asked) < 12
    assert found.lines_km[0] <= 10.1
    assert found.samples_km[1] >= 29.9
    assert region_of_box(view, {"x": [-90, -80], "y": [-90, -80]}) is None


def test_a_scene_without_positions_lies_as_acquired(make_scene):
    bare = Scene.open(make_scene(without=("sar_grid2d_latitude", "sar_grid2d_longitude")))
    view = SceneView(bare, polar=True)
    assert view.polar_map is None
    assert view.orientation_words == "as acquired, because positions are missing"
