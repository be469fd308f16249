"""Pages with networks take turns, so that many users at once do not need many times the memory."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

# A run holds its predictions until its page is complete, 32 MB each for a million pixels, and
# several times that while it computes and draws. Four of them keep a workstation's cores busy, and
# one a core those of a small machine.
AT_ONCE = max(2, min(4, os.cpu_count() or 2))
_turns = threading.BoundedSemaphore(AT_ONCE)
_LOOK_S = 1.0


@contextmanager
def turn() -> Iterator[None]:
    """Wait until fewer than `AT_ONCE` runs are within this block, and say so on the page.

    Enter it before any cached function computes: a run that holds what others wait for must not
    wait for them.
    """
    place = st.empty()
    while not _turns.acquire(timeout=_LOOK_S):
        # A call of Streamlit's, so that a run ends here if its user has gone or clicked again.
        place.info("Others are using the dashboard. Your maps come in a moment.")
    try:
        place.empty()
        yield
    finally:
        _turns.release()


@contextmanager
def quiet_turn() -> Iterator[None]:
    """Wait for the same, where no page can say so: a download that must compute again."""
    with _turns:
        yield
