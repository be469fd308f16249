"""Arrays that were used lately, within some memory."""

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

_MOST_SHARE = 4
"""What takes a larger part of the memory is not kept: it would drive out all others."""

Key = tuple[object, ...]


class _Sized(Protocol):
    """An array of numpy or torch, neither of which is needed to remember nothing yet."""

    @property
    def nbytes(self) -> int:
        """Its memory."""


_Array = TypeVar("_Array", bound=_Sized)


class Recent(Generic[_Array]):
    """Arrays by their keys; the least recently used ones go first. Not safe without a lock.

    Attributes:
        most_bytes: Memory for all of them; 0 remembers nothing.
    """

    def __init__(self) -> None:
        self.most_bytes = 0
        self._kept: OrderedDict[Key, _Array] = OrderedDict()

    @property
    def used_bytes(self) -> int:
        """Memory that they take."""
        return sum(each.nbytes for each in self._kept.values())

    def get(self, key: Key) -> _Array | None:
        """An array, not to be changed; None if it is not known."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Key, array: _Array) -> bool:
        """Keep an array, unless it is too large; whether it is kept, and so never to be changed."""
        if array.nbytes * _MOST_SHARE > self.most_bytes:
            return False
        self._kept[key] = array
        while self.used_bytes > self.most_bytes:
            self._kept.popitem(last=False)
        return True

    def clear(self) -> None:
        """Remember nothing of what was kept."""
        self._kept.clear()
