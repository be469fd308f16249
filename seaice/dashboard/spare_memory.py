"""What runs of pages no longer need goes back to the system, once the server has a quiet moment.

glibc keeps memory that is freed. To give each large array back at once (`MALLOC_MMAP_THRESHOLD_`)
makes networks twice as slow, because each of their layers then asks for fresh pages.
"""

import ctypes
import threading

QUIET_S = 2.0
"""After the last run: nobody who is switching waits for it."""


class _Later:
    """Does something once, when nothing has asked for it again for a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def ask(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(QUIET_S, _give_back)
            # It must not keep a server that ends.
            self._timer.daemon = True
            self._timer.start()


_LATER = _Later()


def give_back_later() -> None:
    """Give freed memory back to the system when no run has ended for `QUIET_S` seconds."""
    _LATER.ask()


def _give_back() -> None:
    """Does nothing where the C library has no `malloc_trim`: it is glibc's."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
