"""Signals that stop a run: at once while it prepares, later once it has saved its state."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from seaice.core.endings import SignalledExit, heeded

_GRACE_S = 3.0
"""For a second Ctrl-C to come through before the process is ended without it."""
_LOOK_S = 0.5
"""How often a run that prepares looks whether it is asked to stop."""


class Asked(threading.Event):
    """Set once a signal has asked a run to stop.

    Attributes:
        ends: Whether the run ends already. It then tidies up, and another Ctrl-C does not make it
            leave that in the middle.
        at_once: Whether a second Ctrl-C has ended it.
    """

    ends = False
    at_once = False


@contextmanager
def stop_signals() -> Iterator[Asked]:
    """Let Ctrl-C or a polite signal end the run after the current step; a second Ctrl-C at once.

    An exception raised in the middle of a step can get lost or leave its workers waiting.

    Yields:
        Set once a signal has come.
    """
    asked = Asked()
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread receives signals.
        yield asked
        return

    def ask(number: int, frame: object) -> None:
        if asked.is_set() and number == signal.SIGINT and not asked.ends:
            asked.ends = asked.at_once = True
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
def preparing(stop_requested: Callable[[], bool]) -> Iterator[Callable[[], None]]:
    """Let a run that is asked to stop before its first step end wherever it is.

    Nothing is lost there, but reading a large archive for the first time takes minutes. A library
    may lose the exception that ends it: it is raised again until the run ends.

    Args:
        stop_requested: Whether the run is asked to stop in another way than by a signal.

    Yields:
        Call it before the first step: from then on, signals are handled as before.

    Raises:
        SignalledExit: The run is asked to stop.
    """
    over = threading.Event()
    main = threading.main_thread()
    if threading.current_thread() is not main:
        # Only the main thread receives signals.
        yield over.set
        return

    def leave(number: int, frame: FrameType | None) -> None:
        later = before[number]
        if callable(later):
            later(number, frame)
        if not over.is_set():
            raise SignalledExit(number)

    def watch() -> None:
        while not over.wait(_LOOK_S):
            if stop_requested():
                # A signal also ends a wait of the main thread.
                signal.pthread_kill(main.ident or 0, signal.SIGTERM)

    numbers: set[int] = {signal.SIGINT, signal.SIGTERM, *heeded()}
    before = {number: signal.getsignal(number) for number in numbers}
    for number in before:
        signal.signal(number, leave)
    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield over.set
    finally:
        over.set()
        watching.join()
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
            with suppress(OSError):
                print("Stopped.", file=sys.stderr, flush=True)
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
