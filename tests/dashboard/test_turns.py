"""Not too many runs of Compare at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seaice.dashboard.compare import turns


def test_twenty_runs_are_no_more_at_once_than_keep_the_cores_busy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turns, "_LOOK_S", 0.01)
    lock, inside, most = threading.Lock(), 0, 0

    def run(_: int) -> None:
        nonlocal inside, most
        with turns.turn():
            with lock:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.03)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(run, range(20)))
    assert (inside, most) == (0, turns.AT_ONCE)
    assert 2 <= turns.AT_ONCE <= 4


def test_a_run_that_breaks_off_gives_its_turn_back():
    for _ in range(10):
        with pytest.raises(KeyError), turns.turn():
            raise KeyError
    with turns.turn():
        pass
