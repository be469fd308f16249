"""Worker processes that end with the command, quietly and without leaving half a file."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TypeVar

from seaice.core.endings import POLITE, heeded
from seaice.core.errors import ConfigError
from seaice.core.files import remove_unfinished

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_SENT_TO_ALL = (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
"""What a terminal or a scheduler sends to a command and all its processes at once."""


def in_order(
    work: Callable[[_Task], _Result], tasks: Sequence[_Task], jobs: int
) -> Generator[_Result, None, None]:
    """Results of each task, in order, computed by several processes.

    If the caller stops early or the user presses Ctrl-C, the processes end at once, or at the end
    of a `to_the_end` block.

    Args:
        work: A module-level function. Its results are pickled.
        tasks: Its arguments, one call each; pickled.
        jobs: Number of processes. With 1, this process does the work.

    Raises:
        ConfigError: Something killed a process, for example because memory ran out.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(work, tasks)
        return
    others = set(multiprocessing.active_children())
    pool = process_pool(jobs)
    try:
        for future in _submitted(pool, work, tasks):
            yield future.result()
    except BrokenProcessPool as error:
        raise ConfigError(
            f"One of {jobs} processes was killed, perhaps because memory ran out. Try fewer jobs."
        ) from error
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def process_pool(jobs: int) -> ProcessPoolExecutor:
    """Processes that end with this one, and that only it ends. They begin with the first task."""
    with shielded():
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_end_with_parent)


def _leave(number: int, frame: object) -> None:
    """End this process at once: an exception would only end its present task."""
    remove_unfinished()
    os._exit(128 + number)


def _end_with_parent() -> None:
    """End this process when its parent is gone, for example killed, or signals it to end."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        remove_unfinished()
        os._exit(1)

    for each in POLITE:
        signal.signal(each, _leave)
    threading.Thread(target=watch, daemon=True).start()


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[_Task], _Result], tasks: Sequence[_Task]
) -> "list[Future[_Result]]":
    """Submit all tasks. The first ones start the processes."""
    with _one_thread_each(), shielded():
        return [pool.submit(work, task) for task in tasks]


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started in this block use one thread each, as they share the cores already."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def to_the_end() -> Iterator[None]:
    """A block that Ctrl-C and polite signals interrupt only when it is over.

    An exception in the middle of writing can leave a lock of the file library taken, and the
    process then waits forever. A process that is killed there leaves half a file.
    """
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread may set handlers, and only there do they run.
        yield
        return
    # Handlers apply to the whole process. A signal that is only blocked in this thread would reach
    # another thread and end the process from there.
    received: list[int] = []
    signals = signal.SIGINT, *heeded()
    before = {
        each: signal.signal(each, lambda number, _: received.append(number)) for each in signals
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        for number in received:
            signal.raise_signal(number)


@contextmanager
def shielded() -> Iterator[None]:
    """Processes started in this block get no signal that a terminal sends to all of a command.

    Such a signal is for the command alone, which ends them by SIGTERM. They would print tracebacks,
    or leave before the command knows why.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SENT_TO_ALL)
    try:
        # Python's own process for what pools share. Its start lets SIGINT through again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, _SENT_TO_ALL)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
