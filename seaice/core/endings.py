"""How a command ends: by a signal, whose number its status tells, and without delay."""

import _thread
import atexit
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

POLITE = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
"""What a scheduler, a closed terminal and a scheduler's notice of the end of a job send."""

_AGAIN_S = 0.02
"""After which a signal that came during an import is looked at again."""


class SignalledExit(SystemExit):
    """A signal has asked this process to end. Blocks that clean up do so on its way.

    Attributes:
        status: The exit status, as shells count: 128 plus the number of the signal.
    """

    def __init__(self, number: int) -> None:
        self.status = 128 + number
        super().__init__(self.status)


def heeded() -> list[signal.Signals]:
    """The polite signals, without those that whoever started this process has it ignore.

    `nohup` does so with SIGHUP.
    """
    return [each for each in POLITE if signal.getsignal(each) != signal.SIG_IGN]


def exit_on_signals() -> None:
    """Turn polite signals into an exception from now on; by default, they end a process at once.

    One that comes while a module is imported counts once it is there: C extensions make an error of
    their own of whatever is raised meanwhile, and other modules take it for a missing library.

    Only the first one counts: a scheduler signals a command and its processes, and the command
    its processes again, in the middle of their cleaning up.
    """
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread may set handlers, and only there do they run.
        return
    # What a shielded process starts inherits the blocked signals.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, *POLITE})

    def leave(number: int, frame: FrameType | None) -> None:
        if _importing(frame):
            _send_again(number)
            return
        for each in POLITE:
            signal.signal(each, signal.SIG_IGN)
        raise SignalledExit(number)

    def interrupt(number: int, frame: FrameType | None) -> None:
        if _importing(frame):
            _send_again(number)
            return
        raise KeyboardInterrupt

    for each in heeded():
        signal.signal(each, leave)
    # Unless whoever started this process has it ignore Ctrl-C.
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupt)


def _importing(frame: FrameType | None) -> bool:
    """Whether a frame runs on behalf of an import."""
    while frame is not None:
        if frame.f_globals.get("__name__") == "importlib._bootstrap":
            return True
        frame = frame.f_back
    return False


def _send_again(number: int) -> None:
    """Send this process a signal in a moment. Takes no lock, which the main thread might hold."""

    def send() -> None:
        time.sleep(_AGAIN_S)
        os.kill(os.getpid(), number)

    _thread.start_new_thread(send, ())


def end_at_once(status: int) -> NoReturn:
    """End this process: exit functions run and output goes out, but nobody waits for threads.

    Signals no longer count: how it ends is settled, and one would only show a traceback.

    Python would take all modules apart, which with torch takes over a second. A library that a
    thread is just importing would complain over thirty lines.
    """
    from seaice.core.files import remove_unfinished

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, *POLITE):
            signal.signal(number, signal.SIG_IGN)
    atexit._run_exitfuncs()
    # Of a thread that is still writing.
    remove_unfinished()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def status_of(ended: SystemExit) -> int:
    """The exit status that an exception asks for, as Python takes it."""
    if ended.code is None:
        return 0
    return ended.code if isinstance(ended.code, int) else 1
