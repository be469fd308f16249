"""Where a training patch lies: drawn uniformly over the labelled area, or balanced by class."""

import numpy as np

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.training.config import SAMPLINGS, Sampling
from seaice.training.patches.labelled import BLOCK_PX, Block, LabelledArea


def check_sampling(sampling: str) -> Sampling:
    """The kind of sampling of that name.

    Raises:
        ConfigError: There is none.
    """
    for known in SAMPLINGS:
        if sampling == known:
            return known
    raise ConfigError(f"Sampling is {' or '.join(SAMPLINGS)}, not {str(sampling)[:40]!r}.")


def draw_block(area: LabelledArea, sampling: Sampling, rng: np.random.Generator) -> Block:
    """A labelled block.

    Args:
        area: The labelled area.
        sampling: How it is drawn.
        rng: Source of the draw.
    """
    if sampling == "uniform":
        return area.any_block(rng)
    present: np.ndarray = np.any(area.classes, axis=0)
    chart = int(rng.choice(np.flatnonzero(present.any(axis=1))))
    return area.block_with(chart, int(rng.choice(np.flatnonzero(present[chart]))), rng)


def draw_window(grid: PixelGrid, block: Block, patch: int, rng: np.random.Generator) -> Window:
    """A window of `patch` pixels a side that holds a whole block, each such one alike.

    Args:
        grid: The scene's grid at the patches' spacing.
        block: The block.
        patch: Pixels along one side, `BLOCK_PX` or more; where the grid is smaller, the window is.
        rng: Source of the draw.
    """
    sides = []
    for start, size in zip((block.line, block.sample), grid.shape, strict=True):
        stop = min(start + BLOCK_PX, size)
        offset = patch_offset(start, stop, size, patch, rng)
        sides.append(slice(offset, min(offset + patch, size)))
    return sides[0], sides[1]


def patch_offset(start: int, stop: int, size: int, patch: int, rng: np.random.Generator) -> int:
    """First pixel of a patch that holds the pixels from `start` to before `stop`.

    Every possible one alike, the last included; zero where the scene is no larger than the patch.

    Args:
        start: First pixel to hold.
        stop: First pixel after those; at most `patch` after `start`.
        size: Pixels of the scene.
        patch: Pixels of the patch.
        rng: Source of the draw.
    """
    if size <= patch:
        return 0
    first, last = max(0, stop - patch), min(start, size - patch)
    return int(rng.integers(first, last, endpoint=True))
