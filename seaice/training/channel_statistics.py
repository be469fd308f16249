"""Statistics of the channels over a run's training scenes, kept in its checkpoint."""

import logging
from collections.abc import Sequence

import numpy as np

from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.network.training_range import (
    ChannelStatistics,
    SceneSample,
    sample_of,
    statistics_of,
)
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.training.kept_sample import packed_sample, unpacked_sample

log = logging.getLogger(__name__)

_STRIPS, _STRIP_LINES, _SAMPLE_STEP = 8, 4, 4
"""Strips of a scene that are read, their lines, and which of their samples are kept: some thousand
pixels from all over the scene, in a tenth of the time that the whole scene takes."""
_KIND = "scene-sample-1"
"""The number counts the ways in which samples have been drawn and packed."""


def channel_statistics(
    scenes: Sequence[Scene],
    channels: Sequence[str],
    spacing_m: float,
    store: Store | None = None,
) -> dict[str, ChannelStatistics]:
    """Statistics of the channels over scenes. The same scenes always give the same statistics.

    Args:
        scenes: The training scenes. Those that cannot be read do not count.
        channels: Channel names.
        spacing_m: Pixel spacing, metres.
        store: Cache of what the scenes hold. If None, nothing is cached.
    """
    samples = []
    for scene in scenes:
        try:
            sample = _sample(scene, tuple(channels), float(spacing_m), store)
        except SceneError as error:
            log.warning("left out of the channels' statistics: %s", " ".join(str(error).split()))
            continue
        if sample is not None:
            samples.append(sample)
    return statistics_of(samples)


def _sample(
    scene: Scene, channels: tuple[str, ...], spacing_m: float, store: Store | None
) -> SceneSample | None:
    """Pixels of a scene, from the cache if they are known; None if it has no valid ones."""
    if store is None:
        return _sampled(scene, channels, spacing_m)
    # Before it is read: a file that changes meanwhile is not known under its new identity.
    key = str((scene.key, channels, spacing_m))
    month = scene.time.month if scene.time else None
    if (kept := store.get(_KIND, key)) is not None:
        try:
            return unpacked_sample(kept, channels, month)
        except ValueError:
            log.debug("the kept sample of %s is damaged", scene.id)
    sample = _sampled(scene, channels, spacing_m)
    store.put(_KIND, key, packed_sample(sample))
    return sample


def _sampled(scene: Scene, channels: Sequence[str], spacing_m: float) -> SceneSample | None:
    """Pixels of a scene; None if it has no valid ones."""
    grid = scene.grid.at(spacing_m)
    values, sic = [], []
    with OpenFiles(1) as files:
        for number in range(_STRIPS):
            first = min(int((number + 0.5) / _STRIPS * grid.lines), max(grid.lines - 1, 0))
            window = slice(first, min(first + _STRIP_LINES, grid.lines)), slice(0, grid.samples)
            inputs = read_inputs(scene, channels, spacing_m, window, files)
            chart = read_chart(scene, "SIC", spacing_m, window, files)
            kept = inputs.valid.copy()
            kept[:, np.arange(grid.samples) % _SAMPLE_STEP > 0] = False
            values.append(inputs.values[:, kept])
            sic.append(chart[kept])
    pixels = np.concatenate(values, axis=1)
    if not pixels.size:
        return None
    month = scene.time.month if scene.time else None
    return sample_of(channels, pixels, np.concatenate(sic).astype(np.float32), month)
