"""A selected part of a scene, in kilometres: the same ground at every pixel spacing."""

import math
from dataclasses import dataclass

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window

Span = tuple[float, float]
"""Start and end, kilometres from the corner of the first pixel."""


SQUARE_KM = 16.0
"""Side of the square around a pixel whose outputs are explained."""


@dataclass(frozen=True)
class Region:
    """A rectangle of a scene.

    Attributes:
        lines_km: Its span along the lines.
        samples_km: Its span along the samples.

    Raises:
        ConfigError: A span does not run from one finite number, at least 0, to a larger one.
    """

    lines_km: Span
    samples_km: Span

    def __post_init__(self) -> None:
        for low, high in (self.lines_km, self.samples_km):
            if not (math.isfinite(low) and math.isfinite(high) and 0 <= low < high):
                raise ConfigError(
                    f"A region must run from a lower to a higher km, not from {low} to {high}."
                )

    @classmethod
    def parse(cls, text: str) -> "Region":
        """Parse the text that `str` gives.

        >>> Region.parse("10-90.5_0-200")
        Region(lines_km=(10.0, 90.5), samples_km=(0.0, 200.0))

        Raises:
            ConfigError: The text is not a region.
        """
        try:
            lines, samples = (
                tuple(float(end) for end in side.split("-")) for side in text.split("_")
            )
            (top, bottom), (left, right) = lines, samples
        except ValueError as error:
            raise ConfigError(
                f"A region is written like 10-90.5_0-200, not {text[:40]!r}."
            ) from error
        return cls((top, bottom), (left, right))

    def __str__(self) -> str:
        (top, bottom), (left, right) = self.lines_km, self.samples_km
        return f"{top:.10g}-{bottom:.10g}_{left:.10g}-{right:.10g}"

    def on(self, grid: PixelGrid) -> "Region":
        """The part of the region that lies on a grid.

        Raises:
            ConfigError: No part does.
        """
        ends = (size * grid.spacing_m / 1000 for size in grid.shape)
        sides = zip((self.lines_km, self.samples_km), ends, strict=True)
        return Region(*((low, min(high, end)) for (low, high), end in sides))

    def window(self, grid: PixelGrid) -> Window:
        """The pixels of a grid that the region covers, at least one along each side.

        Raises:
            ConfigError: It begins beyond the grid.
        """
        km = grid.spacing_m / 1000
        lines, samples = (
            self._side(span, size, km)
            for span, size in zip((self.lines_km, self.samples_km), grid.shape, strict=True)
        )
        return lines, samples

    def _side(self, span: Span, size: int, km: float) -> slice:
        if span[0] >= size * km:
            raise ConfigError(
                f"The region begins at {span[0]:g} km; the scene ends at {size * km:g} km."
            )
        # A region that begins in the second half of the last pixel is that pixel.
        start = min(round(span[0] / km), size - 1)
        return slice(start, min(max(round(span[1] / km), start + 1), size))


def square_around(grid: PixelGrid, place: Span, side_km: float = SQUARE_KM) -> Region:
    """The square around a place, cut off at the edges of a scene.

    Args:
        grid: A grid of the scene.
        place: Distances from the first line and the first sample, km.
        side_km: Its side.
    """
    sides = (size * grid.spacing_m / 1000 for size in grid.shape)
    lines, samples = (
        (max(0.0, km - side_km / 2), min(size, km + side_km / 2))
        for km, size in zip(place, sides, strict=True)
    )
    return Region(lines, samples)
