"""From a scene's own pixels to a window of its grid at another spacing."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import FILL
from seaice.ai4arctic.layout import INPUT_FILL
from seaice.core.grids.coarsen import block_any, block_mean, block_mode
from seaice.core.grids.pixel_grid import PixelGrid, Window, whole_ratio
from seaice.core.grids.resample import bilinear_valid, centres, nearest


@dataclass(frozen=True)
class Resampler:
    """Brings pixels of a scene's own grid to a window at one spacing.

    Attributes:
        target: The grid whose pixels the window counts.
        window: The window.
        source: The scene's own grid.
        part: The window of the scene's own grid that has to be read.
        ratio: Number of source pixels along a target pixel; None where it is not whole.
    """

    target: PixelGrid
    window: Window
    source: PixelGrid
    part: Window
    ratio: int | None

    @classmethod
    def of(cls, grid: PixelGrid, spacing_m: float | None, window: Window | None) -> "Resampler":
        """Plan how to read a window.

        Args:
            grid: The scene's own grid.
            spacing_m: Wanted pixel spacing, metres; the scene's own where None.
            window: Part of the grid at that spacing; the whole grid where None.

        Raises:
            ConfigError: The window does not lie on the grid.
        """
        target = grid.at(spacing_m)
        window = target.check(window or target.whole)
        ratio = whole_ratio(grid.spacing_m, target.spacing_m)
        # One pixel more on each side for the interpolation where blocks do not fit.
        scale, margin = (ratio, 0) if ratio else (target.spacing_m / grid.spacing_m, 1)
        lines, samples = (
            slice(
                max(0, int(np.floor(side.start * scale)) - margin),
                min(size, int(np.ceil(side.stop * scale)) + margin),
            )
            for side, size in zip(window, grid.shape, strict=True)
        )
        return cls(target, window, grid, (lines, samples), ratio)

    @property
    def shape(self) -> tuple[int, int]:
        """(lines, samples) of the window."""
        lines, samples = self.window
        return lines.stop - lines.start, samples.stop - samples.start

    @property
    def part_shape(self) -> tuple[int, int]:
        """(lines, samples) of the part that has to be read."""
        lines, samples = self.part
        return lines.stop - lines.start, samples.stop - samples.start

    def strips(self, most_pixels: int) -> Iterator["Resampler"]:
        """The window in strips of as many whole lines, none of which needs more source pixels.

        Only blocks of pixels are cut: others share their edges, and a window at the source's own
        spacing takes no more memory than what is read for it.
        """
        if not self.is_coarsening:
            yield self
            return
        lines, samples = self.window
        count = -(-self.part_shape[0] * self.part_shape[1] // most_pixels)
        step = -(-self.shape[0] // count)
        for start in range(lines.start, lines.stop, step):
            strip = slice(start, min(start + step, lines.stop)), samples
            yield Resampler.of(self.source, self.target.spacing_m, strip)

    def lines_in(self, whole: "Resampler") -> tuple[slice, slice]:
        """Where a strip's lines lie in its whole: those of the window, those that are read."""
        (lines, _), (first, _) = self.window, whole.window
        (own, _), (own_first, _) = self.part, whole.part
        return (
            slice(lines.start - first.start, lines.stop - first.start),
            slice(own.start - own_first.start, own.stop - own_first.start),
        )

    @property
    def is_coarsening(self) -> bool:
        """Whether several whole pixels become one."""
        return self.ratio is not None and self.ratio > 1

    def fill_inputs(self, values: np.ndarray, valid: np.ndarray, out: np.ndarray) -> None:
        """Resample values of the part that was read; `INPUT_FILL` where invalid.

        Args:
            values: (part lines, part samples), any float type; may hold anything where invalid.
            valid: (part lines, part samples) bool.
            out: (lines, samples) float32 to fill.
        """
        if self.ratio == 1:
            np.copyto(out, values, casting="same_kind")
            if not valid.all():
                np.copyto(out, np.float32(INPUT_FILL), where=~valid)
            return
        values = values.astype(np.float32, copy=False)
        if self.ratio is not None:
            out[:] = block_mean(values, valid, self.ratio, INPUT_FILL)
            return
        layer = bilinear_valid(values, valid, *self._coordinates(), INPUT_FILL)
        out[:] = np.where(self.valid(valid), layer, np.float32(INPUT_FILL))

    def valid(self, valid: np.ndarray) -> np.ndarray:
        """Resample the validity of the part that was read, (lines, samples) bool."""
        if self.ratio == 1:
            return valid
        if self.ratio is not None:
            return block_any(valid, self.ratio)
        return nearest(valid, *self._coordinates())

    def classes(self, classes: np.ndarray, n_classes: int) -> np.ndarray:
        """Resample classes of the part that was read, uint8; `FILL` where unlabelled."""
        classes = np.where((classes >= 0) & (classes < n_classes), classes, FILL).astype(np.uint8)
        if self.ratio == 1:
            return classes
        if self.ratio is not None:
            return block_mode(classes, n_classes, self.ratio)
        return nearest(classes, *self._coordinates())

    def points(self, span: PixelGrid, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of the window's pixel centres among points that span a grid.

        Args:
            span: The grid, over the same ground. The first and the last points lie on the centres
                of its first and last pixels.
            shape: Number of points along lines and samples.
        """
        line_at, sample_at = (
            centres(side.stop - side.start, self.target.spacing_m, side.start, span.spacing_m)
            * ((points - 1) / max(size - 1, 1))
            for side, size, points in zip(self.window, span.shape, shape, strict=True)
        )
        return line_at, sample_at

    def _coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of the window's pixel centres in the part that was read."""
        line_at, sample_at = (
            centres(
                side.stop - side.start, self.target.spacing_m, side.start, self.source.spacing_m
            )
            - part.start
            for side, part in zip(self.window, self.part, strict=True)
        )
        return line_at, sample_at
