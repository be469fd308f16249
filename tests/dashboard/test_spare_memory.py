import threading
import time

import pytest

from seaice.dashboard import spare_memory


def test_memory_is_given_back_once_after_several_runs(monkeypatch: pytest.MonkeyPatch):
    given, done = [], threading.Event()

    def give_back() -> None:
        given.append(threading.current_thread())
        done.set()

    monkeypatch.setattr(spare_memory, "QUIET_S", 0.3)
    monkeypatch.setattr(spare_memory, "give_back_freed_memory", give_back)
    for _ in range(5):
        spare_memory.give_back_later()
    assert given == []
    assert done.wait(10)
    # Another timer would have run by now.
    time.sleep(0.2)
    assert len(given) == 1
    # Whoever runs a page does not wait for it, nor does a server that ends.
    assert given[0] is not threading.current_thread()
    assert given[0].daemon


def test_a_server_that_is_never_quiet_gives_memory_back_too(monkeypatch: pytest.MonkeyPatch):
    given: list[float] = []
    monkeypatch.setattr(spare_memory, "QUIET_S", 0.2)
    monkeypatch.setattr(spare_memory, "LONGEST_S", 0.5)
    monkeypatch.setattr(
        spare_memory, "give_back_freed_memory", lambda: given.append(time.monotonic())
    )
    begun = time.monotonic()
    while not given and time.monotonic() - begun < 30:
        spare_memory.give_back_later()
        time.sleep(0.01)
    assert given
