"""Shares of the branches by class and network, as a table."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pandas as pd

from seaice.explain.branches import BranchShares
from seaice.explain.tables import branch_rows

MIDDLE, POOLING = "1 x 1", "pooling"
"""What the branches without rates are called."""


def branch_places(results: Sequence[BranchShares]) -> list[str]:
    """Names that the branches of all networks share: rates by their order."""
    most = max(len(result.branches) for result in results) - 2
    ordinals = ("1st", "2nd", "3rd", *(f"{number}th" for number in range(4, most + 1)))
    return [MIDDLE, *(f"{ordinal} rate" for ordinal in ordinals[:most]), POOLING]


def aligned(values: np.ndarray, places: int) -> np.ndarray:
    """Values of branches, the pooling branch last; NaN for rates that a network lacks."""
    found = np.full(places, np.nan)
    found[: len(values) - 1], found[-1] = values[:-1], values[-1]
    return found


def class_table(labels: Sequence[str], results: Sequence[BranchShares]) -> pd.DataFrame:
    """What share of a class's losses each branch carries, by class and network; all cells are text.

    Args:
        labels: Names of the networks.
        results: Their branches.

    Returns:
        A row for each class that a network gives to a cell, by class. A dash stands for a branch
        that a network lacks, and where no branch costs anything.
    """
    places = branch_places(results)
    rows = []
    for label, result in zip(labels, results, strict=True):
        groups = groupby(branch_rows(result), key=lambda row: row["class"])
        for number, (name, group) in zip(np.flatnonzero(result.cells), groups, strict=True):
            found = list(group)
            # Empty where it is not defined.
            shares = np.array([np.nan if row["share"] == "" else row["share"] for row in found])
            texts = map(share_text, aligned(shares, len(places)))
            rows.append((number, [name, label, str(found[0]["cells"]), *texts]))
    # So that the networks stand beneath each other, in their order.
    rows.sort(key=lambda row: row[0])
    columns = ["Class", "Rates", "Cells", *places]
    frame = pd.DataFrame([texts for _, texts in rows], columns=columns)
    return frame.set_index("Class")


def share_text(share: float) -> str:
    """A share in percent; a dash where it is not defined."""
    return "\u2013" if np.isnan(share) else f"{100 * share:.0f} %"
