"""What the shares of branches mean, in words."""

import numpy as np

from seaice.ai4arctic.charts import CHART
from seaice.explain.branches import BranchShares

HARDLY = 0.1
"""Rates whose share is smaller are hardly used, if the class would not gain as much without."""


def rates_share(result: BranchShares, target: int) -> float:
    """Share of the branches with rates in what a class loses; NaN if nothing is lost."""
    # The 1 x 1 branch comes first, the pooling branch last.
    return float(result.shares[target, 1:-1].sum()) if len(result.branches) > 2 else float("nan")


def branch_verdict(result: BranchShares, target: int) -> str:
    """One sentence on whether a network uses its rates for a class.

    Args:
        result: The shares.
        target: Index of the class; 0 for SIC.
    """
    name = "SIC" if result.chart == "SIC" else CHART[result.chart].class_names[target].lower()
    if not result.cells[target]:
        return f"It predicts no {name} here."
    if len(result.branches) == 2:
        return "It has no branches with rates."
    share = rates_share(result, target)
    if np.isnan(share):
        return f"No branch speaks for {name}: without any of them, it loses nothing."
    leading = result.branches[int(result.loss[target].argmax())]
    losses = result.loss[target]
    if losses[1:-1].sum() < -HARDLY * losses.clip(min=0).sum():
        return f"Its rates speak against {name}; the {leading} branch decides most for it."
    verdict = f"Its rates carry {share:.0%} of what decides {name}".replace("%", " %")
    if share < HARDLY:
        return f"{verdict}: it hardly uses them. The {leading} branch decides most."
    return f"{verdict}. The {leading} branch decides most."
