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
    alone = {}
    for step in range(1, 13):
        now[0] += 60 if step == 1 else 2  # the first one is slow
        assert timed.step(step) == (60 if step == 1 else 2)
        left[step], alone[step] = timed.seconds_left(step), timed.steps_alone
        if step in (5, 10, 12):
            now[0] += 30
            timed.validation()
    # Nothing is known at first. Until a validation has been timed, it is that of steps alone.
    assert [left[step] for step in (1, 2, 5)] == [None, None, None]
    assert [alone[step] for step in (1, 5, 6)] == [True, True, False]
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
    assert (timed.step(8), timed.seconds_left(8)) == (3, None)
    now[0] += 17
    assert (timed.step(9), timed.seconds_left(9)) == (17, 3 * 10 + 2 * 500)


def test_slow_first_steps_do_not_make_the_time_jump(now):
    """As where a library looks for its quickest way, or a cache fills."""
    settings = TrainingConfig("x", (1, 2), "sar", steps=1000, validate_every=1000)
    timed = StepClock(settings, 0, validates=True, estimates=True)
    left = []
    for step in range(1, 301):
        now[0] += 3 if step < 4 else 0.1
        timed.step(step)
        left.append(timed.seconds_left(step))
    assert left[:5] == [None] * 5
    assert left[5] is not None
    # What the first ones took is forgotten.
    assert left[-1] == pytest.approx(70)
    assert timed.steps_alone
