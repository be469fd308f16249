"""The projection of Arctic maps: EPSG:3413, NSIDC's polar stereographic north on WGS 84.

45° W runs straight down from the pole, and lengths are true at 70° N.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pyproj import Transformer

ARCTIC = "EPSG:3413"


def polar_stereographic(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Project positions to EPSG:3413, which is continuous at 180 degrees and at the pole.

    Args:
        latitude: Degrees north; any shape.
        longitude: Degrees east, the same shape.

    Returns:
        (..., 2) float64: x and y in metres, not finite for invalid positions.
    """
    return np.stack(_transformer().transform(longitude, latitude), axis=-1)


@cache
def _transformer() -> "Transformer":
    # Imported late, so that commands that draw no map start without it.
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4326", ARCTIC, always_xy=True)
