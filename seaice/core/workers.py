"""Work on many scenes by processes that end with the run, quietly and without half a file."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from seaice.core.errors import ConfigError

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def in_order(
    work: Callable[[_Task], _Result], tasks: Sequence[_Task], jobs: int
) -> Generator[_Result, None, None]:
    """Results of work on each task, in the order of the tasks.

    When the caller leaves early or Ctrl-C is pressed, the processes are ended at once, or at the
    end of a block of `to_the_end`.

    Args:
        work: A function of a module; what it returns is pickled.
        tasks: What to work on; pickled.
        jobs: Number of processes; with 1 the work is done in this one.

    Raises:
        ConfigError: A process was ended from outside, for want of memory say.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(work, tasks)
        return
    strangers = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_end_with_parent)
    try:
        for future in _submitted(pool, work, tasks):
            yield future.result()
    except BrokenProcessPool as error:
        raise ConfigError(
            f"One of {jobs} processes was ended, perhaps for want of memory. Try fewer jobs."
        ) from error
    except BaseException:
        for child in set(multiprocessing.active_children()) - strangers:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Have this process end when the one that started it is gone, killed say."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[_Task], _Result], tasks: Sequence[_Task]
) -> "list[Future[_Result]]":
    """Hand over all tasks; the first ones start the processes."""
    # A terminal sends Ctrl-C to all processes, and each would print where it was.
    with _one_thread_each(), _without(signal.SIGINT):
        return [pool.submit(work, task) for task in tasks]


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started within compute on one thread: they share the cores already."""
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
    """A block that Ctrl-C and the end of the run leave alone until it is over.

    An exception thrown into the middle of writing can leave a lock of the file library taken, and
    the process waiting for ever; a process that is killed there leaves half a file.
    """
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread may set handlers, and only there do they run.
        yield
        return
    # Handlers hold for the whole process; a signal that is merely blocked here would go to any
    # other thread, and end the process from there.
    came: list[int] = []
    signals = signal.SIGINT, signal.SIGTERM
    before = {each: signal.signal(each, lambda number, _: came.append(number)) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        for number in came:
            signal.raise_signal(number)


@contextmanager
def _without(stopping: signal.Signals) -> Iterator[None]:
    """Processes started within never get a signal."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {stopping})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
