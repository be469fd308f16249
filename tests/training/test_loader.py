import logging
import shutil
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from seaice.core.errors import MemoryShortError
from seaice.training.loader import Steps, make_loader, patches
from seaice.training.split import split_scenes


@pytest.mark.parametrize("devices", [1, 2, 3, 6])
def test_the_patches_of_a_step_are_the_same_on_any_number_of_devices(devices: int):
    shares = [list(Steps(0, 5, 6, rank, devices)) for rank in range(devices)]
    for step in range(5):
        together = sorted(index for share in shares for index in share[step])
        assert together == list(range(6 * step, 6 * step + 6))
        assert {len(share[step]) for share in shares} == {6 // devices}


@pytest.mark.parametrize("first", [0, 1, 4, 5])
def test_a_run_that_goes_on_takes_the_patches_that_are_left(first: int):
    whole, rest = Steps(0, 5, 4), Steps(first, 5, 4)
    assert list(rest) == list(whole)[first:]
    assert len(rest) == len(list(rest))


@pytest.fixture
def shared_memory(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Shared memory with so many bytes free."""

    def holds(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    return holds


@pytest.mark.parametrize(
    ("batches", "workers", "words"),
    [
        (8, 2, ""),
        (7, 1, "the run goes on with 1. In"),
        (3, 0, "goes on with none, and reads between"),
    ],
)
def test_a_small_shared_memory_gets_fewer_workers(
    run_config, shared_memory, caplog, batches: int, workers: int, words: str
):
    """Four batches of each worker are in it; containers give it 64 MB."""
    config = run_config(workers=2)
    dataset = patches(config, split_scenes(config)[0])
    patch = dataset[0]
    shared_memory(batches * config.batch * (patch["inputs"].nbytes + patch["charts"].nbytes))
    caplog.set_level(logging.INFO, "seaice")
    loader = make_loader(config, dataset, Steps(0, 1, config.batch), [])
    assert loader.num_workers == workers
    assert ("too little for 2 worker processes: the run" in caplog.text) == bool(words)
    assert words in caplog.text


def test_a_lost_worker_is_told_as_want_of_memory(run_config, train, monkeypatch):
    """As by a shared memory that something else fills meanwhile."""

    def fail(*_: Any) -> None:
        raise RuntimeError("DataLoader worker (pid 7) is killed by signal: Bus error.")

    monkeypatch.setattr("lightning.Trainer.fit", fail)
    with pytest.raises(MemoryShortError, match=r"/dev/shm\. Resume the run with more memory"):
        train(run_config())
