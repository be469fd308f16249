"""The points at which a raw scene knows position and incidence angle, and values between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seaice.core.errors import SceneError

POINT_VARIABLES = tuple(
    f"sar_grid_{name}" for name in ("line", "sample", "latitude", "longitude", "incidenceangle")
)
"""What each point must tell; its height is not needed."""


@dataclass(frozen=True)
class Points:
    """A lattice of points: every line of it crosses every sample.

    The steps need not be equal: Sentinel-1 annotates every so many pixels and the last one.

    Attributes:
        line: Raw lines of the points, ascending, (n,) float64; 0 is the centre of the first pixel.
        sample: Raw samples of the points, ascending, (m,) float64.
        latitude_deg: Degrees north, (n, m) float64.
        longitude_deg: Degrees east, (n, m) float64.
        incidence_deg: Incidence angle, degrees, (n, m) float64.
    """

    line: np.ndarray
    sample: np.ndarray
    latitude_deg: np.ndarray
    longitude_deg: np.ndarray
    incidence_deg: np.ndarray

    @classmethod
    def of(cls, path: Path, values: Mapping[str, np.ndarray], shape: tuple[int, int]) -> "Points":
        """The lattice that points form, in whatever order they come.

        Args:
            path: The raw file, for what is said of it.
            values: `POINT_VARIABLES`, each (points,) float64.
            shape: Lines and samples of the raw grid.

        Raises:
            SceneError: A value is none, the points form no lattice, or do not cover the grid.
        """
        line, sample, latitude, longitude, incidence = (values[name] for name in POINT_VARIABLES)
        _require_values(path, values)
        lines, samples = np.unique(line), np.unique(sample)
        order = np.lexsort((sample, line))
        if (
            min(len(lines), len(samples)) < 2
            # First, for crossings of any numbers may fill the memory.
            or len(lines) * len(samples) != len(line)
            or not np.array_equal(np.stack((line, sample))[:, order], _crossings(lines, samples))
        ):
            raise SceneError(
                path,
                f"has {len(line)} points sar_grid_line, sar_grid_sample that form no lattice of "
                "lines and samples",
            )
        for knots, size, axis in zip((lines, samples), shape, ("lines", "samples"), strict=True):
            _require_cover(path, knots, size, axis)
        grids = (each[order].reshape(len(lines), -1) for each in (latitude, longitude, incidence))
        return cls(lines, samples, *grids)

    def incidence_at(self, line: np.ndarray, sample: np.ndarray) -> np.ndarray:
        """Incidence angle, degrees, at the outer product of coordinates, float32."""
        rows, columns = _weights(self.line, line), _weights(self.sample, sample)
        # From the small factor on in float32: the product is as large as the scene.
        return (rows @ self.incidence_deg).astype(np.float32) @ columns.T.astype(np.float32)

    def positions_at(self, line: np.ndarray, sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude, degrees, at the outer product of coordinates, float64.

        Unit vectors are interpolated instead of angles, so 180 degrees and the pole are no jump.
        Longitude lies in [-180, 180).
        """
        rows, columns = _weights(self.line, line), _weights(self.sample, sample)
        lat, lon = np.radians(self.latitude_deg), np.radians(self.longitude_deg)
        vectors = (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
        x, y, z = (rows @ part @ columns.T for part in vectors)
        longitude = (np.degrees(np.arctan2(y, x)) + 180) % 360 - 180
        return np.degrees(np.arctan2(z, np.hypot(x, y))), longitude


def _crossings(lines: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Line and sample of every crossing, line by line, (2, n * m)."""
    return np.stack(np.meshgrid(lines, samples, indexing="ij")).reshape(2, -1)


def _weights(knots: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Shares of each knot in linear interpolation, (len(at), len(knots)) float64.

    Beyond the first and the last knot the next step's slope goes on.
    """
    low = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(knots) - 2)
    part = (at - knots[low]) / (knots[low + 1] - knots[low])
    weights = np.zeros((len(at), len(knots)))
    each = np.arange(len(at))
    weights[each, low] = 1 - part
    weights[each, low + 1] = part
    return weights


def _require_values(path: Path, values: Mapping[str, np.ndarray]) -> None:
    bounds = {"latitude": (-90, 90), "longitude": (-360, 360), "incidenceangle": (0, 90)}
    for name, array in values.items():
        low, high = bounds.get(name.removeprefix("sar_grid_"), (-np.inf, np.inf))
        if not (np.isfinite(array) & (array >= low) & (array <= high)).all():
            raise SceneError(path, f"has points whose {name} is no such value")


def _require_cover(path: Path, knots: np.ndarray, size: int, axis: str) -> None:
    """Between points values are known; a step beyond them they can be told, further not."""
    step = np.diff(knots).max()
    if knots[0] > step or knots[-1] + step < size - 1:
        raise SceneError(
            path,
            f"has points on {axis} {knots[0]:g} to {knots[-1]:g} alone, but {size} {axis}",
        )
