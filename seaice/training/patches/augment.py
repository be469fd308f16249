"""The symmetries of the square, by which a patch is flipped and turned, and its wind with it.

The two components of the wind are taken to point along growing samples (`u10m_rotated`) and along
growing lines (`v10m_rotated`). The sign of the second is an assumption: neither the description of
the data set at hand nor its public code states it. Odd quarter turns alone depend on it, which make
one component of the other: were the second to grow along falling lines, a turned patch would hold
the opposite of its wind. Flips and half turns change the sign of each by itself, whichever way it
points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.layout import scale, unscale

WIND_ALONG_SAMPLES, WIND_ALONG_LINES = "u10m_rotated", "v10m_rotated"
_WIND = (WIND_ALONG_SAMPLES, WIND_ALONG_LINES)


@dataclass(frozen=True)
class Symmetry:
    """One of the eight: mirrored along samples or not, then turned by quarters.

    A quarter turn takes what lies along growing samples to lie along falling lines: on a page,
    where lines grow downward, it goes counter-clockwise.

    Attributes:
        flipped: Whether samples are mirrored first.
        quarter_turns: Number of quarter turns, 0 to 3.
    """

    flipped: bool = False
    quarter_turns: int = 0

    def of_layers(self, layers: np.ndarray) -> np.ndarray:
        """Layers (n, lines, samples) flipped and turned; with an odd turn the sides are swapped."""
        moved = layers[:, :, ::-1] if self.flipped else layers
        return np.ascontiguousarray(np.rot90(moved, self.quarter_turns, axes=(1, 2)))

    def of_inputs(self, values: np.ndarray, channels: Sequence[str]) -> np.ndarray:
        """Inputs flipped and turned, the two components of the wind as the vector that they are.

        They were scaled by means and deviations that differ, so that they are turned in m/s.

        Args:
            values: (channels, lines, samples) float32, standard-scaled.
            channels: Their names. With one component of the wind alone, the number of turns must
                be even: an odd one would need the other.

        Returns:
            Inputs of the same channels; the very same values where nothing moves.
        """
        moved = self.of_layers(values)
        where = {name: channels.index(name) for name in _WIND if name in channels}
        if not where or self == Symmetry():
            return moved
        given = {name: unscale(name, moved[index]) for name, index in where.items()}
        for name, physical in self._turned(given).items():
            moved[where[name]] = scale(name, physical)
        return moved

    def _turned(self, wind: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Components of the wind, m/s, whose pixels have moved already."""
        along = dict(wind)
        if self.flipped and WIND_ALONG_SAMPLES in along:
            along[WIND_ALONG_SAMPLES] = -along[WIND_ALONG_SAMPLES]
        if self.quarter_turns >= 2:
            along = {name: -component for name, component in along.items()}
        if self.quarter_turns % 2:
            u, v = (along[name] for name in _WIND)
            along = {WIND_ALONG_SAMPLES: v, WIND_ALONG_LINES: -u}
        return along


def draw_symmetry(channels: Sequence[str], rng: np.random.Generator) -> Symmetry:
    """One of the symmetries, each alike.

    Args:
        channels: The channels that are flipped and turned. With one component of the wind alone, an
            odd number of quarter turns, which would make it the other, is not drawn: four
            symmetries are left, among them flips of either side.
        rng: Source of the draw.
    """
    whole = sum(name in channels for name in _WIND) != 1
    turns = int(rng.integers(4)) if whole else 2 * int(rng.integers(2))
    return Symmetry(bool(rng.integers(2)), turns)
