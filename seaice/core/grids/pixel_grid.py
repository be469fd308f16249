"""Pixel grids of one scene at several spacings, and how one is read at another."""

from collections.abc import Iterator
from dataclasses import dataclass

from seaice.core.errors import ConfigError

Window = tuple[slice, slice]
"""Line and sample slices of a grid, both ends given, step one."""

# Spacings are written as whole metres; a ratio this close to a whole number is one.
_RATIO_TOLERANCE = 1e-6


@dataclass(frozen=True)
class PixelGrid:
    """A full grid: its size and spacing.

    Attributes:
        lines: Number of lines.
        samples: Number of samples.
        spacing_m: Pixel spacing, metres.
    """

    lines: int
    samples: int
    spacing_m: float

    @property
    def shape(self) -> tuple[int, int]:
        """(lines, samples)."""
        return self.lines, self.samples

    @property
    def whole(self) -> Window:
        """The window that is the whole grid."""
        return slice(0, self.lines), slice(0, self.samples)

    def at(self, spacing_m: float | None) -> "PixelGrid":
        """The grid of another spacing over the same ground; a partial last pixel counts."""
        if spacing_m is None or spacing_m == self.spacing_m:
            return self
        if spacing_m <= 0:
            raise ConfigError(f"A pixel spacing is a positive number of metres, not {spacing_m}.")
        ratio = spacing_m / self.spacing_m
        lines, samples = (
            max(1, -int(-(size / ratio - _RATIO_TOLERANCE) // 1)) for size in self.shape
        )
        return PixelGrid(lines, samples, float(spacing_m))

    def strips(self, lines: int, window: Window | None = None) -> Iterator[Window]:
        """Cut a window, or the whole, into strips of so many lines; the last may be thinner."""
        rows, samples = self.check(window or self.whole)
        for start in range(rows.start, rows.stop, lines):
            yield slice(start, min(start + lines, rows.stop)), samples

    def check(self, window: Window) -> Window:
        """The window, if it lies on the grid.

        Raises:
            ConfigError: It does not, or it holds no pixel.
        """
        for part, size in zip(window, self.shape, strict=True):
            if not 0 <= part.start < part.stop <= size:
                raise ConfigError(
                    f"Window {part.start}:{part.stop} does not lie on the grid of "
                    f"{self.lines} x {self.samples} pixels."
                )
        return window


def whole_ratio(fine_m: float, coarse_m: float) -> int | None:
    """Number of fine pixels along a coarse one, or None where it is not whole.

    >>> whole_ratio(80, 400), whole_ratio(80, 200), whole_ratio(800, 400)
    (5, None, None)
    """
    ratio = coarse_m / fine_m
    nearest = round(ratio)
    return nearest if nearest >= 1 and abs(ratio - nearest) <= _RATIO_TOLERANCE else None


def resampling_notice(scene_m: float, wanted_m: float) -> str:
    """What a person must know about a scene read at another spacing; empty where nothing."""
    if whole_ratio(scene_m, wanted_m) is not None:
        return ""
    if scene_m > wanted_m:
        return (
            f"The scene's pixels of {scene_m:g} m are coarser than the {wanted_m:g} m that the "
            "checkpoint was trained at: the inputs are interpolated and hold less detail."
        )
    return (
        f"The scene's {scene_m:g} m are no whole part of the checkpoint's {wanted_m:g} m: "
        "inputs are interpolated bilinearly and charts by the nearest pixel."
    )
