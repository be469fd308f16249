"""Signals that stop a run: it ends its step and saves its state."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from seaice.core.endings import heeded

_GRACE_S = 3.0
"""For a second Ctrl-C to come through before the process is ended without it."""


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Let Ctrl-C or a polite signal end the run after the current step; a second Ctrl-C at once.

    An exception raised in the middle of a step can get lost or leave its workers waiting.

    Yields:
        Set once a signal has come.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread receives signals.
        yield asked
        return

    def ask(number: int, frame: object) -> None:
        if asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, *heeded())}
    try:
        with _ended_by_repetition():
            yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ended_by_repetition() -> Iterator[None]:
    """Let a second Ctrl-C end this process even while a library lets no handler run.

    So it is while torch waits for processes on other machines.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    over = threading.Event()

    def watch() -> None:
        pressed = 0
        while pressed < 2 and (received := os.read(reading, 1)):
            pressed += received[0] == signal.SIGINT
        if pressed >= 2 and not over.wait(_GRACE_S):
            os._exit(128 + signal.SIGINT)
        os.close(reading)

    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        os.close(writing)
