"""How a map lies on the screen: turned by quarters and mirrored, without resampling."""

from dataclasses import dataclass
from itertools import product

import numpy as np

Place = tuple[float, float]
"""Distances from the outer corner of a grid's first pixel, along axis 0 and along axis 1."""


@dataclass(frozen=True)
class Orientation:
    """One of the eight symmetries of the square.

    Arrays of a scene are (lines, samples). On the map axis 0 runs down and axis 1 to the right.

    Attributes:
        transposed: Whether lines run to the right and samples down.
        upside_down: Whether the map's vertical axis runs against the scene's.
        mirrored: Whether the map's horizontal axis runs against the scene's.
    """

    transposed: bool = False
    upside_down: bool = False
    mirrored: bool = False

    def apply(self, values: np.ndarray) -> np.ndarray:
        """An array of a scene as it lies on the map: a view of it.

        Args:
            values: (lines, samples, ...).
        """
        return self._flipped(self.swapped(values))

    def invert(self, values: np.ndarray) -> np.ndarray:
        """An array of a map as it lies in the scene, the inverse of `apply`: a view of it."""
        return self.swapped(self._flipped(values))

    def swapped(self, values: np.ndarray) -> np.ndarray:
        """An array of a scene with its axes in the map's order, along each as in the scene."""
        return values.swapaxes(0, 1) if self.transposed else values

    def place_on_map(self, place: Place, size: Place) -> Place:
        """Where a place of a scene lies on the map.

        Args:
            place: Line and sample.
            size: Of the scene, in the same unit: along lines and along samples.
        """
        down, across = self._swapped_place(place)
        height, width = self._swapped_place(size)
        return self._flipped_place((down, across), (height, width))

    def place_in_scene(self, place: Place, size: Place) -> Place:
        """The inverse of `place_on_map`; `size` is the scene's too."""
        return self._swapped_place(self._flipped_place(place, self._swapped_place(size)))

    def _flipped(self, values: np.ndarray) -> np.ndarray:
        return values[:: -1 if self.upside_down else 1, :: -1 if self.mirrored else 1]

    def _swapped_place(self, place: Place) -> Place:
        return place[::-1] if self.transposed else place

    def _flipped_place(self, place: Place, size: Place) -> Place:
        (down, across), (height, width) = place, size
        return height - down if self.upside_down else down, (
            width - across if self.mirrored else across
        )


AS_ACQUIRED = Orientation()
"""Lines down and samples to the right, as the file holds them."""

ORIENTATIONS = tuple(Orientation(*flags) for flags in product((False, True), repeat=3))
"""All eight."""
