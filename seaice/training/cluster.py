"""Cluster launchers: whether torchrun or SLURM started this process, and its rank."""

import os


def launched() -> bool:
    """Whether torchrun or SLURM's srun has started one process for each device."""
    return by_torchrun() or by_slurm()


def by_torchrun() -> bool:
    """Whether torchrun has started this process."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def by_slurm() -> bool:
    """Whether srun has started this process, and others with it."""
    return "SLURM_PROCID" in os.environ and _number("SLURM_NTASKS", 1) > 1


def is_first_process() -> bool:
    """Whether this process is the only one of its run, or the first of several."""
    if by_torchrun():
        return _number("RANK", 0) == 0
    if by_slurm():
        return _number("SLURM_PROCID", 0) == 0
    # Lightning starts the other ones itself.
    return _number("LOCAL_RANK", 0) == 0


def machines_and_devices() -> tuple[int, int]:
    """Number of machines, and of processes on each, as the launcher has set them up."""
    if by_torchrun():
        here = _number("LOCAL_WORLD_SIZE", 1)
        return _number("WORLD_SIZE", here) // here, here
    machines = _number("SLURM_NNODES", 1)
    return machines, _number("SLURM_NTASKS", 1) // machines


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)
