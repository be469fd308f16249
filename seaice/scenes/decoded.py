"""Windows of variables that were decoded lately, for all who read the same scene.

A page predicts a scene with several networks, explains each, draws it and scores baselines on it.
Each of them reads the radar, and decompressing it takes longer than the rest of reading.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # For its type alone: a server that remembers nothing yet needs no numpy.
    import numpy as np

_MOST_SHARE = 4
"""A larger part of the memory is not kept for one window: it would drive out all others."""

Key = tuple[object, ...]


class Decoded:
    """Decoded windows; the least recently used ones go first. Only used under `NETCDF_LOCK`.

    Attributes:
        most_bytes: Memory for all of them; 0 remembers nothing.
    """

    def __init__(self) -> None:
        self.most_bytes = 0
        self._kept: OrderedDict[Key, np.ndarray] = OrderedDict()

    def get(self, key: Key) -> "np.ndarray | None":
        """A window, not to be changed; None if it is not known."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Key, values: "np.ndarray") -> None:
        """Keep a window, which nobody can change from now on."""
        if values.nbytes * _MOST_SHARE > self.most_bytes:
            return
        values.flags.writeable = False
        self._kept[key] = values
        while sum(each.nbytes for each in self._kept.values()) > self.most_bytes:
            self._kept.popitem(last=False)


DECODED = Decoded()
"""Of this process. Commands and trainings remember nothing: they read each window once."""
