"""Latitude and longitude of every pixel from the 21 x 21 positions of a scene."""

from collections.abc import Mapping

import numpy as np

from seaice.core.grids.resample import bilinear

_STRIP_PIXELS = 100_000
"""Pixels processed at a time, so that intermediate arrays stay in the cache."""
_NO_DISTANCE = np.float32(1e-18)
"""Replaces a distance of zero from the axis, where longitude is undefined."""


def unit_vectors(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Positions as points of the unit sphere.

    Args:
        latitude: (n, m) degrees north.
        longitude: (n, m) degrees east.

    Returns:
        (3, n, m) float64: x towards 0 and y towards 90 degrees east, z north.
    """
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def positions_at(
    latitude: np.ndarray,
    longitude: np.ndarray,
    line_at: np.ndarray,
    sample_at: np.ndarray,
    *,
    extrapolate: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Positions between given ones, correct across 180 degrees and near the pole.

    It interpolates unit vectors instead of angles, because a longitude jumps from 180 to -180 and a
    unit vector does not. Between points 20 km apart the chord lies 8 m below the arc, which does
    not move a position sideways.

    Args:
        latitude: (n, m) float64, degrees north.
        longitude: (n, m) float64, degrees east.
        line_at: (lines,) coordinates along axis 0 of the positions.
        sample_at: (samples,) coordinates along axis 1.
        extrapolate: Continue the outermost steps beyond the given positions instead of holding the
            last ones.

    Returns:
        Latitude and longitude, each (lines, samples) float64; longitude in [-180, 180).
    """
    x, y, z = (
        bilinear(axis, line_at, sample_at, extrapolate=extrapolate)
        for axis in unit_vectors(latitude, longitude)
    )
    degrees_north = np.degrees(np.arctan2(z, np.hypot(x, y)))
    degrees_east = (np.degrees(np.arctan2(y, x)) + 180) % 360 - 180
    return degrees_north, degrees_east


def fill_position_channels(
    vectors: np.ndarray,
    line_at: np.ndarray,
    sample_at: np.ndarray,
    out: Mapping[str, np.ndarray],
) -> None:
    """Interpolate positions and fill the position inputs of channel set `autoice18`.

    These are sine and cosine of pi x longitude / 180 and of pi x latitude / 90, in degrees, as in
    the published network of geohai/autoice-challenge-geospatial-encoding. The function computes no
    angles. With h the distance from the axis, sine and cosine of the longitude are y / h and x / h,
    and those of twice the latitude are 2 z h / (h^2 + z^2) and (h^2 - z^2) / (h^2 + z^2). They are
    accurate to about 1e-7 in float32.

    Args:
        vectors: (3, n, m) of `unit_vectors`.
        line_at: (lines,) coordinates along axis 0 of the positions.
        sample_at: (samples,) coordinates along axis 1.
        out: (lines, samples) float32 arrays to fill, by the names of the wanted channels.
    """
    axes = vectors.astype(np.float32)
    lines = max(1, _STRIP_PIXELS // max(sample_at.size, 1))
    for start in range(0, line_at.size, lines):
        strip = slice(start, start + lines)
        x, y, z = (bilinear(axis, line_at[strip], sample_at) for axis in axes)
        targets = {name: target[strip] for name, target in out.items()}
        _fill_strip(x, y, z, targets)


def _fill_strip(x: np.ndarray, y: np.ndarray, z: np.ndarray, out: dict[str, np.ndarray]) -> None:
    """Fill the wanted position inputs of points, which need not lie on the unit sphere."""
    across, along = x * x + y * y, z * z
    h = np.maximum(np.sqrt(across), _NO_DISTANCE)
    if "sin_longitude" in out:
        np.divide(y, h, out=out["sin_longitude"])
    if "cos_longitude" in out:
        np.divide(x, h, out=out["cos_longitude"])
    square = across + along
    if "sin_latitude" in out:
        h *= z
        h += h
        np.divide(h, square, out=out["sin_latitude"])
    if "cos_latitude" in out:
        across -= along
        np.divide(across, square, out=out["cos_latitude"])
