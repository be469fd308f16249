"""Random training patches from many scenes."""

import copy
import logging
import math
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import torch
from torch.utils.data import Dataset

from seaice.ai4arctic.charts import CHARTS, FILL, ChartName
from seaice.core.cache import Store
from seaice.core.errors import ConfigError, NoScenesError, SceneError
from seaice.core.grids.pixel_grid import Window
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import Inputs, read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.training.config import Sampling
from seaice.training.patches.augment import draw_symmetry
from seaice.training.patches.jitter import Jitter
from seaice.training.patches.labelled import BLOCK_PX, LabelledArea
from seaice.training.patches.sampling import check_sampling, draw_block, draw_window, longest_px

log = logging.getLogger(__name__)

_AUGMENTATION, _REDRAW, _JITTER = 1, 2, 3
"""Seeds that make the draws of the symmetry, of later attempts and of the jitter independent of the
first draw."""
_START = 4
"""Seed of where patches that visit the scenes evenly begin."""
_GOLDEN = (math.sqrt(5) - 1) / 2
"""Multiples of the golden ratio, less their whole parts, lie evenly in 0 to 1 however many they are
(Niederreiter 1992, Random Number Generation and Quasi-Monte Carlo Methods, chapter 3)."""
_MOST_FILES = 384
"""Open at a time in each process. Patches come from all scenes in turn, and opening a file takes as
long as reading several patches of it. A file takes 1.9 MB, most of it of the HDF5 library's."""
_FEW_FILES = 4
"""Open at a time for patches that visit the scenes evenly: the next one is of another scene, and to
keep 320 files open for it takes 0.6 GB."""
_ATTEMPTS = 20
"""Windows drawn for one patch before training stops because no scene is readable."""


class Patch(TypedDict):
    """A training sample.

    `inputs`: (channels, patch, patch) float32, 0 beyond the scene.
    `charts`: (3, patch, patch) uint8 in the order of `CHARTS`, 255 where unlabelled or beyond the
    scene.
    """

    inputs: torch.Tensor
    charts: torch.Tensor


