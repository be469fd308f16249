import sys
import threading
import time

import psutil
import pytest

from seaice.dashboard import spare_memory


def test_memory_is_given_back_once_after_several_runs(monkeypatch: pytest.MonkeyPatch):
    given, done = [], threading.Event()

    def give_back() -> None:
        given.append(threading.current_thread())
        done.set()

    monkeypatch.setattr(spare_memory, "QUIET_S", 0.3)
    monkeypatch.setattr(spare_memory, "_give_back", give_back)
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
    monkeypatch.setattr(spare_memory, "_give_back", lambda: given.append(time.monotonic()))
    begun = time.monotonic()
    while not given and time.monotonic() - begun < 30:
        spare_memory.give_back_later()
        time.sleep(0.01)
    assert given


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_glibc_keeps_goes_back_to_the_system():
    # Too small for mappings of their own, and below what stays: the heap cannot shrink by itself.
    blocks = [bytearray(b"x" * 100_000) for _ in range(1000)]
    above = [bytearray(b"x" * 100_000) for _ in range(10)]
    del blocks
    held = psutil.Process().memory_info().rss
    spare_memory._give_back()
    assert psutil.Process().memory_info().rss < held - 50e6
    assert above
