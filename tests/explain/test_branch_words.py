import numpy as np
import pytest

from seaice.explain.branch_words import branch_verdict
from seaice.explain.branches import BranchShares

NAMES = "1 x 1", "rate 6, 9.6 km", "rate 12, 19 km", "pooling of 2 x 2"


def shares(*loss: float, chart: str = "SOD", names: tuple[str, ...] = NAMES) -> BranchShares:
    losses = np.array([loss, np.full(len(loss), np.nan)], float)
    leading = np.zeros((1, 1), np.uint8)
    rates = (6, 12)[: len(names) - 2]
    return BranchShares(chart, names, losses, np.array([5, 0]), leading, rates, 1.6)


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (
            (1, 2, 4, 1),
            "Its branches speak for open water, the rate 12, 19 km branch most (50 %). Its rates "
            "carry 75 %.",
        ),
        (
            (60, 5, 0, 35),
            "Its branches speak for open water, the 1 x 1 branch most (60 %). Its rates carry 5 %: "
            "it hardly uses them.",
        ),
        # What one branch says for the class does not decide what the others say against it.
        (
            (-12, 0, 11, -2),
            "On the whole, its branches speak against open water, 56 % to 44 %. For it: rate 12, "
            "19 km (44 %). Against it: 1 x 1 (48 %); pooling of 2 x 2 (8 %). Its rates carry 44 %.",
        ),
        (
            (50, -30, 10, 10),
            "On the whole, its branches speak for open water, 70 % to 30 %. For it: 1 x 1 (50 %); "
            "rate 12, 19 km (10 %); pooling of 2 x 2 (10 %). Against it: rate 6, 9.6 km (30 %). "
            "Its rates carry 40 %: 10 % for it and 30 % against it.",
        ),
        (
            (49, -26, -25, 0),
            "Its branches speak about as much for open water as against it, 49 % to 51 %. For it: "
            "1 x 1 (49 %). Against it: rate 6, 9.6 km (26 %); rate 12, 19 km (25 %). Its rates "
            "carry 51 %, all against it.",
        ),
        (
            (-1, -1, -2, 0),
            "Its branches speak against open water, the rate 12, 19 km branch most (50 %): with "
            "the mean in the place of one of them, the network would be surer of it. Its rates "
            "carry 75 %.",
        ),
        (
            (0.004, -0.004, 0, 0),
            "Its branches tell nothing of open water here: it stays the same without any of them.",
        ),
    ],
)
def test_words_say_which_branches_speak_for_a_class_and_which_against_it(loss, said):
    assert branch_verdict(shares(*loss), 0) == said


def test_words_say_what_concentration_depends_on():
    assert branch_verdict(shares(90, 3, 2, 5, chart="SIC"), 0) == (
        "SIC depends most on the 1 x 1 branch (90 %). Its rates carry 5 %: it hardly uses them."
    )


def test_words_say_where_there_is_nothing_to_tell():
    assert branch_verdict(shares(1, 2, 4, 1), 1) == "It predicts no new ice here."
    without = shares(1, 1, names=("1 x 1", "pooling of 2 x 2"))
    assert branch_verdict(without, 0) == "It has no branches with rates."


def test_whole_percents_add_up_to_a_hundred():
    found = shares(1, -1, 1, 0)
    np.testing.assert_allclose(found.shares[0], [1 / 3, -1 / 3, 1 / 3, 0])
    assert found.percents[0].tolist() == [34, -33, 33, 0]
    assert not np.signbit(shares(1, 1, 1, -1e-9).percents[0]).any()
    assert np.isnan(found.percents[1]).all()
    assert np.isnan(shares(0, 0, 0, 0).percents[0]).all()
