import numpy as np
import pytest

from seaice.explain.branch_words import branch_verdict, rates_share
from seaice.explain.branches import BranchShares

NAMES = "1 x 1", "rate 6, 9.6 km", "rate 12, 19 km", "pooling of 2 x 2"


def shares(*loss: float, chart: str = "SOD", names: tuple[str, ...] = NAMES) -> BranchShares:
    losses = np.array([loss, loss], float)
    leading = np.zeros((1, 1), np.uint8)
    rates = (6, 12)[: len(names) - 2]
    return BranchShares(chart, names, losses, np.array([5, 0]), leading, rates, 1.6)


def test_words_say_whether_the_rates_are_used():
    used = shares(1, 2, 4, 1)
    assert rates_share(used, 0) == pytest.approx(6 / 8)
    assert branch_verdict(used, 0) == (
        "Its rates carry 75 % of what decides open water. The rate 12, 19 km branch decides most."
    )
    # What speaks against a class is no share of what decides it.
    unused = shares(90, -3, 5, 5, chart="SIC")
    assert branch_verdict(unused, 0) == (
        "Its rates carry 5 % of what decides SIC: it hardly uses them. The 1 x 1 branch decides "
        "most."
    )
    # The rates together would rather say something else.
    assert branch_verdict(shares(20, -13, 3, 9), 0) == (
        "Its rates speak against open water; the 1 x 1 branch decides most for it."
    )
    assert branch_verdict(shares(-1, -1, -1, -1), 0).startswith("No branch speaks for open water")
    assert branch_verdict(used, 1) == "It predicts no new ice here."
    without = shares(1, 1, names=("1 x 1", "pooling of 2 x 2"))
    assert branch_verdict(without, 0) == "It has no branches with rates."
