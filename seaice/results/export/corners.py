"""Longitude and latitude of the corners of a scene's pixels, and back."""

import numpy as np
from pyproj import Transformer

from seaice.results.export.map_grid import index_at, map_projection, place_at, read_places
from seaice.scenes.scene import Scene

_DEGREES = "EPSG:4326"


class Corners:
    """Where the corners of a scene's pixels lie, by the scene's positions.

    Raises:
        SceneError: The scene has no positions, or they are unusable.
    """

    def __init__(self, scene: Scene) -> None:
        self._places = read_places(scene)
        projection = map_projection(scene)
        self._to_degrees = Transformer.from_crs(projection, _DEGREES, always_xy=True)
        self._to_map = Transformer.from_crs(_DEGREES, projection, always_xy=True)
        # The outer positions lie at the centres of the outer pixels.
        last_px = np.array(scene.grid.shape) - 1
        self._scale = (np.array(self._places.shape[1:]) - 1) / last_px
        middle = np.array([[size / 2 for size in scene.grid.shape]])
        self._longitude = 0.0
        self._longitude = float(self.degrees(middle)[0, 0])

    def degrees(self, corners: np.ndarray) -> np.ndarray:
        """Longitude and latitude of corners.

        Args:
            corners: (n, 2) lines and samples, 0 at the outer corner of the first pixel.

        Returns:
            (n, 2) float64 degrees, the longitude continuous across 180 degrees.
        """
        x, y = place_at(self._places, ((corners - 0.5) * self._scale).T)
        found = np.stack(self._to_degrees.transform(x, y), axis=-1)
        found[:, 0] -= 360 * np.round((found[:, 0] - self._longitude) / 360)
        return found

    def pixels(self, degrees: np.ndarray) -> np.ndarray:
        """The inverse of `degrees`; far outside the scene the nearest places that are known."""
        x, y = self._to_map.transform(*degrees.T)
        index = index_at(self._places, np.stack([x, y]))
        pixels: np.ndarray = index.T / self._scale + 0.5
        return pixels
