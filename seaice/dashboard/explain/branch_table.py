"""Shares of the branches by class and network, as tables."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import CHART
from seaice.dashboard.text import plain
from seaice.dashboard.words import number_text
from seaice.explain.branches import BranchShares

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
    """What share each branch has of what all say of a class, by class and network; cells are text.

    Args:
        labels: Names of the networks.
        results: Their branches.

    Returns:
        A row for each class that a network gives to a cell, by class. A dash stands for a branch
        that a network lacks, and where no branch changes anything.
    """
    places = branch_places(results)
    names = ("all ice",) if results[0].chart == "SIC" else CHART[results[0].chart].class_names
    rows = []
    for label, result in zip(labels, results, strict=True):
        for number in np.flatnonzero(result.cells):
            texts = map(share_text, aligned(result.percents[number], len(places)))
            rows.append((number, [names[number], label, str(result.cells[number]), *texts]))
    # So that the networks stand beneath each other, in their order.
    rows.sort(key=lambda row: row[0])
    columns = ["Class", "Rates", "Cells", *places]
    frame = pd.DataFrame([texts for _, texts in rows], columns=columns)
    return frame.set_index("Class")


def draw_class_tables(
    labels: Sequence[str], results: Sequence[BranchShares], *, narrow: bool
) -> None:
    """Draw the table; in a narrow window, where not all columns find room, one for each network."""
    if not narrow:
        st.table(class_table(labels, results))
        return
    for label, result in zip(labels, results, strict=True):
        frame = class_table([label], [result]).drop(columns="Rates")
        st.markdown(f"**{plain(label)}**, %")
        # Percent signs would take the room of a column.
        st.table(frame.replace(" %$", "", regex=True))


def share_text(percent: float) -> str:
    """A share in whole percent; a dash where it is not defined."""
    return "\u2013" if np.isnan(percent) else f"{number_text(percent, 0)} %"
