import json
import os
import resource

import pytest

from seaice.core.errors import OutputError
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import best_scores, inspect_run
from seaice.training.runs.metrics import (
    STEP,
    VALIDATION,
    Metrics,
    append_metrics,
    cut_metrics,
    read_metrics,
)


def measure(run: RunFolder, *steps: int, loss: float = 1.0, kind: str = STEP) -> None:
    for step in steps:
        append_metrics(run, kind, {"step": step, "loss": loss})


def steps(run: RunFolder) -> list[int]:
    return [entry["step"] for entry in read_metrics(run).steps]


def test_what_was_measured_is_read_in_the_order_of_the_steps(run: RunFolder):
    assert read_metrics(run) == Metrics()
    measure(run, 1, 2)
    append_metrics(run, VALIDATION, {"step": 2, "SIC": 50.0, "combined": None})
    measure(run, 3)
    found = read_metrics(run)
    assert found.steps == [{"step": step, "loss": 1.0} for step in (1, 2, 3)]
    assert found.validations == [{"step": 2, "SIC": 50.0, "combined": None}]
    assert len(run.metrics_file.read_text().splitlines()) == 4


def test_the_later_entry_of_a_step_counts(run: RunFolder):
    measure(run, 1, 2, 3, 4)
    measure(run, 3, 4, 5, loss=2.0)
    losses = {entry["step"]: entry["loss"] for entry in read_metrics(run).steps}
    assert losses == {1: 1.0, 2: 1.0, 3: 2.0, 4: 2.0, 5: 2.0}


def test_a_line_that_is_cut_off_is_passed_over(run: RunFolder):
    measure(run, 1, 2, 3)
    whole = run.metrics_file.read_bytes()
    last = len(whole.splitlines(keepends=True)[-1])
    for cut in range(1, last):
        run.metrics_file.write_bytes(whole[:-cut])
        # Without its line break alone it is whole.
        assert steps(run) == ([1, 2, 3] if cut == 1 else [1, 2])


LINES = {
    "no JSON": b"step 2",
    "no text": b'{"kind": "step", "step": 2, "loss": \xff}',
    "a list": b'["step", 2]',
    "a number": b"2",
    "no kind": b'{"step": 2}',
    "an unknown kind": b'{"kind": "leap", "step": 2}',
    "a kind that is a list": b'{"kind": ["step"], "step": 2}',
    "no step": b'{"kind": "step"}',
    "a step in words": b'{"kind": "step", "step": "2"}',
    "a true step": b'{"kind": "step", "step": true}',
    "a negative step": b'{"kind": "step", "step": -2}',
    "a step beyond all floats": b'{"kind": "step", "step": 1' + b"0" * 400 + b"}",
    "deep": b'{"kind": ' + b"[" * 200_000,
    "digits without end": b'{"kind": "step", "step": ' + b"1" * 10_000 + b"}",
    "nothing": b"",
    "zeros": bytes(100),
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_damaged_line_is_passed_over(run: RunFolder, line: bytes):
    measure(run, 1)
    with open(run.metrics_file, "ab") as file:
        file.write(line + b"\n")
    measure(run, 3)
    assert steps(run) == [1, 3]
    assert read_metrics(run).validations == []


def test_what_comes_after_a_step_is_cut(run: RunFolder):
    measure(run, 1, 2, 3)
    measure(run, 2, 3, kind=VALIDATION)
    measure(run, 2, 3, 4, loss=2.0)
    with open(run.metrics_file, "a") as file:
        file.write('{"kind": "step", "st')
    cut_metrics(run, 3, 3)
    found = read_metrics(run)
    assert [(entry["step"], entry["loss"]) for entry in found.steps] == [
        (1, 1.0),
        (2, 2.0),
        (3, 2.0),
    ]
    assert [entry["step"] for entry in found.validations] == [2, 3]
    # Nothing of the cut-off line runs into the next one.
    measure(run, 4, loss=3.0)
    lines = [json.loads(line) for line in run.metrics_file.read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 2, 3, 4]
    cut_metrics(run, 3, 2)
    assert steps(run) == [1, 2, 3]
    assert [entry["step"] for entry in read_metrics(run).validations] == [2]
    cut_metrics(run, 0, -1)
    assert read_metrics(run) == Metrics()


def test_cutting_what_is_not_there_makes_nothing(run: RunFolder):
    cut_metrics(run, 5, 5)
    assert not run.metrics_file.exists()


def test_a_file_that_cannot_be_written_is_said(run: RunFolder):
    run.metrics_file.mkdir()
    with pytest.raises(OutputError, match=r"metrics\.jsonl cannot be written"):
        measure(run, 1)
    with pytest.raises(OutputError, match=r"metrics\.jsonl cannot be written"):
        cut_metrics(run, 1, 1)
    assert read_metrics(run) == Metrics()


def test_a_line_that_has_no_room_is_said(run: RunFolder):
    """A system that is short of room takes a part, and says nothing."""
    measure(run, 1)
    size, (soft, hard) = run.metrics_file.stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, hard))
    try:
        with pytest.raises(OutputError, match=r"metrics\.jsonl cannot be written"):
            measure(run, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.path.getsize(run.metrics_file) == size + 10
    assert steps(run) == [1]


def validate(run: RunFolder, step: int, **scores: object) -> None:
    append_metrics(run, VALIDATION, {"step": step, **scores})


def test_the_best_scores_are_those_of_one_validation(run: RunFolder):
    assert best_scores(inspect_run(run)) == {}
    validate(run, 1, combined=10.0, SIC=30.0, SOD=1.0, FLOE=2.0)
    validate(run, 2, combined=40.0, SIC=20.0, SOD=5.0, FLOE=6.0, SIC_continuous=3.0)
    validate(run, 3, combined=-30.0, SIC=90.0, SOD=3.0, FLOE=4.0)
    expected = {"combined": 40.0, "SIC": 20.0, "SOD": 5.0, "FLOE": 6.0}
    assert best_scores(inspect_run(run)) == expected


def test_negative_scores_are_scores(run: RunFolder):
    validate(run, 1, combined=-200.0)
    validate(run, 2, combined=-100.0)
    validate(run, 3, combined=-150.0)
    assert best_scores(inspect_run(run))["combined"] == -100.0
    validate(run, 4, combined=0.0, SOD=-900.0)
    assert best_scores(inspect_run(run))["combined"] == 0.0


def test_without_a_combined_score_those_that_there_are_count(run: RunFolder):
    """As the run itself goes by."""
    for step, sod in ((1, 10.0), (2, 60.0), (3, 20.0)):
        validate(run, step, combined=None, SIC=None, SOD=sod, FLOE=4.0)
    assert best_scores(inspect_run(run)) == {
        "combined": None,
        "SIC": None,
        "SOD": 60.0,
        "FLOE": 4.0,
    }


def test_scores_that_are_none_do_no_harm(run: RunFolder):
    validate(run, 1, combined="99", SIC=[1], SOD={}, FLOE=None)
    validate(run, 2, combined=float("nan"), SIC=10**400)
    validate(run, 3, combined=5.0)
    assert best_scores(inspect_run(run))["combined"] == 5.0
