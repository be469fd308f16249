"""What runs of pages no longer need goes back to the system, once the server has a quiet moment.

glibc keeps memory that is freed. To give each large array back at once (`MALLOC_MMAP_THRESHOLD_`)
makes networks twice as slow, because each of their layers then asks for fresh pages.
"""

import threading
import time

from seaice.core.freed_memory import give_back_freed_memory

QUIET_S = 2.0
"""After the last run: nobody who is switching waits for it."""
LONGEST_S = 5.0
"""With many users, the server is never quiet."""


class _Later:
    """Gives memory back once nothing has asked for it again for a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._asked_first = 0.0

    def ask(self) -> None:
        """Ask, or ask again."""
        now = time.monotonic()
        with self._lock:
            if self._timer is None:
                self._asked_first = now
            elif now - self._asked_first > LONGEST_S - QUIET_S:
                return
            else:
                self._timer.cancel()
            self._timer = threading.Timer(QUIET_S, self._give_back)
            # It must not keep a server that ends.
            self._timer.daemon = True
            self._timer.start()

    def _give_back(self) -> None:
        with self._lock:
            # What is freed from now on needs another time.
            self._timer = None
        give_back_freed_memory()


_LATER = _Later()


def give_back_later() -> None:
    """Give freed memory back in a quiet moment, at the latest after `LONGEST_S`."""
    _LATER.ask()
