"""Workers of a sweep by Dask: on this machine, or those of a scheduler elsewhere."""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from typing import Any

from seaice.core.errors import SweepError
from seaice.core.workers import without_signal

_CONNECT_S = 10.0
_LOST_S = 10.0
"""How long a scheduler may be away before it counts as gone."""


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
        SweepError: There is no scheduler at that address, or, from the function, it is gone.
    """
    with ExitStack() as stack:
        client = stack.enter_context(_client(stack, scheduler, workers))
        watch = _Watch(client, scheduler, workers)
        # A task is never repeated because of its own error: the sweep counts tries.
        yield client.get_executor(pure=False, retries=0), watch.count


class _Watch:
    """Counts the workers of a client, and notices when its scheduler is gone."""

    def __init__(self, client: Any, scheduler: str, workers: int) -> None:  # noqa: ANN401
        self._client = client
        self._scheduler = scheduler
        self._known = workers
        self._seen = time.monotonic()

    def count(self) -> int:
        """Number of workers that take one cell each.

        Raises:
            SweepError: The scheduler has been away for a while.
        """
        if not self._scheduler:
            # One that died is replaced.
            return self._known
        now = time.monotonic()
        try:
            if self._client.status == "running":
                self._known = len(self._client.scheduler_info()["workers"])
                self._seen = now
        except OSError:
            # Back in a moment, or gone.
            pass
        if now - self._seen > _LOST_S or self._client.status == "closed":
            raise SweepError(
                f"The scheduler at {self._scheduler} is gone. Finished cells are kept: start the "
                "same command again, and it goes on with the others."
            )
        return self._known


def _client(stack: ExitStack, scheduler: str, workers: int) -> Any:  # noqa: ANN401
    # Here, because it takes half a second that no other command needs.
    import dask.config
    from distributed import Client, LocalCluster

    # Workers only start processes, and a GPU must be free for those.
    dask.config.set({"distributed.diagnostics.nvml": False})

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler:
        try:
            return Client(scheduler, timeout=_CONNECT_S)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise SweepError(
                f"There is no Dask scheduler at {scheduler[:80]}. Start one with `dask scheduler`, "
                "and one `dask worker --nthreads 1` for each device."
            ) from error
    # Ctrl-C in the terminal is for the command, which then asks the runs to stop.
    with without_signal(signal.SIGINT):
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        )
        return Client(stack.enter_context(cluster))  # type: ignore[no-untyped-call]
