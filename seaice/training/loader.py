"""The patches of a run in the order of its steps, wherever it begins."""

import os
import signal
from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import DataLoader, Sampler

from seaice.core.cache import Store
from seaice.core.errors import ConfigError
from seaice.scenes.scene import Scene
from seaice.training.config import TrainingConfig
from seaice.training.patches.dataset import Patch, PatchDataset
from seaice.training.runs.lock import Lock


class Steps(Sampler[list[int]]):
    """Numbers of the patches of each step, in order.

    Step s takes the patches from s x batch on, and each of several devices an even share of them:
    so the data of a step depend on nothing but the step.

    Args:
        first: First step.
        steps: Number of steps in all.
        batch: Patches of a step, of all devices together.
        rank: Number of this device.
        devices: Number of devices.
    """

    def __init__(self, first: int, steps: int, batch: int, rank: int = 0, devices: int = 1) -> None:
        self._steps = range(first, steps)
        self._batch = batch
        self._share = batch // devices
        self._rank = rank

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[list[int]]:
        for step in self._steps:
            start = step * self._batch + self._rank * self._share
            yield list(range(start, start + self._share))


def patches(config: TrainingConfig, scenes: Sequence[Scene]) -> PatchDataset:
    """All patches of a run.

    Raises:
        NoScenesError: Not one pixel of the scenes has a label.
        ConfigError: Not one scene is as large as a patch along any side.
        SceneError: A scene cannot be read.
    """
    longest = max(max(scene.grid.at(config.spacing_m).shape) for scene in scenes)
    if config.patch > longest:
        raise ConfigError(
            f"A patch of {config.patch} pixels is larger than every scene: the longest side is "
            f"{longest} pixels of {config.spacing_m:g} m. Take a smaller patch."
        )
    return PatchDataset(
        scenes,
        config.channels,
        config.spacing_m,
        config.patch,
        config.steps * config.batch,
        config.seed,
        sampling=config.sampling,
        augment=config.augment,
        store=Store(),
    )


def make_loader(
    config: TrainingConfig, dataset: PatchDataset, steps: Steps, locks: Sequence[Lock]
) -> "DataLoader[Patch]":
    """Batches of patches, read in processes of their own while the run computes.

    Args:
        config: The run's settings.
        dataset: All patches.
        steps: Which of them in what order.
        locks: What tells that the run's process lives, which those of its workers must not.
    """

    def prepare_worker(worker: int) -> None:
        # Out of the group that a terminal or `timeout` tells to stop: they end with the run, which
        # itself ends them with SIGTERM where an error has left them over.
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for lock in locks:
            lock.release()

    return DataLoader(
        dataset,
        batch_sampler=steps,
        num_workers=config.workers,
        worker_init_fn=prepare_worker,
        # They start at once with what is read already, and touch no GPU.
        multiprocessing_context="fork" if config.workers else None,
        pin_memory=torch.cuda.is_available(),
    )
