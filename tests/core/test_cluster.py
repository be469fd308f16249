"""Work on Dask's workers that die: what they had begun is done, and the cause is named."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import cloudpickle
import dask
import pytest

from seaice.core.cluster import cluster_workers, on_workers
from seaice.core.errors import ClusterError, ConfigError

pytestmark = pytest.mark.slow


def square(task: tuple[str, int]) -> int:
    """The square. Over 2 its worker dies, and 3 is refused."""
    import time

    from seaice.core.errors import ConfigError

    marks, number = task
    (Path(marks) / f"{number}.{os.getpid()}").touch()
    if number == 2:
        # Until the scheduler has given this worker another task.
        time.sleep(1)
        os._exit(1)
    if number == 3:
        raise ConfigError("not three")
    return number**2


@pytest.fixture
def by_value() -> Iterator[None]:
    """What this module holds, workers take as it is here."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.mark.usefixtures("by_value")
def test_no_task_is_blamed_for_another_s_worker(tmp_path: Path):
    tasks = [(str(tmp_path), number) for number in range(1, 7)]
    # Each death is at once blamed on all that the worker was given.
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        cluster_workers(workers=1) as (workers, count),
    ):
        found = dict(on_workers(workers, count, square, tasks, (ConfigError,)))
    results = {number: result for (_, number), result in found.items()}
    died, refused = results.pop(2), results.pop(3)
    assert results == {1: 1, 4: 16, 5: 25, 6: 36}
    assert isinstance(died, ClusterError)
    assert str(died).startswith("One worker after the other died over it")
    assert isinstance(refused, ConfigError)
    assert str(refused) == "not three"
    # 2 was tried again alone: another had been blamed, too.
    assert len(list(tmp_path.glob("2.*"))) == 2
