"""The 2 km grid of AMSR2 and ERA5, interpolated to the full grid by true position."""

import numpy as np

from seaice.ai4arctic.layout import CELL_M
from seaice.core.grids.resample import bilinear, centres


def cells_to_pixels(
    cells: np.ndarray,
    window: tuple[slice, slice],
    spacing_m: float,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Interpolate the 2 km grid to a window of the full grid by true position.

    The centre of pixel i lies at cell coordinate (i + 0.5) x spacing / 2000 - 0.5 wherever the
    window begins, so a crop has the same values as the whole scene there.

    Args:
        cells: (..., cell lines, cell samples) float, finite: one layer or a stack of them.
        window: Line and sample slices of the full grid, both ends given.
        spacing_m: Spacing of the full grid, metres.
        out: Array for the result; a new one where None.

    Returns:
        (..., window lines, window samples) of the type of `cells`.
    """
    line_at, sample_at = (
        centres(part.stop - part.start, spacing_m, part.start, CELL_M) for part in window
    )
    return bilinear(cells, line_at, sample_at, out)