class PatchDataset(Dataset[Patch]):
    """Patches drawn over the labelled area of all scenes. Every patch has labelled pixels.

    Patch i depends only on the seed and i, so any number of workers and a resumed run draw the same
    patches. Each process keeps the files that it reads open. A patch does not extend beyond its
    scene unless the scene is smaller, so windows along the border are drawn more often than inner
    ones.

    If a scene becomes unreadable, another window is drawn for the patch. The log names the scene
    once.

    Args:
        scenes: The scenes.
        channels: Channel names in order.
        spacing_m: Pixel spacing, metres.
        patch: Pixels along one side, 16 or more.
        count: Number of patches.
        seed: Random seed.
        sampling: How to draw positions.
        augment: Whether to flip and rotate patches at random, together with their wind. The
            incidence angle moves like any other layer, so in a rotated patch it may no longer
            increase along samples.
        gain_jitter_db: Standard deviation of the gain of HH and of HV, dB; see `Jitter`.
        noise_jitter_db: Standard deviation of the noise in HV, dB.
        store: Cache of the labelled area of each scene. If None, nothing is cached.

    Attributes:
        area: The labelled area of all scenes.

    Raises:
        NoScenesError: The scenes have no labelled pixels.
        ConfigError: The sampling is unknown, or the patch is too small.
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
        gain_jitter_db: float = 0.0,
        noise_jitter_db: float = 0.0,
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
            raise ConfigError(f"Patch size must be at least {BLOCK_PX} pixels, not {patch}.")
        self._evenly = False
        self._augment = augment
        self._jitter_db = gain_jitter_db, noise_jitter_db
        self.area = LabelledArea.of(scenes, spacing_m, store)
        self._files = OpenFiles(_MOST_FILES, chunk_cache_bytes=0, grids_on_disk=True)
        # Shared by all workers, so that only one of them warns about an unreadable scene.
        self._warned = torch.zeros(len(scenes), dtype=torch.bool)
        self._warned.share_memory_()  # type: ignore[no-untyped-call]  # torch does not annotate it

    def __len__(self) -> int:
        return self._count

    def evenly(self, patch: int) -> "PatchDataset":
        """Patches of another size that visit the scenes evenly, through few open files.

        Any run of consecutive patches takes each scene about as often as its share of the labelled
        pixels says, whatever the sampling. So little depends on which ones are drawn.

        Args:
            patch: Pixels along one side, 16 or more.
        """
        other = copy.copy(self)
        other._patch = patch
        other._evenly = True
        other._files = OpenFiles(_FEW_FILES, chunk_cache_bytes=0)
        return other

    @property
    def longest_px(self) -> int:
        """Pixels along the longest side of all scenes."""
        return longest_px(self._scenes, self._spacing_m)

    def __getitem__(self, index: int) -> Patch:
        return self._patch_with(index, CHARTS)

    def inputs(self, index: int) -> torch.Tensor:
        """The inputs of a patch, without reading its charts, which takes as long at 80 m."""
        return self._patch_with(index, ())["inputs"]

    def _patch_with(self, index: int, chart_names: Sequence[ChartName]) -> Patch:
        if not 0 <= index < self._count:
            raise IndexError(index)
        inputs, charts = self._first_readable(index, chart_names)
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
        """Draw the scene and window of a patch.

        Args:
            index: Number of the patch.
            attempt: Number of windows already drawn that could not be read.
        """
        redraw = (_REDRAW, attempt) if attempt else ()
        rng = np.random.default_rng((self._seed, index, *redraw))
        if not self._evenly:
            block = draw_block(self.area, self._sampling, rng)
        elif attempt:
            block = self.area.any_block(rng)
        else:
            start = np.random.default_rng((self._seed, _START)).random()
            block = self.area.block_at((start + index * _GOLDEN) % 1)
        scene = self._scenes[block.scene]
        return scene, draw_window(scene.grid.at(self._spacing_m), block, self._patch, rng)

    def _first_readable(
        self, index: int, chart_names: Sequence[ChartName]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and named charts of the first window drawn for a patch that can be read.

        Raises:
            NoScenesError: None of them can be read.
        """
        for attempt in range(_ATTEMPTS):
            scene, window = self.draw(index, attempt)
            at = self._spacing_m, window, self._files
            try:
                inputs = self._jittered(index, read_inputs(scene, self._channels, *at))
                charts = np.empty((len(chart_names), *inputs.shape[1:]), np.uint8)
                for chart, name in zip(charts, chart_names, strict=True):
                    chart[:] = read_chart(scene, name, *at)
                return inputs, charts
            except SceneError as error:
                self._warn_once(scene, error)
        # An error with one text argument: torch can rebuild only such errors from a worker.
        raise NoScenesError(
            f"No training patch could be read in {_ATTEMPTS} attempts. Check the training folder."
        )

    def _jittered(self, index: int, inputs: Inputs) -> np.ndarray:
        if not any(self._jitter_db):
            return inputs.values
        rng = np.random.default_rng((self._seed, index, _JITTER))
        jitter = Jitter.draw(*self._jitter_db, rng)
        return jitter.of_inputs(inputs.values, inputs.valid, self._channels)

    def _warn_once(self, scene: Scene, error: SceneError) -> None:
        number = self._scenes.index(scene)
        if not self._warned[number]:
            self._warned[number] = True
            text = " ".join(str(error).split())
            log.warning("cannot read a training scene; using others instead: %s", text)

    def _padded(self, layers: np.ndarray, fill: int) -> np.ndarray:
        _, lines, samples = layers.shape
        if (lines, samples) == (self._patch, self._patch):
            return layers
        pad = ((0, 0), (0, self._patch - lines), (0, self._patch - samples))
        return np.pad(layers, pad, constant_values=fill)
