"""The projections of polar maps: NSIDC's polar stereographic ones on WGS 84.

North of the equator EPSG:3413: 45° W runs straight down from the pole, lengths are true at 70° N.
South of it EPSG:3976: 0° runs straight up from the pole, lengths are true at 70° S.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pyproj import Transformer

ARCTIC, ANTARCTIC = "EPSG:3413", "EPSG:3976"


def projection_at(latitude: np.ndarray) -> str:
    """Code of the projection for a map of positions: that of the pole that most are nearer to.

    Args:
        latitude: Degrees north; any shape.
    """
    return ANTARCTIC if np.mean(np.sign(latitude)) < 0 else ARCTIC


def polar_stereographic(
    latitude: np.ndarray, longitude: np.ndarray, projection: str = ARCTIC
) -> np.ndarray:
    """Project positions to a plane that is continuous at 180 degrees and at the pole.

    Args:
        latitude: Degrees north; any shape.
        longitude: Degrees east, the same shape.
        projection: Code of the projection.

    Returns:
        (..., 2) float64: x and y in metres, not finite for invalid positions.
    """
    return np.stack(_transformer(projection).transform(longitude, latitude), axis=-1)


def geographic(x: np.ndarray, y: np.ndarray, projection: str) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of places on a map, degrees, float32: the inverse.

    Args:
        x: Metres; any shape.
        y: Metres, the same shape.
        projection: Code of the projection.
    """
    longitude, latitude = _transformer(projection).transform(x, y, direction="INVERSE")
    return latitude.astype(np.float32), longitude.astype(np.float32)


@cache
def _transformer(projection: str) -> "Transformer":
    # Imported late, so that commands that draw no map start without it.
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4326", projection, always_xy=True)
