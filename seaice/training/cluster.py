"""Cluster launchers: whether torchrun or SLURM started this process, and its rank."""

import os
from collections.abc import Mapping

from seaice.core.errors import ConfigError

_INTERACTIVE = ("bash", "interactive")
"""Names of jobs that are a shell to type in; Lightning takes them for that, too."""
_LAUNCHERS = ("TORCHELASTIC_RUN_ID", "SLURM_PROCID", "RANK", "LOCAL_RANK", "WORLD_SIZE")


def launched() -> bool:
    """Whether torchrun or SLURM's srun has started one process for each device."""
    return by_torchrun() or by_slurm()


def by_torchrun() -> bool:
    """Whether torchrun has started this process."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def by_slurm() -> bool:
    """Whether srun has started this process, and others with it."""
    return _one_of_several_tasks() and "SLURM_STEP_NUM_TASKS" in os.environ


def require_others() -> None:
    """Check that a batch job of several tasks has started a process for each.

    The script of a job runs once, with the variables of its first task.

    Raises:
        ConfigError: It has not: this process would wait for the others for ever. Or srun has
            started more of them on some machines than on others.
    """
    if by_slurm() and _number("SLURM_NTASKS", 1) % _number("SLURM_NNODES", 1):
        raise ConfigError(
            f"{os.environ['SLURM_NTASKS']} tasks cannot be split evenly among "
            f"{os.environ['SLURM_NNODES']} machines. Use srun --ntasks-per-node."
        )
    if _one_of_several_tasks() and not launched():
        raise ConfigError(
            f"This batch job has {os.environ['SLURM_NTASKS']} tasks, but only its script runs. "
            "Start one process for each task with `srun seaice train ...`, or a single one with "
            "`srun --ntasks=1 seaice train ...`."
        )


def without_launcher(variables: Mapping[str, str]) -> dict[str, str]:
    """Environment variables for a process that is alone, whatever started this one."""
    return {name: value for name, value in variables.items() if name not in _LAUNCHERS}


def _one_of_several_tasks() -> bool:
    return (
        "SLURM_PROCID" in os.environ
        and _number("SLURM_NTASKS", 1) > 1
        and os.environ.get("SLURM_JOB_NAME") not in _INTERACTIVE
    )


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
