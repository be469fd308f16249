"""Load the patches of a run in the order of its steps, from any step on."""

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
    """Patch numbers of each step, in order.

    Step s uses `batch` patches from s x batch on, divided evenly among the devices. The data of a
    step therefore depend only on the step.

    Args:
        first: First step.
        steps: Total number of steps.
        batch: Patches per step, over all devices.
        rank: Number of this device, from 0.
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
    """All patches of a run: those of its steps, then those for its norms.

    Raises:
        NoScenesError: The scenes have no labelled pixels.
        ConfigError: A patch is larger than every scene, along both sides.
        SceneError: A scene cannot be read.
    """
    longest = max(max(scene.grid.at(config.spacing_m).shape) for scene in scenes)
    if config.patch > longest:
        raise ConfigError(
            f"A patch of {config.patch} pixels is larger than every scene: the longest side is "
            f"{longest} pixels of {config.spacing_m:g} m. Use a smaller patch."
        )
    return PatchDataset(
        scenes,
        config.channels,
        config.spacing_m,
        config.patch,
        config.steps * config.batch + config.norm_patches,
        config.seed,
        sampling=config.sampling,
        augment=config.augment,
        gain_jitter_db=config.gain_jitter_db,
        noise_jitter_db=config.noise_jitter_db,
        store=Store(),
    )


def make_loader(
    config: TrainingConfig, dataset: PatchDataset, steps: Steps, locks: Sequence[Lock]
) -> "DataLoader[Patch]":
    """Batches of patches, read by worker processes while the run computes.

    Args:
        config: Settings of the run.
        dataset: All patches of the run.
        steps: Patch numbers of each step.
        locks: Locks that show that the run is alive. The workers release their copies, because a
            worker that outlives the run must not hold them.
    """

    def prepare_worker(worker: int) -> None:
        # In a process group of its own, a worker does not get the signals that a terminal or
        # `timeout` sends to the run. It ends with the run, which after an error ends it by SIGTERM.
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
        # Forked workers start at once with the index already in memory. They never use the GPU.
        multiprocessing_context="fork" if config.workers else None,
        pin_memory=torch.cuda.is_available(),
    )
