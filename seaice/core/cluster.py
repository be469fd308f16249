"""Workers by Dask: on this machine, or those of a scheduler elsewhere."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from seaice.core.errors import ClusterError
from seaice.core.text import counted
from seaice.core.workers import shielded, to_the_end

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_CONNECT_S = 10.0
_LOST_S = 10.0
"""How long a scheduler may be away before it counts as gone."""
_POLL_S = 1.0


@contextmanager
def cluster_workers(
    scheduler: str = "", workers: int = 1
) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """Connect to workers.

    Args:
        scheduler: Address of a Dask scheduler, such as `tcp://host:8786`; empty for a cluster of
            this machine alone, which nobody else can reach and which ends with the block.
        workers: Number of workers of that cluster, one for each device.

    Yields:
        Where work can be submitted, and a function that gives the number of workers.

    Raises:
        ClusterError: There is no scheduler at that address, or, from the function, it is gone.
    """
    with ExitStack() as stack:
        client = stack.enter_context(_client(stack, scheduler, workers))
        watch = _Watch(client, scheduler, workers)
        try:
            # A task is never repeated because of its own error: who submits it counts tries.
            yield client.get_executor(pure=False, retries=0), watch.count
        finally:
            # Dask would take ten seconds to end a cluster that another Ctrl-C half closed.
            with to_the_end():
                stack.close()


def announced(
    count: Callable[[], int], scheduler: str, say: Callable[[str], object]
) -> Callable[[], int]:
    """The same function, which also says how many workers there are when that has changed.

    Args:
        count: From `cluster_workers`, as is its `scheduler`.
        scheduler: Address of the scheduler; empty for this machine alone.
        say: Takes a line.
    """
    told: int | None = None

    def count_and_tell() -> int:
        nonlocal told
        number = count()
        if number != told:
            told = number
            say(_workers_text(number, scheduler))
        return number

    return count_and_tell


def _workers_text(number: int, scheduler: str) -> str:
    """How many workers there are, and where.

    >>> _workers_text(1, ""), _workers_text(2, "tcp://host:8786")
    ('1 worker on this machine', '2 workers at tcp://host:8786')
    """
    if number == 0:
        return f"waiting for workers of {scheduler} ..."
    return f"{counted(number, 'worker')} {f'at {scheduler}' if scheduler else 'on this machine'}"


def on_workers(
    workers: Executor,
    count: Callable[[], int],
    work: Callable[[_Task], _Result],
    tasks: Sequence[_Task],
    tolerated: tuple[type[Exception], ...],
    on_waiting: Callable[[], object] = lambda: None,
) -> Iterator[tuple[_Task, _Result | Exception]]:
    """Results of each task, as they come. What a worker that dies had begun is done by another.

    Over some tasks one worker after the other dies. They come last, each done once more alone if
    there are several: Dask blames a death on all that the worker had been given.

    Args:
        workers: From `cluster_workers`, as is `count`.
        count: Gives the number of workers.
        work: A function of a module that the workers have. Its results are pickled.
        tasks: Its arguments, one call each; pickled.
        tolerated: Exceptions that are given in place of the result of their task.
        on_waiting: Called once if there is no worker yet.

    Yields:
        A task and its result, or the tolerated exception. That of a task over which workers die is
        a `ClusterError`.

    Raises:
        ClusterError: The scheduler is gone.
    """
    blamed: list[tuple[_Task, _Result | Exception]] = []
    for task, result in _as_they_come(workers, count, work, tasks, tolerated, on_waiting):
        if isinstance(result, ClusterError):
            blamed.append((task, result))
        else:
            yield task, result
    if len(blamed) == 1:
        yield from blamed
        return
    for task, _ in blamed:
        yield from _as_they_come(workers, count, work, [task], tolerated, on_waiting)


def _as_they_come(
    workers: Executor,
    count: Callable[[], int],
    work: Callable[[_Task], _Result],
    tasks: Sequence[_Task],
    tolerated: tuple[type[Exception], ...],
    on_waiting: Callable[[], object],
) -> Iterator[tuple[_Task, _Result | Exception]]:
    futures = {workers.submit(work, task): task for task in tasks}
    if count() == 0:
        on_waiting()
    try:
        while futures:
            done, _ = wait(futures, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield futures.pop(future), _outcome(future, tolerated)
            count()
    finally:
        for future in futures:
            future.cancel()


def is_of_workers(error: Exception) -> bool:
    """Whether an error says that workers died, again and again, over one task."""
    return type(error).__module__.partition(".")[0] == "distributed"


def _outcome(future: "Future[_Result]", tolerated: tuple[type[Exception], ...]) -> Any:  # noqa: ANN401
    try:
        return future.result()
    except CancelledError as error:
        raise ClusterError(
            "The scheduler or its workers are gone. Finished work is kept: start the same command "
            "again, and it goes on with the rest."
        ) from error
    except tolerated as error:
        return error
    except Exception as error:
        if not is_of_workers(error):
            raise
        return ClusterError(
            "One worker after the other died over it, perhaps because memory ran out. Give them "
            "more, or leave it out."
        )


class _Watch:
    """Counts the workers of a client, and notices when its scheduler is gone."""

    def __init__(self, client: Any, scheduler: str, workers: int) -> None:  # noqa: ANN401
        self._client = client
        self._scheduler = scheduler
        self._known = workers
        self._seen = time.monotonic()

    def count(self) -> int:
        """Number of workers that take one task each.

        Raises:
            ClusterError: The scheduler has been away for a while.
        """
        if not self._scheduler:
            # One that died is replaced.
            return self._known
        now = time.monotonic()
        try:
            if self._client.status == "running":
                # Some versions of Dask tell of five workers unless they are asked for all.
                self._known = len(self._client.scheduler_info(n_workers=-1)["workers"])
                self._seen = now
        except OSError:
            # Back in a moment, or gone.
            pass
        if now - self._seen > _LOST_S or self._client.status == "closed":
            raise ClusterError(
                f"The scheduler at {self._scheduler} is gone. Finished work is kept: start the "
                "same command again, and it goes on with the rest."
            )
        return self._known


def _client(stack: ExitStack, scheduler: str, workers: int) -> Any:  # noqa: ANN401
    # Here, because it takes half a second that no other command needs.
    import dask.config
    from distributed import Client, LocalCluster

    # Dask itself needs no GPU, and it must be free for those who do.
    dask.config.set({"distributed.diagnostics.nvml": False})

    _silence_dask()
    if scheduler:
        try:
            return Client(scheduler, timeout=_CONNECT_S)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise ClusterError(
                f"There is no Dask scheduler at {scheduler[:80]}. Start one with `dask scheduler`, "
                "and one `dask worker --nthreads 1` for each device."
            ) from error
    # A worker's silence means that the machine slept or was stopped, not that the worker is dead:
    # its process is watched for that. Dask would end it, and its task with it.
    dask.config.set({"distributed.scheduler.worker-ttl": None})
    # Ctrl-C in the terminal is for the command, which then asks the runs to stop.
    with shielded():
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # Any free port. The usual one may be taken, which Dask would warn of.
            dashboard_address="127.0.0.1:0",
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        )
        return Client(stack.enter_context(cluster))  # type: ignore[no-untyped-call]


def _silence_dask() -> None:
    """Let Dask log nothing, no tracebacks either: what comes of it is told in sentences.

    Some of its loggers have levels of their own, whatever the level of the one above them.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
