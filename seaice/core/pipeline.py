"""Work in stages: the next task is read while one is computed and the previous one is written."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

_Task = TypeVar("_Task")
_Read = TypeVar("_Read")
_Computed = TypeVar("_Computed")
_Result = TypeVar("_Result")
_Tolerated = tuple[type[Exception], ...]


@dataclass(frozen=True)
class Stages(Generic[_Task, _Read, _Computed, _Result]):
    """What becomes of a task.

    Attributes:
        read: Makes it ready; in a thread of its own, one task ahead.
        compute: Takes what was read; in the caller's thread.
        write: Takes what was computed; in a thread of its own.
        fits: Whether there is memory to compute a task while the previous one is still written.
    """

    read: Callable[[_Task], _Read]
    compute: Callable[[_Read], _Computed]
    write: Callable[[_Computed], _Result]
    fits: Callable[[_Read], bool] = lambda read: True

    def run(self, task: _Task) -> _Result:
        """All three stages of one task, one after the other."""
        return self.write(self.compute(self.read(task)))


def in_stages(
    stages: Stages[_Task, _Read, _Computed, _Result],
    tasks: Sequence[_Task],
    tolerated: _Tolerated,
) -> Iterator[tuple[_Task, _Result | Exception]]:
    """Results of each task, in order; at most three tasks are in memory.

    If the caller stops early, or an exception ends the work, what is being read and written is
    brought to its end first.

    Args:
        stages: What becomes of a task.
        tasks: The tasks.
        tolerated: Exceptions that end their own task alone, and are given in place of its result.

    Yields:
        A task and its result, or the tolerated exception.

    Raises:
        Exception: Any other one, of whichever stage.
    """
    with ThreadPoolExecutor(1, "read") as reader, ThreadPoolExecutor(1, "write") as writer:
        behind: tuple[_Task, Future[_Result]] | None = None
        ahead = reader.submit(stages.read, tasks[0]) if tasks else None
        try:
            for number, task in enumerate(tasks, start=1):
                assert ahead is not None  # every task is read
                read = _ended(ahead, tolerated)
                ahead = reader.submit(stages.read, tasks[number]) if number < len(tasks) else None
                if behind and (isinstance(read, Exception) or not stages.fits(read)):
                    yield behind[0], _ended(behind[1], tolerated)
                    behind = None
                computed = read if isinstance(read, Exception) else _tried(stages, read, tolerated)
                if behind:
                    yield behind[0], _ended(behind[1], tolerated)
                    behind = None
                if isinstance(computed, Exception):
                    yield task, computed
                else:
                    behind = task, writer.submit(stages.write, computed)
                # Nothing that this task has needed is kept while the next one is computed.
                del read, computed
            if behind:
                yield behind[0], _ended(behind[1], tolerated)
        finally:
            if ahead:
                ahead.cancel()


def _tried(stages: Stages[Any, Any, Any, Any], read: Any, tolerated: _Tolerated) -> Any:  # noqa: ANN401
    """What is computed, or the tolerated exception."""
    try:
        return stages.compute(read)
    except tolerated as error:
        return error


def _ended(future: "Future[Any]", tolerated: _Tolerated) -> Any:  # noqa: ANN401
    """The result of a stage, or its tolerated exception."""
    try:
        return future.result()
    except tolerated as error:
        return error
