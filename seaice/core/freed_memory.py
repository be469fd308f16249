"""Freed memory: it stays with a process that soon needs it again, or goes back to the system."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX = -1, -3, -4
"""Settings of glibc's `mallopt` (malloc.h)."""
_MOST_MAPPINGS = 65536
"""glibc's own limit of arrays that are mapped by themselves."""
_LARGE_BYTES = 32 * 2**20
"""Above this size, glibc maps all of them."""


def keep_freed_memory() -> None:
    """Keep what is freed from now on for this process.

    glibc maps each array above 32 MiB by itself and gives it back when it is freed. A training step
    then asks the system for the pages of all its large layers anew: a fifth of its time.

    Does nothing where the C library has no `mallopt`: it is glibc's.
    """
    _set_option(_M_MMAP_MAX, 0)
    _set_option(_M_TRIM_THRESHOLD, -1)


@contextmanager
def freed_memory_given_back() -> Iterator[None]:
    """Give back what is free now, and until the end each large array as soon as it is freed.

    For work whose large arrays differ in size from those of what it interrupts: kept, they would
    add up, even if all that is free is given back before and afterwards. The work takes longer, as
    the system clears each array's pages anew. Afterwards, freed memory is kept.
    """
    give_back_freed_memory()
    _set_option(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    _set_option(_M_MMAP_MAX, _MOST_MAPPINGS)
    try:
        yield
    finally:
        keep_freed_memory()


def give_back_freed_memory() -> None:
    """Give back what is free now.

    Does nothing where the C library has no `malloc_trim`: it is glibc's.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _set_option(option: int, value: int) -> None:
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(option, value)
