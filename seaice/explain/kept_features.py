"""Encoders' features of scenes that were explained lately.

A region, another class or another layer needs the same features of the scene again. To explain a
region takes several times as long with the encoder as without.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # For its type alone: a server that remembers nothing yet needs no torch.
    from torch import Tensor

_MOST_SHARE = 4
"""Features that take a larger part of the memory are not kept: they would drive out all others."""

Key = tuple[object, ...]


class KeptFeatures:
    """Features; the least recently used ones go first. Only used under `MODEL_LOCK`.

    Attributes:
        most_bytes: Memory for all of them; 0 remembers nothing.
    """

    def __init__(self) -> None:
        self.most_bytes = 0
        self._kept: OrderedDict[Key, Tensor] = OrderedDict()

    def get(self, key: Key) -> "Tensor | None":
        """Features, not to be changed; None if they are not known."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Key, features: "Tensor") -> None:
        """Keep features, which nobody may change from now on."""
        if features.nbytes * _MOST_SHARE > self.most_bytes:
            return
        self._kept[key] = features
        while sum(each.nbytes for each in self._kept.values()) > self.most_bytes:
            self._kept.popitem(last=False)


KEPT_FEATURES = KeptFeatures()
"""Of this process. Commands remember nothing: they explain each scene once."""
