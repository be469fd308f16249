"""Layers that were coarsened lately, and validities, for all who read the same scene.

A page predicts a scene of 80 m with several networks of 400 m, scores each on the scene's own grid
and explains a region with each. To read and to coarsen 26 million pixels takes longer than that.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from seaice.core.grids.pixel_grid import Window, offset

if TYPE_CHECKING:
    # For its type alone: a server that remembers nothing yet needs no numpy.
    import numpy as np

_MOST_SHARE = 2
"""A larger part of the memory is not kept for one window: it would drive out all others."""

Key = tuple[object, ...]
_Bounds = tuple[int, int, int, int]


class Coarsened:
    """Coarsened windows; the least recently used ones go first. Only used under `NETCDF_LOCK`.

    Attributes:
        most_bytes: Memory for all of them; 0 remembers nothing.
    """

    def __init__(self) -> None:
        self.most_bytes = 0
        self._kept: OrderedDict[tuple[Key, _Bounds], dict[str, np.ndarray]] = OrderedDict()

    def find(
        self, key: Key, window: Window, names: Iterable[str]
    ) -> "dict[str, np.ndarray] | None":
        """Layers of a window that lies in a known one, not to be changed; None if none is known.

        Args:
            key: Identity of the file, and the spacing.
            window: The window, of the grid at that spacing.
            names: Which layers.
        """
        wanted = list(names)
        for known, layers in reversed(self._kept.items()):
            if known[0] == key and _holds(known[1], window) and layers.keys() >= set(wanted):
                self._kept.move_to_end(known)
                part = offset(window, _window(known[1]))
                return {name: layers[name][part] for name in wanted}
        return None

    def keep(self, key: Key, window: Window, layers: "Mapping[str, np.ndarray]") -> None:
        """Keep copies of a window's layers, (lines, samples) each."""
        if _MOST_SHARE * sum(layer.nbytes for layer in layers.values()) > self.most_bytes:
            return
        known = key, _bounds(window)
        copies = {name: each.copy() for name, each in layers.items()}
        whole = {**self._kept.pop(known, {}), **copies}
        if _MOST_SHARE * sum(layer.nbytes for layer in whole.values()) > self.most_bytes:
            return
        self._kept[known] = whole
        self.shrink(self.most_bytes)

    def shrink(self, most_bytes: int) -> None:
        """Take this much memory from now on, and give back what is more."""
        self.most_bytes = most_bytes
        while self._bytes() > most_bytes:
            self._kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(layer.nbytes for layers in self._kept.values() for layer in layers.values())


def _bounds(window: Window) -> _Bounds:
    lines, samples = window
    return lines.start, lines.stop, samples.start, samples.stop


def _window(bounds: _Bounds) -> Window:
    return slice(*bounds[:2]), slice(*bounds[2:])


def _holds(bounds: _Bounds, window: Window) -> bool:
    inner = _bounds(window)
    return (
        bounds[0] <= inner[0]
        and inner[1] <= bounds[1]
        and (bounds[2] <= inner[2] and inner[3] <= bounds[3])
    )


COARSENED = Coarsened()
"""Of this process. It remembers nothing where each window is read once, as in trainings."""
