"""The processes of a run find each other before any of them reads a scene."""

import logging
import os
import time
from collections.abc import Callable
from datetime import timedelta

import torch
from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.fabric.plugins.environments.slurm import SLURMEnvironment
from lightning.fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from torch import distributed

# torch offers its stub only here.
from torch._C._distributed_c10d import TCPStore
from torch.distributed.distributed_c10d import default_pg_timeout

from seaice.core.errors import ConfigError
from seaice.training.cluster import (
    by_slurm,
    by_torchrun,
    is_first_process,
    machines_and_devices,
)

log = logging.getLogger(__name__)

_LIMIT_S = 120.0
"""From a slow disk, torch is imported sooner on some machines than on others."""
_QUIET_S = 5.0
_POLL_S = 0.1
_CONNECT = timedelta(seconds=1)
"""torch lets no signal through while it tries to connect."""
_ARRIVED = "seaice/arrived"


def environment() -> ClusterEnvironment:
    """What Lightning needs to know about the launcher of this process.

    Lightning itself takes every shell within an allocation of SLURM for a process of srun.
    """
    if by_torchrun():
        return TorchElasticEnvironment()
    if by_slurm():
        # Of this step; the job may have been given more tasks.
        os.environ["SLURM_NTASKS_PER_NODE"] = str(machines_and_devices()[1])
        # No automatic requeueing: whoever wants a stopped run to continue resumes it.
        return SLURMEnvironment(auto_requeue=False)
    return LightningEnvironment()


def meet(stop_requested: Callable[[], bool]) -> bool:
    """Wait until all processes that srun has started for a run are there, and join them.

    torchrun has gathered its processes already, and Lightning starts those of one machine. For
    those of srun, Lightning would wait in a way that no signal can end.

    Args:
        stop_requested: Ends the wait.

    Returns:
        Whether they are all there; false if asked to stop.

    Raises:
        ConfigError: Some have not come within two minutes, or the port is taken.
    """
    if by_torchrun() or not by_slurm() or distributed.is_initialized():
        return True
    slurm, expected, began = environment(), _expected(), time.monotonic()
    arrived, told = 0, False
    store: TCPStore | None = None
    while not stop_requested():
        if store is None:
            store = _store(slurm, expected)
            arrived = store.add(_ARRIVED, 1) if store else 0
        else:
            arrived = store.add(_ARRIVED, 0)
        if store and arrived >= expected:
            _join(store, slurm.global_rank(), expected)
            return True
        waited = time.monotonic() - began
        if waited > _LIMIT_S:
            raise ConfigError(_missing(slurm, arrived, expected))
        if waited > _QUIET_S and not told and is_first_process():
            log.info("waiting for %d more processes of this job", expected - arrived)
            told = True
        time.sleep(_POLL_S)
    return False


def _expected() -> int:
    machines, here = machines_and_devices()
    return machines * here


def _store(slurm: ClusterEnvironment, expected: int) -> TCPStore | None:
    """Where the processes register; None if the first process does not offer it yet."""
    first = is_first_process()
    address = slurm.main_address, slurm.main_port
    try:
        return TCPStore(*address, expected, first, timeout=_CONNECT, wait_for_workers=False)
    except distributed.DistError as error:
        if not first:
            return None
        raise ConfigError(
            f"Port {slurm.main_port} cannot be used ({str(error).splitlines()[0]}). Name a free "
            "one for this job: export MASTER_PORT=..."
        ) from error


def _join(store: TCPStore, rank: int, expected: int) -> None:
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    store.set_timeout(default_pg_timeout)
    distributed.init_process_group(backend, store=store, rank=rank, world_size=expected)


def _missing(slurm: ClusterEnvironment, arrived: int, expected: int) -> str:
    where = f"{slurm.main_address}:{slurm.main_port}"
    if not arrived:
        return (
            f"The first of {expected} processes of this job was not found at {where}. Start all "
            "with one `srun`, and see its output."
        )
    return (
        f"Only {arrived} of {expected} processes of this job have come to {where}. Start all with "
        "one `srun`, and see their output."
    )
