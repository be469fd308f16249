"""Positions that a file holds: some points of its grid, or of the finer grid it was made from."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import POSITIONS
from seaice.ai4arctic.layout import LATITUDE, LONGITUDE
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.scenes.positions import fill_position_channels, unit_vectors
from seaice.scenes.resampler import Resampler
from seaice.scenes.undecoded import OpenFile

SPAN_LINES, SPAN_SAMPLES, SPAN_SPACING_M = "span_lines", "span_samples", "span_spacing_m"
SPAN_LATITUDE, SPAN_LONGITUDE = "source_grid2d_latitude", "source_grid2d_longitude"
"""Positions of the grid that a coarser scene was made from. Attributes of the latitude hold that
grid's size and spacing. A scene with these variables gives the same positions as its source."""


@dataclass(frozen=True)
class Points:
    """Positions that a file holds, and the grid that they span.

    Attributes:
        latitude: (n, m) float64, degrees north.
        longitude: (n, m) float64, degrees east.
        vectors: (3, n, m) float64 on the unit sphere.
        span: The grid. The positions reach from the centre of its first pixel to that of its last.
    """

    latitude: np.ndarray
    longitude: np.ndarray
    vectors: np.ndarray
    span: PixelGrid


def read_points(file: OpenFile, grid: PixelGrid) -> Points:
    """Read the positions that a file holds.

    Args:
        file: The file.
        grid: Its grid, which the positions span unless the file says otherwise.
    """

    def read() -> Points:
        span, names = grid, (LATITUDE, LONGITUDE)
        if SPAN_LATITUDE in file and SPAN_LONGITUDE in file:
            span, names = _span(file), (SPAN_LATITUDE, SPAN_LONGITUDE)
        latitude, longitude = (file.whole(name).astype(np.float64) for name in names)
        return Points(latitude, longitude, unit_vectors(latitude, longitude), span)

    return file.once("positions", read)


def _span(file: OpenFile) -> PixelGrid:
    names = SPAN_LINES, SPAN_SAMPLES, SPAN_SPACING_M
    try:
        lines, samples, spacing_m = (float(file.attribute(SPAN_LATITUDE, name)) for name in names)
        return PixelGrid(int(lines), int(samples), spacing_m)
    except (TypeError, ValueError, OverflowError) as error:
        raise SceneError(file.path, f"does not say what {SPAN_LATITUDE} spans") from error


def fill_positions(file: OpenFile, resampler: Resampler, layers: dict[str, np.ndarray]) -> None:
    """Fill the layers of position channels."""
    own = {name: layers[name] for name in POSITIONS if name in layers}
    if not own:
        return
    points = read_points(file, resampler.source)
    if not np.isfinite(points.vectors).all():
        raise SceneError(file.path, "holds positions that are not finite numbers")
    at = resampler.points(points.span, points.latitude.shape)
    fill_position_channels(points.vectors, *at, own)
