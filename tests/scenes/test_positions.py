import numpy as np
import pytest

from seaice.ai4arctic.channels import POSITIONS
from seaice.scenes.positions import fill_position_channels, positions_at, unit_vectors


def test_longitude_is_right_across_180_degrees():
    latitude = np.full((2, 2), 60.0)
    longitude = np.array([[179.0, -179.0]] * 2)
    lat, lon = positions_at(latitude, longitude, np.array([0.5]), np.array([0.5]))
    # Midway along a parallel at 60 degrees, the great circle lies a little further north.
    assert abs(abs(lon[0, 0]) - 180) < 1e-9
    assert 60 < lat[0, 0] < 60.01


def test_given_positions_come_back():
    latitude, longitude = np.meshgrid(np.linspace(70, 75, 4), np.linspace(170, 190, 5))
    longitude = (longitude + 180) % 360 - 180
    lat, lon = positions_at(latitude, longitude, np.arange(5.0), np.arange(4.0))
    np.testing.assert_allclose(lat, latitude, atol=1e-9)
    np.testing.assert_allclose(lon, longitude, atol=1e-9)


def test_position_channels_follow_their_formula():
    out = {name: np.full((1, 1), np.nan, np.float32) for name in POSITIONS}
    vectors = unit_vectors(np.array([[45.0]]), np.array([[90.0]]))
    fill_position_channels(vectors, np.zeros(1), np.zeros(1), out)
    expected = {"sin_longitude": 1, "cos_longitude": 0, "sin_latitude": 1, "cos_latitude": 0}
    assert {name: float(out[name][0, 0]) for name in POSITIONS} == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (np.linspace(75, 71, 21), np.linspace(-60, -48, 21)),
        (np.linspace(66, 62, 21), np.linspace(174, 186, 21)),
        (np.linspace(-3, 3, 21), np.linspace(-5, 5, 21)),
        # Over the pole: the last lines lie on the other side.
        (np.array([88.0, 89.5, 89.0]), np.array([10.0, 12.0])),
    ],
)
def test_position_channels_without_an_angle(latitude, longitude, position_channels):
    latitude, longitude = np.meshgrid(latitude, (longitude + 180) % 360 - 180, indexing="ij")
    # Not one point is the pole itself, where no longitude is right.
    at = np.linspace(-0.3, latitude.shape[0] - 0.7, 301), np.linspace(0, 1, 40)
    expected = position_channels(*positions_at(latitude, longitude, *at))
    out = {name: np.full((301, 40), np.nan, np.float32) for name in POSITIONS}
    fill_position_channels(unit_vectors(latitude, longitude), *at, out)
    for name in POSITIONS:
        np.testing.assert_allclose(out[name], expected[name], atol=2e-5, err_msg=name)


def test_channels_at_the_pole_itself_are_numbers():
    out = {name: np.full((1, 1), np.nan, np.float32) for name in POSITIONS}
    vectors = np.array([[[0.0]], [[0.0]], [[1.0]]])
    fill_position_channels(vectors, np.zeros(1), np.zeros(1), out)
    found = [float(out[name][0, 0]) for name in POSITIONS]
    assert found == pytest.approx([0, 0, 0, -1], abs=1e-12)


def test_wanted_channels_alone_are_filled():
    both = {name: np.empty((4, 5), np.float32) for name in POSITIONS}
    one = {"cos_latitude": np.empty((4, 5), np.float32)}
    vectors = unit_vectors(*np.meshgrid([70.0, 72.0], [3.0, 9.0], indexing="ij"))
    for out in (both, one):
        fill_position_channels(vectors, np.linspace(0, 1, 4), np.linspace(0, 1, 5), out)
    np.testing.assert_array_equal(one["cos_latitude"], both["cos_latitude"])
