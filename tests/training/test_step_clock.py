"""The time that is left of a run, told by a stand-in clock."""

from types import SimpleNamespace

import pytest

from seaice.training import step_clock
from seaice.training.config import TrainingConfig
from seaice.training.step_clock import StepClock


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    times = [100.0]
    monkeypatch.setattr(step_clock, "time", SimpleNamespace(monotonic=lambda: times[0]))
    return times


def clock(first_step: int = 0, *, validates: bool = True, estimates: bool = True) -> StepClock:
    """Of a run of 12 steps that is validated after steps 5, 10 and 12."""
    settings = TrainingConfig("x", (1, 2), "sar", steps=12, validate_every=5)
    return StepClock(settings, first_step, validates=validates, estimates=estimates)


def test_validations_are_part_of_what_is_left(now):
    timed, left = clock(), {}
    for step in range(1, 13):
        now[0] += 60 if step == 1 else 2  # the first one is slow
        assert timed.step(step) == (60 if step == 1 else 2)
        left[step] = timed.seconds_left(step)
        if step in (5, 10, 12):
            now[0] += 30
            timed.validation()
    # Nothing is known at first. Then steps alone, until a validation has been timed.
    assert [left[step] for step in (1, 2, 5)] == [None, 20, 14]
    assert [left[step] for step in (6, 10, 11, 12)] == [12 + 60, 4 + 60, 2 + 30, 30]


def test_the_only_validation_takes_an_unknown_time(now):
    timed = clock()
    for step in range(1, 13):
        now[0] += 2
        timed.step(step)
    assert timed.seconds_left(12) is None


@pytest.mark.parametrize(("estimates", "left"), [(True, None), (False, 0)])
def test_without_validation_the_norms_take_an_unknown_time(now, estimates: bool, left: int | None):
    timed = clock(validates=False, estimates=estimates)
    for step in range(1, 13):
        now[0] += 2
        timed.step(step)
    assert (timed.seconds_left(11), timed.seconds_left(12)) == (2, left)


def test_a_resumed_run_starts_anew(now):
    timed = clock(first_step=6)
    now[0] += 500
    timed.validation()  # one that was missing
    now[0] += 500
    timed.start()
    now[0] += 60
    assert (timed.step(7), timed.seconds_left(7)) == (60, None)
    now[0] += 3
    assert (timed.step(8), timed.seconds_left(8)) == (3, 4 * 3 + 2 * 500)
