"""Flip and rotate patches by the symmetries of the square, together with their wind.

We assume that the wind components point along increasing samples (`u10m_rotated`) and along
increasing lines (`v10m_rotated`). Neither the description of the dataset nor its public code states
the sign of the second one. Only odd quarter turns depend on it, because they swap the components:
if `v10m_rotated` pointed along decreasing lines, they would reverse the wind. Flips and half turns
only change the sign of a component, so they are correct in both cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.layout import scale, unscale

WIND_ALONG_SAMPLES, WIND_ALONG_LINES = "u10m_rotated", "v10m_rotated"
_WIND = (WIND_ALONG_SAMPLES, WIND_ALONG_LINES)


@dataclass(frozen=True)
class Symmetry:
    """One of the eight symmetries: an optional flip along samples, then quarter turns.

    A quarter turn moves the direction of increasing samples to that of decreasing lines. In an
    image, where lines increase downward, this is counter-clockwise.

    Attributes:
        flipped: Whether to flip along samples first.
        quarter_turns: Number of quarter turns, 0 to 3.
    """

    flipped: bool = False
    quarter_turns: int = 0

    def of_layers(self, layers: np.ndarray) -> np.ndarray:
        """Flip and rotate layers (n, lines, samples). An odd number of turns swaps the sides."""
        moved = layers[:, :, ::-1] if self.flipped else layers
        return np.ascontiguousarray(np.rot90(moved, self.quarter_turns, axes=(1, 2)))

    def of_inputs(self, values: np.ndarray, channels: Sequence[str]) -> np.ndarray:
        """Flip and rotate inputs, with the two wind components as one vector.

        The components are rotated in m/s, because each one has its own mean and standard deviation.

        Args:
            values: (channels, lines, samples) float32, standard-scaled.
            channels: Their names. With only one wind component, the number of turns must be even,
                because an odd number needs both.

        Returns:
            Inputs of the same channels, (channels, lines, samples) float32. The identity leaves all
            values as they are.
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
        """Rotate the wind components, m/s, of pixels that have already moved."""
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
    """Draw one of the symmetries, all with the same probability.

    Args:
        channels: Channels of the patch. With only one wind component, odd numbers of quarter turns
            are not drawn, because they need both. This leaves four symmetries: the identity, the
            half turn and the two flips.
        rng: Random generator.
    """
    one_component = sum(name in channels for name in _WIND) == 1
    turns = 2 * int(rng.integers(2)) if one_component else int(rng.integers(4))
    return Symmetry(bool(rng.integers(2)), turns)
