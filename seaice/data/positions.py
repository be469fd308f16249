"""Latitude and longitude of every pixel from the 21 x 21 positions of a scene."""

import numpy as np

from seaice.data.resample import bilinear


def positions_at(
    latitude: np.ndarray, longitude: np.ndarray, line_at: np.ndarray, sample_at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Positions between the given ones, right across 180 degrees and near the pole.

    Unit vectors are interpolated instead of angles: a longitude that jumps from 180 to -180 is no
    jump there. Between points 20 km apart the chord lies 8 m below the arc, which moves no
    position sideways.

    Args:
        latitude: (n, m) float64, degrees north.
        longitude: (n, m) float64, degrees east.
        line_at: (lines,) coordinates along axis 0 of the positions.
        sample_at: (samples,) coordinates along axis 1.

    Returns:
        Latitude and longitude, each (lines, samples) float64; longitude in [-180, 180).
    """
    lat, lon = np.radians(latitude), np.radians(longitude)
    x = bilinear(np.cos(lat) * np.cos(lon), line_at, sample_at)
    y = bilinear(np.cos(lat) * np.sin(lon), line_at, sample_at)
    z = bilinear(np.sin(lat), line_at, sample_at)
    degrees_north = np.degrees(np.arctan2(z, np.hypot(x, y)))
    degrees_east = (np.degrees(np.arctan2(y, x)) + 180) % 360 - 180
    return degrees_north, degrees_east


def position_channels(latitude: np.ndarray, longitude: np.ndarray) -> dict[str, np.ndarray]:
    """The four position inputs of channel set `autoice18`.

    Sine and cosine of pi x longitude / 180 and pi x latitude / 90, as the published network of
    geohai/autoice-challenge-geospatial-encoding takes them.

    Args:
        latitude: Degrees north, any shape.
        longitude: Degrees east, the same shape.

    Returns:
        float32 arrays of that shape by channel name.
    """
    lon, lat = np.pi * longitude / 180, np.pi * latitude / 90
    values = {
        "sin_longitude": np.sin(lon),
        "cos_longitude": np.cos(lon),
        "sin_latitude": np.sin(lat),
        "cos_latitude": np.cos(lat),
    }
    return {name: value.astype(np.float32) for name, value in values.items()}
