"""Draw the position of a training patch, uniformly over the labelled area or balanced by class."""

from collections.abc import Sequence

import numpy as np

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.scenes.scene import Scene
from seaice.training.config import SAMPLINGS, Sampling
from seaice.training.patches.labelled import BLOCK_PX, Block, LabelledArea


def longest_px(scenes: Sequence[Scene], spacing_m: float) -> int:
    """Pixels along the longest side of all scenes, at the spacing of the patches."""
    return max(max(scene.grid.at(spacing_m).shape) for scene in scenes)


def check_sampling(sampling: str) -> Sampling:
    """Return the name if it is a kind of sampling.

    Raises:
        ConfigError: It is not.
    """
    for known in SAMPLINGS:
        if sampling == known:
            return known
    raise ConfigError(f"sampling must be {' or '.join(SAMPLINGS)}, not {str(sampling)[:40]!r}.")


def draw_block(area: LabelledArea, sampling: Sampling, rng: np.random.Generator) -> Block:
    """Draw a labelled block.

    Uniform sampling draws every labelled pixel with the same probability. Balanced sampling draws a
    chart, then one of its classes that occur, then a block with that class.

    Args:
        area: The labelled area.
        sampling: How to draw.
        rng: Random generator.
    """
    if sampling == "uniform":
        return area.any_block(rng)
    present: np.ndarray = np.any(area.classes, axis=0)
    chart = int(rng.choice(np.flatnonzero(present.any(axis=1))))
    return area.block_with(chart, int(rng.choice(np.flatnonzero(present[chart]))), rng)


def draw_window(grid: PixelGrid, block: Block, patch: int, rng: np.random.Generator) -> Window:
    """Draw one of the windows that hold a whole block, all with the same probability.

    Args:
        grid: Grid of the scene at the spacing of the patches.
        block: The block.
        patch: Pixels along one side, `BLOCK_PX` or more. The window is smaller if the grid is.
        rng: Random generator.
    """
    sides = []
    for start, size in zip((block.line, block.sample), grid.shape, strict=True):
        stop = min(start + BLOCK_PX, size)
        offset = patch_offset(start, stop, size, patch, rng)
        sides.append(slice(offset, min(offset + patch, size)))
    return sides[0], sides[1]


def patch_offset(start: int, stop: int, size: int, patch: int, rng: np.random.Generator) -> int:
    """Draw the first pixel of a patch that holds all pixels from `start` up to `stop`.

    All possible pixels have the same probability, including the last one. If the scene is not
    larger than the patch, the result is 0.

    Args:
        start: First pixel to hold.
        stop: First pixel after those to hold, at most `start + patch`.
        size: Pixels of the scene along this side.
        patch: Pixels of the patch along this side.
        rng: Random generator.
    """
    if size <= patch:
        return 0
    first, last = max(0, stop - patch), min(start, size - patch)
    return int(rng.integers(first, last, endpoint=True))
