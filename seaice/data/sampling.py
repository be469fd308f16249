"""Where a training patch lies: drawn uniformly over the labelled area, or balanced by class."""

from typing import Literal, get_args

import numpy as np

from seaice.data.grid import PixelGrid, Window
from seaice.data.labelled import BLOCK_PX, Block, LabelledArea
from seaice.errors import ConfigError

Sampling = Literal["uniform", "balanced"]
"""`uniform`: every labelled block alike. `balanced`: a chart, then one of its classes, then a block
that holds it, each alike, so that a rare class is met as often as a common one."""
SAMPLINGS: tuple[Sampling, ...] = get_args(Sampling)


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
    present = area.classes.any(axis=0)
    chart = int(rng.choice(np.flatnonzero(present.any(axis=1))))
    return area.block_with(chart, int(rng.choice(np.flatnonzero(present[chart]))), rng)


def draw_window(grid: PixelGrid, block: Block, patch: int, rng: np.random.Generator) -> Window:
    """A window of `patch` pixels a side that holds a pixel of a block.

    Args:
        grid: The scene's grid at the patches' spacing.
        block: The block.
        patch: Pixels along one side; where the grid is smaller, the window is.
        rng: Source of the draw.
    """
    sides = []
    for start, size in zip((block.line, block.sample), grid.shape, strict=True):
        at = min(start + int(rng.integers(BLOCK_PX)), size - 1)
        offset = patch_offset(at, size, patch, rng)
        sides.append(slice(offset, min(offset + patch, size)))
    return sides[0], sides[1]


def patch_offset(at: int, size: int, patch: int, rng: np.random.Generator) -> int:
    """First pixel of a patch that holds pixel `at`, every possible one alike, the last included.

    Zero where the scene is no larger than the patch.
    """
    if size <= patch:
        return 0
    first, last = max(0, at - patch + 1), min(at, size - patch)
    return int(rng.integers(first, last, endpoint=True))
