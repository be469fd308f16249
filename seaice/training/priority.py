"""The priority of runs among the programs of a machine."""

import os

from seaice.core.errors import ConfigError

_NICE = "19"
"""Priority of a run, unless `SEAICE_NICE` names one: it yields to the pages that people look at."""


def niceness() -> int:
    """Priority of runs: 0 is that of other programs, 19 the lowest.

    Raises:
        ConfigError: `SEAICE_NICE` is not a priority.
    """
    named = os.environ.get("SEAICE_NICE", _NICE)
    if not named.isdecimal() or int(named) > 19:
        raise ConfigError(
            f"SEAICE_NICE is {named[:40]!r}. It is the priority of runs, from 0, that of other "
            "programs, to 19, the lowest."
        )
    return int(named)
