"""How much memory a computation may use."""

import math
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from seaice.core.errors import ConfigError

if TYPE_CHECKING:
    # For its type alone: commands read the setting before torch is imported.
    import torch

VARIABLE = "SEAICE_MEMORY"
"""Environment variable that names a budget, GiB."""
_GIB = 2**30

_SHARE = 0.5
"""Of what is free. The rest is for the results, other sessions and other programs."""
_MOST_BYTES = _GIB
"""More saves little: at most 7 % of the multiplications of a ResNet-152 on a full-size scene."""
_CONTAINER = Path("/sys/fs/cgroup")


def free_bytes() -> float:
    """Bytes of memory that this process can still get."""
    return min(psutil.virtual_memory().available, _free_in_container())


def memory_budget(device: "torch.device") -> float:
    """Bytes that a computation on a device may use: half of what is free, at most 1 GiB.

    `SEAICE_MEMORY` names another budget, of which all may be used that is free.

    Raises:
        ConfigError: `SEAICE_MEMORY` is not a positive number.
    """
    named = named_budget()
    if device.type == "cuda":
        import torch

        free: float = torch.cuda.mem_get_info(device)[0]
    else:
        free = free_bytes()
    return min(_SHARE * free, _MOST_BYTES) if named is None else min(free, named)


def named_budget() -> float | None:
    """The budget that `SEAICE_MEMORY` names, bytes; None if it names none.

    Raises:
        ConfigError: It is not a positive number.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    gib = math.nan
    with suppress(ValueError):
        gib = float(named)
    if not 0 < gib < math.inf:
        raise ConfigError(
            f"{VARIABLE} is {named[:40]!r}. It is the memory that a prediction or an "
            "explanation may use, in GiB: a positive number such as 4."
        )
    return gib * _GIB


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
