"""Load the patches of a run in the order of its steps, from any step on."""

import logging
import os
import shutil
import signal
from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import DataLoader, Sampler

from seaice.core.cache import Store
from seaice.core.endings import POLITE
from seaice.scenes.scene import Scene
from seaice.training.config import TrainingConfig
from seaice.training.patches.dataset import Patch, PatchDataset
from seaice.training.runs.lock import Lock
from seaice.training.split import require_patches

log = logging.getLogger(__name__)

_SHARED_MEMORY = "/dev/shm"
"""Where worker processes put what they have read. Containers make it 64 MB."""
_BATCHES_AHEAD = 4
"""Of each worker: two that wait, one that it is making, and one that is in use."""


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

    Attributes:
        share: Patches of this device per step.
    """

    def __init__(self, first: int, steps: int, batch: int, rank: int = 0, devices: int = 1) -> None:
        self._steps = range(first, steps)
        self._batch = batch
        self.share = batch // devices
        self._rank = rank

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[list[int]]:
        for step in self._steps:
            start = step * self._batch + self._rank * self.share
            yield list(range(start, start + self.share))


def patches(config: TrainingConfig, scenes: Sequence[Scene]) -> PatchDataset:
    """All patches of a run: those of its steps, then those for its norms.

    Raises:
        NoScenesError: The scenes have no labelled pixels.
        ConfigError: A patch is larger than every scene, along both sides.
        SceneError: A scene cannot be read.
    """
    require_patches(config, scenes)
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

    There are fewer workers, or none, if the shared memory holds too few batches.

    Args:
        config: Settings of the run.
        dataset: All patches of the run.
        steps: Patch numbers of each step.
        locks: Locks that show that the run is alive. The workers release their copies, because a
            worker that outlives the run must not hold them.

    Raises:
        NoScenesError: No patch can be read.
    """
    workers = _workers(config, dataset, steps)

    def prepare_worker(worker: int) -> None:
        # In a process group of its own, a worker does not get the signals that a terminal or
        # `timeout` sends to the run. It ends with the run, which after an error ends it by SIGTERM.
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for polite in POLITE:
            signal.signal(polite, signal.SIG_DFL)
        for lock in locks:
            lock.release()

    return DataLoader(
        dataset,
        batch_sampler=steps,
        num_workers=workers,
        worker_init_fn=prepare_worker,
        # Forked workers start at once with the index already in memory. They never use the GPU.
        multiprocessing_context="fork" if workers else None,
        pin_memory=torch.cuda.is_available(),
    )


def _workers(config: TrainingConfig, dataset: PatchDataset, steps: Steps) -> int:
    """How many worker processes have room for their batches."""
    if not config.workers or not os.path.isdir(_SHARED_MEMORY):
        return config.workers
    free = shutil.disk_usage(_SHARED_MEMORY).free
    batch = steps.share * sum(each.nbytes for each in _tensors(dataset[0]))
    workers = min(config.workers, free // (_BATCHES_AHEAD * batch))
    if workers < config.workers:
        log.warning(
            "%s has %d MB free, too little for %d worker %s: the run goes on with %s. In a "
            "container, raise it with --shm-size.",
            _SHARED_MEMORY,
            free // 10**6,
            config.workers,
            "process" if config.workers == 1 else "processes",
            workers or "none, and reads between its steps",
        )
    return workers


def _tensors(patch: Patch) -> list[torch.Tensor]:
    return [value for value in patch.values() if isinstance(value, torch.Tensor)]
