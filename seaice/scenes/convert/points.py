"""The points at which a raw scene gives position and incidence angle, and values between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seaice.core.errors import SceneError
from seaice.core.grids.resample import bilinear, coordinates_among
from seaice.scenes.positions import positions_at

POINT_VARIABLES = tuple(
    f"sar_grid_{name}" for name in ("line", "sample", "latitude", "longitude", "incidenceangle")
)
"""What each point must give; its height is not needed."""


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
            path: The raw file, named in errors.
            values: `POINT_VARIABLES`, each (points,) float64.
            shape: Lines and samples of the raw grid.

        Raises:
            SceneError: A value is out of range, or the points do not form a lattice or do not cover
                the grid.
        """
        line, sample, latitude, longitude, incidence = (values[name] for name in POINT_VARIABLES)
        _require_values(path, values)
        lines, samples = np.unique(line), np.unique(sample)
        order = np.lexsort((sample, line))
        if (
            min(len(lines), len(samples)) < 2
            # Checked first: the crossings of arbitrary numbers could fill the memory.
            or len(lines) * len(samples) != len(line)
            or not np.array_equal(np.stack((line, sample))[:, order], _crossings(lines, samples))
        ):
            raise SceneError(
                path,
                f"has {len(line)} points (sar_grid_line, sar_grid_sample) that do not form a "
                "lattice of lines and samples",
            )
        for knots, size, axis in zip((lines, samples), shape, ("lines", "samples"), strict=True):
            _require_cover(path, knots, size, axis)
        grids = (each[order].reshape(len(lines), -1) for each in (latitude, longitude, incidence))
        return cls(lines, samples, *grids)

    def incidence_at(self, line: np.ndarray, sample: np.ndarray) -> np.ndarray:
        """Incidence angle, degrees, float32, at the outer product of raw lines and samples."""
        # In float32 from the start: the result is as large as the scene.
        angles = self.incidence_deg.astype(np.float32)
        return bilinear(angles, *self._coordinates(line, sample), extrapolate=True)

    def positions_at(self, line: np.ndarray, sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude, degrees, float64, at the outer product of raw lines and samples.

        Longitude lies in [-180, 180).
        """
        at = self._coordinates(line, sample)
        return positions_at(self.latitude_deg, self.longitude_deg, *at, extrapolate=True)

    def _coordinates(self, line: np.ndarray, sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where raw lines and samples lie among the points."""
        return coordinates_among(self.line, line), coordinates_among(self.sample, sample)


def _crossings(lines: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Line and sample of every crossing, line by line, (2, n * m)."""
    return np.stack(np.meshgrid(lines, samples, indexing="ij")).reshape(2, -1)


def _require_values(path: Path, values: Mapping[str, np.ndarray]) -> None:
    bounds = {"latitude": (-90, 90), "longitude": (-360, 360), "incidenceangle": (0, 90)}
    for name, array in values.items():
        low, high = bounds.get(name.removeprefix("sar_grid_"), (-np.inf, np.inf))
        if not (np.isfinite(array) & (array >= low) & (array <= high)).all():
            raise SceneError(path, f"has points whose {name} is missing or out of range")


def _require_cover(path: Path, knots: np.ndarray, size: int, axis: str) -> None:
    """Values can be interpolated between points and extrapolated by one step, not further."""
    step = np.diff(knots).max()
    if knots[0] > step or knots[-1] + step < size - 1:
        raise SceneError(
            path,
            f"has {size} {axis}, but points only on {axis} {knots[0]:g} to {knots[-1]:g}",
        )
