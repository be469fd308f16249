"""Pixel grids of one scene at several spacings, and how one is read at another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seaice.core.errors import ConfigError

Window = tuple[slice, slice]
"""Line and sample slices of a grid, both ends given, step one."""

# Spacings are written as whole metres; a ratio this close to a whole number is one.
_RATIO_TOLERANCE = 1e-6


@dataclass(frozen=True)
class PixelGrid:
    """The grid of a scene, or of its cells: size and spacing.

    Grids of one scene begin at the same corner, the outer corner of their first pixel.

    Attributes:
        lines: Number of lines.
        samples: Number of samples.
        spacing_m: Distance between neighbouring pixel centres, metres.
    """

    lines: int
    samples: int
    spacing_m: float

    @property
    def shape(self) -> tuple[int, int]:
        """(lines, samples)."""
        return self.lines, self.samples

    @property
    def height_km(self) -> float:
        """Extent along the lines axis, km."""
        return self.lines * self.spacing_m / 1000

    @property
    def width_km(self) -> float:
        """Extent along the samples axis, km."""
        return self.samples * self.spacing_m / 1000

    @property
    def size_km(self) -> float:
        """Geometric mean of the two extents, km."""
        return float(np.sqrt(self.height_km * self.width_km))

    @property
    def y_km(self) -> np.ndarray:
        """Pixel centres along the lines axis, km, float64 (lines,)."""
        return (np.arange(self.lines) + 0.5) * self.spacing_m / 1000

    @property
    def x_km(self) -> np.ndarray:
        """Pixel centres along the samples axis, km, float64 (samples,)."""
        return (np.arange(self.samples) + 0.5) * self.spacing_m / 1000

    def mesh_km(self) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of all pixel centres, km: y and x, float32 (lines, samples) each."""
        y_km, x_km = np.meshgrid(self.y_km, self.x_km, indexing="ij")
        return y_km.astype(np.float32), x_km.astype(np.float32)

    @property
    def whole(self) -> Window:
        """The window that is the whole grid."""
        return slice(0, self.lines), slice(0, self.samples)

    def at(self, spacing_m: float | None) -> "PixelGrid":
        """The grid of another spacing that covers this one; its last pixels may reach beyond.

        >>> PixelGrid(1000, 1042, 400).at(2000)
        PixelGrid(lines=200, samples=209, spacing_m=2000.0)

        Args:
            spacing_m: The other spacing, metres; None for the grid itself.

        Raises:
            ConfigError: The spacing is not positive.
        """
        if spacing_m is None or spacing_m == self.spacing_m:
            return self
        if spacing_m <= 0:
            raise ConfigError(
                f"A pixel spacing must be a positive number of metres, not {spacing_m}."
            )
        ratio = spacing_m / self.spacing_m
        lines, samples = (
            max(1, -int(-(size / ratio - _RATIO_TOLERANCE) // 1)) for size in self.shape
        )
        return PixelGrid(lines, samples, float(spacing_m))

    def strips(self, lines: int, window: Window | None = None) -> Iterator[Window]:
        """Cut a window, or the whole grid, into strips of `lines` lines or, the last, fewer."""
        rows, samples = self.check(window or self.whole)
        for start in range(rows.start, rows.stop, lines):
            yield slice(start, min(start + lines, rows.stop)), samples

    def check(self, window: Window) -> Window:
        """Return the window if it lies on the grid.

        Raises:
            ConfigError: It does not lie on the grid, or it is empty.
        """
        for part, size in zip(window, self.shape, strict=True):
            if not 0 <= part.start < part.stop <= size:
                raise ConfigError(
                    f"Window {part.start}:{part.stop} does not lie on the grid of "
                    f"{self.lines} x {self.samples} pixels."
                )
        return window


def size_of(window: Window) -> tuple[int, int]:
    """Lines and samples of a window."""
    return window[0].stop - window[0].start, window[1].stop - window[1].start


def offset(window: Window, around: Window) -> Window:
    """Where a window lies within a larger one."""
    lines, samples = (
        slice(own.start - outer.start, own.stop - outer.start)
        for own, outer in zip(window, around, strict=True)
    )
    return lines, samples


def whole_ratio(fine_m: float, coarse_m: float) -> int | None:
    """Number of fine pixels along a coarse one, or None if that is not a whole number.

    >>> whole_ratio(80, 400), whole_ratio(80, 200), whole_ratio(800, 400)
    (5, None, None)
    """
    ratio = coarse_m / fine_m
    nearest = round(ratio)
    return nearest if nearest >= 1 and abs(ratio - nearest) <= _RATIO_TOLERANCE else None


def resampling_notice(scene_m: float, wanted_m: float) -> str:
    """What the reader must know about a scene read at another spacing; empty if nothing."""
    if whole_ratio(scene_m, wanted_m) is not None:
        return ""
    if scene_m > wanted_m:
        return (
            f"The scene's pixels of {scene_m:g} m are coarser than the {wanted_m:g} m that the "
            "checkpoint was trained at. The inputs are interpolated and hold less detail."
        )
    return (
        f"The checkpoint's {wanted_m:g} m are not a multiple of the scene's {scene_m:g} m. "
        "Inputs are interpolated bilinearly and charts take the nearest pixel."
    )
