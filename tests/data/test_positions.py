import numpy as np

from seaice.data.positions import position_channels, positions_at


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
    channels = position_channels(np.array([45.0]), np.array([90.0]))
    np.testing.assert_allclose(channels["sin_longitude"], 1, atol=1e-7)
    np.testing.assert_allclose(channels["cos_longitude"], 0, atol=1e-7)
    np.testing.assert_allclose(channels["sin_latitude"], 1, atol=1e-7)
    np.testing.assert_allclose(channels["cos_latitude"], 0, atol=1e-7)
