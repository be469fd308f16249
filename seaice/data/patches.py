"""Random training patches from many scenes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import torch
from torch.utils.data import Dataset

from seaice.data.grid import PixelGrid, Window
from seaice.data.read import read_chart, read_inputs
from seaice.data.scene import Scene
from seaice.errors import NoScenesError
from seaice.vocabulary import CHARTS, FILL

# Labelled area is indexed in blocks of so many pixels: exact enough to find it, small for archives.
_BLOCK_PX = 16


class Patch(TypedDict):
    """A training sample.

    `inputs`: (channels, patch, patch) float32. `charts`: (3, patch, patch) uint8 in the order of
    `CHARTS`, 255 where unlabelled or beyond the scene.
    """

    inputs: torch.Tensor
    charts: torch.Tensor


@dataclass(frozen=True)
class LabelledArea:
    """Where the scenes hold a label in any chart.

    Attributes:
        scene: (blocks,) index of each labelled block's scene.
        line: (blocks,) its first line, at the patches' spacing.
        sample: (blocks,) its first sample.
    """

    scene: np.ndarray
    line: np.ndarray
    sample: np.ndarray

    @classmethod
    def of(cls, scenes: Sequence[Scene], spacing_m: float) -> "LabelledArea":
        """Find the labelled blocks of all scenes.

        Raises:
            NoScenesError: Not one pixel has a label.
        """
        found = []
        for index, scene in enumerate(scenes):
            lines, samples = np.nonzero(_labelled_blocks(scene, spacing_m))
            found.append(np.stack([np.full(len(lines), index), lines, samples]))
        blocks = np.concatenate(found, axis=1) if found else np.zeros((3, 0), int)
        if not blocks.shape[1]:
            raise NoScenesError("Not one pixel of the training scenes has a label in any chart.")
        return cls(blocks[0], blocks[1] * _BLOCK_PX, blocks[2] * _BLOCK_PX)


def _labelled_blocks(scene: Scene, spacing_m: float) -> np.ndarray:
    labelled = np.zeros(scene.grid.at(spacing_m).shape, bool)
    for name in scene.charts:
        labelled |= read_chart(scene, name, spacing_m) != FILL
    lines, samples = (-(-size // _BLOCK_PX) * _BLOCK_PX for size in labelled.shape)
    padded = np.zeros((lines, samples), bool)
    padded[: labelled.shape[0], : labelled.shape[1]] = labelled
    return padded.reshape(lines // _BLOCK_PX, _BLOCK_PX, -1, _BLOCK_PX).any(axis=(1, 3))


def patch_offset(at: int, size: int, patch: int, rng: np.random.Generator) -> int:
    """First pixel of a patch that holds pixel `at`, every possible one alike, the last included.

    Zero where the scene is no larger than the patch.
    """
    if size <= patch:
        return 0
    first, last = max(0, at - patch + 1), min(at, size - patch)
    return int(rng.integers(first, last, endpoint=True))


class PatchDataset(Dataset[Patch]):
    """Patches drawn uniformly over the labelled area of all scenes.

    Patch i depends on the seed and i alone, so that several workers, or a run that goes on after a
    stop, draw the same ones.

    Args:
        scenes: The scenes.
        channels: Channel names in order.
        spacing_m: Pixel spacing, metres.
        patch: Pixels along one side.
        count: Number of patches.
        seed: Seed of the draw.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        channels: Sequence[str],
        spacing_m: float,
        patch: int,
        count: int,
        seed: int,
    ) -> None:
        self._scenes = tuple(scenes)
        self._channels = tuple(channels)
        self._spacing_m = spacing_m
        self._patch = patch
        self._count = count
        self._seed = seed
        self._area = LabelledArea.of(scenes, spacing_m)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Patch:
        if not 0 <= index < self._count:
            raise IndexError(index)
        scene, window = self.draw(index)
        inputs = read_inputs(scene, self._channels, self._spacing_m, window).values
        charts = np.stack([read_chart(scene, name, self._spacing_m, window) for name in CHARTS])
        return Patch(
            inputs=torch.from_numpy(self._padded(inputs, 0)),
            charts=torch.from_numpy(self._padded(charts, FILL)),
        )

    def draw(self, index: int) -> tuple[Scene, Window]:
        """Scene and window of patch `index`."""
        rng = np.random.default_rng((self._seed, index))
        block = int(rng.integers(len(self._area.scene)))
        scene = self._scenes[self._area.scene[block]]
        grid = scene.grid.at(self._spacing_m)
        corner = (int(self._area.line[block]), int(self._area.sample[block]))
        return scene, self._window(grid, corner, rng)

    def _window(self, grid: PixelGrid, corner: tuple[int, int], rng: np.random.Generator) -> Window:
        sides = []
        for start, size in zip(corner, grid.shape, strict=True):
            at = min(start + int(rng.integers(_BLOCK_PX)), size - 1)
            offset = patch_offset(at, size, self._patch, rng)
            sides.append(slice(offset, min(offset + self._patch, size)))
        return sides[0], sides[1]

    def _padded(self, layers: np.ndarray, fill: int) -> np.ndarray:
        _, lines, samples = layers.shape
        if (lines, samples) == (self._patch, self._patch):
            return layers
        pad = ((0, 0), (0, self._patch - lines), (0, self._patch - samples))
        return np.pad(layers, pad, constant_values=fill)
