"""How much memory a computation may use."""

from pathlib import Path

import psutil
import torch

_SHARE = 0.5
"""Of what is free. The rest is for the results, other sessions and other programs."""
_MOST_BYTES = 2**30
"""More saves little: at most 7 % of the multiplications of a ResNet-152 on a full-size scene."""
_CONTAINER = Path("/sys/fs/cgroup")


def free_bytes() -> float:
    """Bytes of memory that this process can still get."""
    return min(psutil.virtual_memory().available, _free_in_container())


def memory_budget(device: torch.device) -> float:
    """Bytes that a computation on a device may use: half of what is free, at most 1 GiB."""
    if device.type == "cuda":
        free: float = torch.cuda.mem_get_info(device)[0]
    else:
        free = free_bytes()
    return min(_SHARE * free, _MOST_BYTES)


def _free_in_container() -> float:
    """Bytes below the limit of a container (cgroup version 2), which the machine's total hides.

    Files that were read stay in memory until something else needs it: they count as free.
    """
    try:
        limit = (_CONTAINER / "memory.max").read_text().strip()
        used = int((_CONTAINER / "memory.current").read_text())
        lines = (_CONTAINER / "memory.stat").read_text().splitlines()
        cached = int(dict(line.split() for line in lines)["inactive_file"])
    except (OSError, ValueError, KeyError):
        return float("inf")
    return float("inf") if limit == "max" else max(int(limit) - used + cached, 0)
