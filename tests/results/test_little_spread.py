import re

import numpy as np
import pytest
from sklearn.metrics import r2_score

from seaice.ai4arctic.charts import FILL
from seaice.results.little_spread import little_spread
from seaice.results.scoring import ScoreSums


def sums_of(chart: np.ndarray) -> ScoreSums:
    sums = ScoreSums()
    sums.add("SIC", chart.astype(np.uint8), np.zeros(chart.shape, np.float32))
    return sums


def test_a_chart_of_nearly_one_class_is_told_with_its_spread_and_what_one_class_costs():
    chart = np.array([9] * 90 + [10] * 6 + [7] * 4 + [FILL] * 50)
    labelled = chart[chart != FILL]
    said = little_spread(sums_of(chart))
    deviation, r2 = map(float, re.findall(r"(?<=deviation )[\d.]+|(?<=R2 of )-?\d+", said))
    assert deviation == pytest.approx(10 * labelled.std(), abs=0.05)
    assert r2 == pytest.approx(100 * r2_score(labelled, labelled + 1), abs=0.5)
    assert r2 < 0


@pytest.mark.parametrize(
    "classes",
    # As many classes up as down: a variance of exactly one. And charts that have no R2.
    [[4, 6] * 50, [0] * 50 + [10] * 50, [10] * 100, [FILL] * 10],
)
def test_nothing_is_said_where_one_class_off_scores_zero_or_more_or_there_is_no_score(classes):
    assert little_spread(sums_of(np.array(classes))) == ""


def test_the_least_spread_that_is_told_lies_just_below_one_class():
    assert little_spread(sums_of(np.array([4] * 50 + [6] * 50 + [5])))
