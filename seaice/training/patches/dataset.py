"""Random training patches from many scenes."""

import logging
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import torch
from torch.utils.data import Dataset

from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.core.cache import Store
from seaice.core.errors import ConfigError, NoScenesError, SceneError
from seaice.core.grids.pixel_grid import Window
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.training.config import Sampling
from seaice.training.patches.augment import draw_symmetry
from seaice.training.patches.labelled import BLOCK_PX, LabelledArea
from seaice.training.patches.sampling import (
    check_sampling,
    draw_block,
    draw_window,
    patch_offset,
)

log = logging.getLogger(__name__)

__all__ = ["LabelledArea", "Patch", "PatchDataset", "Sampling", "patch_offset"]

_AUGMENTATION, _AGAIN = 1, 2
"""Set the draws of the symmetry, and of further places, apart from that of the first place."""
_ATTEMPTS = 20
"""Places drawn for one patch before no scene is taken to be readable any more."""


class Patch(TypedDict):
    """A training sample.

    `inputs`: (channels, patch, patch) float32. `charts`: (3, patch, patch) uint8 in the order of
    `CHARTS`, 255 where unlabelled or beyond the scene.
    """

    inputs: torch.Tensor
    charts: torch.Tensor


class PatchDataset(Dataset[Patch]):
    """Patches drawn over the labelled area of all scenes; every one holds a label.

    Patch i depends on the seed and i alone, so that several workers, or a run that goes on after a
    stop, draw the same ones. Each process keeps the files open that it reads. As no patch reaches
    beyond its scene unless the scene is smaller, those along its border are drawn more often than
    inner ones.

    Where a scene can no longer be read there, another place is drawn for the patch, and the scene
    is named once in the log.

    Args:
        scenes: The scenes.
        channels: Channel names in order.
        spacing_m: Pixel spacing, metres.
        patch: Pixels along one side, 16 or more.
        count: Number of patches.
        seed: Seed of the draw.
        sampling: How places are drawn.
        augment: Whether patches are flipped and turned at random, their wind with them. The
            incidence angle moves like any other layer: in a turned patch it no longer grows along
            samples.
        store: Where the labelled area of each scene is kept between runs; nowhere where None.

    Raises:
        NoScenesError: Not one pixel has a label.
        ConfigError: There is no such sampling, or the patch is too small.
        SceneError: A scene cannot be read.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        channels: Sequence[str],
        spacing_m: float,
        patch: int,
        count: int,
        seed: int,
        *,
        sampling: Sampling = "uniform",
        augment: bool = False,
        store: Store | None = None,
    ) -> None:
        self._scenes = tuple(scenes)
        self._channels = tuple(channels)
        self._spacing_m = spacing_m
        self._patch = patch
        self._count = count
        self._seed = seed
        self._sampling = check_sampling(sampling)
        if patch < BLOCK_PX:
            raise ConfigError(f"A patch has {BLOCK_PX} pixels or more along a side, not {patch}.")
        self._augment = augment
        self._area = LabelledArea.of(scenes, spacing_m, store)
        self._files = OpenFiles()
        # Shared by all processes that read patches: they name an unreadable scene once in all.
        self._named = torch.zeros(len(scenes), dtype=torch.bool)
        self._named.share_memory_()  # type: ignore[no-untyped-call]  # torch does not annotate it

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Patch:
        if not 0 <= index < self._count:
            raise IndexError(index)
        inputs, charts = self._first_readable(index)
        if self._augment:
            rng = np.random.default_rng((self._seed, index, _AUGMENTATION))
            symmetry = draw_symmetry(self._channels, rng)
            inputs = symmetry.of_inputs(inputs, self._channels)
            charts = symmetry.of_layers(charts)
        return Patch(
            inputs=torch.from_numpy(self._padded(inputs, 0)),
            charts=torch.from_numpy(self._padded(charts, FILL)),
        )

    def draw(self, index: int, attempt: int = 0) -> tuple[Scene, Window]:
        """Scene and window of patch `index`.

        Args:
            index: The patch.
            attempt: How many places drawn before could not be read.
        """
        again = (_AGAIN, attempt) if attempt else ()
        rng = np.random.default_rng((self._seed, index, *again))
        block = draw_block(self._area, self._sampling, rng)
        scene = self._scenes[block.scene]
        return scene, draw_window(scene.grid.at(self._spacing_m), block, self._patch, rng)

    def _first_readable(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and charts of the first place drawn for a patch that can be read.

        Raises:
            NoScenesError: None can.
        """
        for attempt in range(_ATTEMPTS):
            scene, window = self.draw(index, attempt)
            at = self._spacing_m, window, self._files
            try:
                inputs = read_inputs(scene, self._channels, *at).values
                return inputs, np.stack([read_chart(scene, name, *at) for name in CHARTS])
            except SceneError as error:
                self._name_once(scene, error)
        # Made of one text: so torch hands an error from a worker to the run.
        raise NoScenesError(f"Not one of {_ATTEMPTS} places in the training scenes could be read.")

    def _name_once(self, scene: Scene, error: SceneError) -> None:
        number = self._scenes.index(scene)
        if not self._named[number]:
            self._named[number] = True
            text = " ".join(str(error).split())
            log.warning("a training scene cannot be read, patches of others stand in: %s", text)

    def _padded(self, layers: np.ndarray, fill: int) -> np.ndarray:
        _, lines, samples = layers.shape
        if (lines, samples) == (self._patch, self._patch):
            return layers
        pad = ((0, 0), (0, self._patch - lines), (0, self._patch - samples))
        return np.pad(layers, pad, constant_values=fill)
