import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from seaice.core.grids.orientation import ORIENTATIONS, Orientation
from seaice.scenes.north import north_up, scene_orientation
from seaice.scenes.scene import Scene

GEOD = Geod(ellps="sphere")
SIDE_M = 400_000


def positions(latitude: float, longitude: float, bearing: float) -> tuple[np.ndarray, np.ndarray]:
    """Of a north-up map that is turned clockwise: its vertical axis runs up towards a bearing."""
    up, right = np.mgrid[10:-11:-1, -10:11] * SIDE_M / 20
    angle = bearing + np.degrees(np.arctan2(right, up))
    start = np.full(up.shape, longitude), np.full(up.shape, latitude)
    east, north, _ = GEOD.fwd(*start, angle, np.hypot(right, up))
    return np.asarray(north), np.asarray(east)


@given(
    st.sampled_from(ORIENTATIONS),
    st.floats(-85, 85),
    st.floats(-180, 179.9),
    st.floats(-44, 44),
)
def test_however_acquired_the_map_is_the_same(
    acquired: Orientation, latitude: float, longitude: float, bearing: float
):
    on_map = positions(latitude, longitude, bearing)
    in_file = [acquired.invert(each) for each in on_map]
    found = north_up(*in_file)
    assert found is not None
    for each, expected in zip(in_file, on_map, strict=True):
        np.testing.assert_array_equal(found.apply(each), expected)


def test_a_descending_scene_is_mirrored_and_an_ascending_one_turned_over():
    latitude, longitude = positions(75, -20, 12)
    assert north_up(latitude, longitude) == Orientation()
    descending = [each[:, ::-1] for each in (latitude, longitude)]
    assert north_up(*descending) == Orientation(mirrored=True)
    ascending = [each[::-1] for each in (latitude, longitude)]
    assert north_up(*ascending) == Orientation(upside_down=True)


@pytest.mark.parametrize(("pole", "below"), [(90, -45), (-90, 180)])
def test_at_the_pole_the_map_lies_as_the_polar_maps_do(pole: float, below: float):
    latitude, longitude = positions(pole, 0, 0)
    # The rounding of the positions decides where north lies at the pole itself.
    latitude[10, 10], longitude[10, 10] = pole, 0
    found = north_up(latitude, longitude)
    assert found is not None
    lowest = found.apply(longitude)[-1, 10]
    difference = (lowest - below + 180) % 360 - 180
    assert abs(difference) <= 45.01


def test_beside_the_pole_north_is_that_of_the_middle():
    latitude, longitude = positions(89.5, 30, 20)
    assert latitude.max() > 89.9
    assert north_up(latitude, longitude) == Orientation()


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (np.full((21, 21), np.nan), np.zeros((21, 21))),
        (np.full((21, 21), 70.0), np.full((21, 21), -20.0)),
        # All on one meridian.
        (np.linspace(70, 72, 441).reshape(21, 21), np.full((21, 21), -20.0)),
        (np.full((1, 21), 70.0), np.linspace(0, 1, 21)[None]),
    ],
)
def test_positions_that_say_nothing_give_none(latitude, longitude):
    assert north_up(latitude, longitude) is None


def test_a_scene_tells_its_orientation(make_scene):
    # Lines run south and samples east, unless turned over.
    assert scene_orientation(Scene.open(make_scene())) == Orientation()

    def turn_over(arrays):
        for name in ("sar_grid2d_latitude", "sar_grid2d_longitude"):
            arrays[name] = arrays[name][::-1].copy()

    turned = make_scene(name="turned_prep.nc", change=turn_over)
    assert scene_orientation(Scene.open(turned)) == Orientation(upside_down=True)
    bare = make_scene(name="bare_prep.nc", without=("sar_grid2d_latitude", "sar_grid2d_longitude"))
    assert scene_orientation(Scene.open(bare)) is None
