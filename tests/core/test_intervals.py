"""An interval that leaves 0 out reads so, wherever one is written."""

import math
import re

import numpy as np
import pytest

from seaice.commands.channels import _loss
from seaice.core.intervals import end_text, half_texts
from seaice.dashboard.explain.channel_section import _text
from seaice.experiment.bootstrap import Estimate
from seaice.experiment.channel_loss import Loss
from seaice.experiment.differences import Differences
from seaice.experiment.drawn import groups_table
from seaice.experiment.enough import Enough
from seaice.experiment.sentences import enough_text, interval_text
from seaice.experiment.tally import Cell
from seaice.figures.fields import FieldPoint, _hover

MIDDLE, HALF = 1.3, 1.296
ESTIMATE = Estimate(MIDDLE, 1.0, 10.0, 60, 2, half_band=HALF)
BEST = Cell("sar", "3-6-9")


def differences() -> Differences:
    one = np.array([[MIDDLE]])
    where = Cell("sar", "none"), (BEST,), ("SGRDIFOXE",)
    return Differences(*where, one, np.array([[HALF]]), np.array([5]), np.array([3]))


@pytest.mark.parametrize(
    ("written", "least"),
    [
        (lambda: interval_text(ESTIMATE), "+0.004"),
        (lambda: enough_text(Enough("sar", BEST, ESTIMATE, 50, 40, 60)), "+0.004"),
        (
            lambda: _hover("sar", FieldPoint("3-6-9", 51, 1.3, 0.004, 2.6, {}), signed=True),
            "+0.004",
        ),
        (lambda: _text(Loss("18.7", "SOD", 90, 1.3, 0.004, 2.6)), "0.004"),
        (lambda: _loss({"loss": 1.3, "low": 0.004, "high": 2.6}), "0.004"),
    ],
)
def test_an_interval_that_just_leaves_zero_out_does_not_begin_there(written, least: str):
    assert re.search(rf"\({re.escape(least)} to |interval {re.escape(least)} to ", written())


def test_a_difference_that_is_marked_is_larger_than_half_of_its_interval():
    ((text,),) = groups_table(differences()).texts
    assert text == "+1.300* ± 1.296"


@pytest.mark.parametrize("value", [0.04, -0.04, 0.004, 0.0002, -0.0001])
def test_an_end_that_is_not_zero_never_reads_as_zero(value: float):
    for signed in (False, True):
        text = end_text(value, signed=signed).replace("\N{MINUS SIGN}", "-")
        assert math.copysign(1, float(text)) == math.copysign(1, value)
        assert float(text) != 0


@pytest.mark.parametrize("value", [0.0, -0.0, 1e-9, -1e-9, math.nan])
def test_what_is_zero_needs_no_more_decimals(value: float):
    assert end_text(value) in ("0.0", "nan")


def test_other_numbers_keep_their_decimals():
    assert end_text(12.345) == "12.3"
    assert end_text(0.123, 2, signed=True) == "+0.12"
    assert half_texts(-2.0, 1.0) == ("\N{MINUS SIGN}2.0", "1.0")
    # Nobody takes an interval that holds 0 for one that does not.
    assert half_texts(1.3, 1.304) == ("+1.3", "1.3")
