import numpy as np
import pytest
from pyproj import Geod, Transformer

from seaice.ai4arctic.layout import LATITUDE, LONGITUDE
from seaice.scenes.footprint import read_footprint
from seaice.scenes.scene import Scene

TO_MAP = Transformer.from_crs("EPSG:4326", "EPSG:3413", always_xy=True)


def placed(latitude, longitude):
    """A change of a scene's arrays that puts it elsewhere."""

    def change(arrays: dict) -> None:
        arrays[LATITUDE], arrays[LONGITUDE] = latitude, longitude

    return change


def grid_around(latitude: float, longitude: float, half_m: float = 200e3):
    """21 x 21 positions of a square around a place, as lines and samples lie on the ground."""
    east, south = np.meshgrid(*[np.linspace(-half_m, half_m, 21)] * 2)
    lon, lat, _ = Geod(ellps="WGS84").fwd(
        np.full(east.shape, longitude),
        np.full(east.shape, latitude),
        np.degrees(np.arctan2(east, -south)),
        np.hypot(east, south),
    )
    return lat, lon


def area_m2(outline: np.ndarray) -> float:
    x, y = outline.T
    return abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def test_outline_runs_along_the_edge_positions(make_scene):
    latitude, longitude = grid_around(72.0, -30.0)
    outline = read_footprint(Scene.open(make_scene(change=placed(latitude, longitude))))
    assert outline.shape == (81, 2)
    assert outline.dtype == np.float64
    np.testing.assert_array_equal(outline[0], outline[-1])
    assert len(np.unique(outline, axis=0)) == 80
    corners = [(0, 0), (0, 20), (20, 20), (20, 0)]
    for number, corner in enumerate(corners):
        x, y = TO_MAP.transform(longitude[corner], latitude[corner])
        np.testing.assert_allclose(outline[number * 20], (x, y), atol=1e-6)
    # Neighbours on the outline are neighbours in the grid: no side runs backwards.
    assert np.hypot(*np.diff(outline, axis=0).T).max() < 21e3


@pytest.mark.parametrize(("latitude", "longitude"), [(68.0, 180.0), (89.5, 20.0), (75.0, -179.5)])
def test_dateline_and_pole_are_no_trouble(make_scene, latitude: float, longitude: float):
    outline = read_footprint(
        Scene.open(make_scene(change=placed(*grid_around(latitude, longitude))))
    )
    # The map's scale is within 3 % of the ground's here.
    assert area_m2(outline) == pytest.approx(400e3**2, rel=0.06)
    assert np.hypot(*np.diff(outline, axis=0).T).max() < 21e3


def test_a_footprint_can_hold_the_pole(make_scene):
    outline = read_footprint(Scene.open(make_scene(change=placed(*grid_around(89.5, 20.0)))))
    turned = np.diff(np.unwrap(np.arctan2(*outline.T))).sum()
    assert abs(turned) == pytest.approx(2 * np.pi)


def test_the_map_ends_at_the_equator(make_scene):
    latitude, longitude = grid_around(-72.0, -30.0)
    assert read_footprint(Scene.open(make_scene(change=placed(latitude, longitude)))) is None


def test_a_scene_without_positions_has_none(make_scene):
    assert read_footprint(Scene.open(make_scene(without=(LATITUDE, LONGITUDE)))) is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, 9.96921e36, 91.0])
def test_positions_that_are_no_place_give_none(make_scene, bad: float):
    latitude, longitude = grid_around(72.0, -30.0)
    latitude[20, 7] = bad
    assert read_footprint(Scene.open(make_scene(change=placed(latitude, longitude)))) is None


def test_the_inside_does_not_matter(make_scene):
    latitude, longitude = grid_around(72.0, -30.0)
    latitude[10, 10] = np.nan
    assert read_footprint(Scene.open(make_scene(change=placed(latitude, longitude)))) is not None


@pytest.mark.parametrize(
    "positions", [np.full((21, 21), b"x"), np.full((1, 21), 70.0), np.full((21, 1), 70.0)]
)
def test_positions_that_span_no_ground_give_none(make_scene, positions: np.ndarray):
    change = placed(positions, positions)
    assert read_footprint(Scene.open(make_scene(change=change))) is None
