"""Memory that a training frees stays with its process, because the next step needs it again."""

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
"""Settings of glibc's `mallopt` (malloc.h)."""


def keep_freed_memory() -> None:
    """Keep what is freed from now on for this process.

    glibc maps each array above 32 MiB by itself and gives it back when it is freed. A training step
    then asks the system for the pages of all its large layers anew: a fifth of its time.

    Does nothing where the C library has no `mallopt`: it is glibc's.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_MMAP_MAX, 0)
        set_option(_M_TRIM_THRESHOLD, -1)
