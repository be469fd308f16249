"""What a run says while it estimates norms or validates, told by a stand-in clock."""

import logging
from types import SimpleNamespace

import pytest

from seaice.training import phase
from seaice.training.phase import Phase


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    times = [100.0]
    monkeypatch.setattr(phase, "time", SimpleNamespace(monotonic=lambda: times[0]))
    return times


def go_through(now: list[float], items: int, tell, each_s: float) -> None:
    going = Phase("estimating norms", items, tell)
    for _ in range(items):
        going.begin_item()
        now[0] += each_s


def test_a_long_phase_says_how_long_it_takes(now, caplog):
    told: list[str] = []
    with caplog.at_level(logging.INFO, "seaice"):
        go_through(now, 40, told.append, 1.0)
    # Two of forty patches are enough to estimate from.
    assert told[:3] == [
        "estimating norms",
        "estimating norms, 38 s left",
        "estimating norms, 36 s left",
    ]
    assert len(told) == 20
    assert caplog.messages == ["estimating norms, 24 s left", "estimating norms, 8 s left"]


def test_a_short_one_only_says_what_is_done(now, caplog):
    told: list[str] = []
    with caplog.at_level(logging.INFO, "seaice"):
        go_through(now, 40, told.append, 0.04)
    assert (told, caplog.messages) == (["estimating norms"], [])


def test_further_processes_say_nothing(now, caplog):
    with caplog.at_level(logging.INFO, "seaice"):
        go_through(now, 40, None, 5.0)
    assert caplog.messages == []
