"""Stages go on at once, in order, and an error ends its own task or all of them."""

import threading
from collections.abc import Callable

import pytest

from seaice.core.pipeline import Stages, in_stages

WAIT_S = 30


def test_one_is_read_and_one_written_while_one_is_computed():
    """Each stage of the middle task waits for the stages of its neighbours."""
    read, written = threading.Event(), threading.Event()
    begun = threading.Event()

    def reading(task: int) -> int:
        if task == 2:
            assert begun.wait(WAIT_S)
            read.set()
        return task

    def compute(task: int) -> int:
        if task == 1:
            begun.set()
            assert read.wait(WAIT_S)
            assert written.wait(WAIT_S)
        return task

    def write(task: int) -> int:
        if task == 0:
            assert begun.wait(WAIT_S)
            written.set()
        return 10 * task

    results = list(in_stages(Stages(reading, compute, write), [0, 1, 2], ()))
    assert results == [(0, 0), (1, 10), (2, 20)]


@pytest.mark.parametrize("stage", ["read", "compute", "write"])
def test_a_tolerated_error_ends_its_own_task_alone(stage: str):
    stages = Stages(**{each: failing(2, each == stage) for each in ("read", "compute", "write")})
    results = list(in_stages(stages, [1, 2, 3], (LookupError,)))
    assert [task for task, _ in results] == [1, 2, 3]
    assert [isinstance(result, LookupError) for _, result in results] == [False, True, False]


@pytest.mark.parametrize("stage", ["read", "compute", "write"])
def test_any_other_error_ends_the_work_once_what_was_begun_is_written(stage: str):
    written: list[int] = []

    def write(task: int) -> int:
        failing(3, stage == "write")(task)
        written.append(task)
        return task

    stages = Stages(failing(3, stage == "read"), failing(3, stage == "compute"), write)
    with pytest.raises(LookupError):
        list(in_stages(stages, [1, 2, 3, 4], (ValueError,)))
    assert written == [1, 2]


def test_a_task_without_room_waits_until_the_one_before_is_written():
    written: list[int] = []

    def compute(task: int) -> int:
        assert task not in (1, 2) or written[-1] == task - 1
        return task

    def write(task: int) -> int:
        written.append(task)
        return task

    stages = Stages(lambda task: task, compute, write, fits=lambda task: False)
    assert len(list(in_stages(stages, range(4), ()))) == 4


def test_no_task_is_no_work():
    assert list(in_stages(Stages(str, str, str), [], ())) == []


def failing(number: int, fails: bool) -> Callable[[int], int]:
    """A stage that fails over one task."""

    def stage(task: int) -> int:
        if fails and task == number:
            raise LookupError(number)
        return task

    return stage
