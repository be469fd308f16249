"""What the shares of branches mean, in words."""

import numpy as np

from seaice.ai4arctic.charts import CHART
from seaice.explain.branches import BranchShares

HARDLY = 10
"""Percent: rates that carry less are hardly used, and sides that differ by less are balanced."""
_NOTHING = 0.005
"""Losses that are smaller are written as 0.00."""


def branch_verdict(result: BranchShares, target: int) -> str:
    """What the branches of a network say of a class, and what of it its rates carry.

    Args:
        result: The shares.
        target: Index of the class; 0 for SIC.

    Returns:
        A few sentences, whose percents are those of `BranchShares.percents`.
    """
    name = "SIC" if result.chart == "SIC" else CHART[result.chart].class_names[target].lower()
    if not result.cells[target]:
        return f"It predicts no {name} here."
    if len(result.branches) == 2:
        return "It has no branches with rates."
    if np.abs(result.loss[target]).max() < _NOTHING:
        return f"Its branches tell nothing of {name} here: it stays the same without any of them."
    percents = result.percents[target]
    return f"{_sides(result, name, percents)} {_rates(percents)}"


def _sides(result: BranchShares, name: str, percents: np.ndarray) -> str:
    """Which branches speak for a class and which against it."""
    supporting, opposing = _listed(result, percents), _listed(result, -percents)
    leading = result.branches[int(np.abs(percents).argmax())]
    most = f"{np.abs(percents).max():.0f} %"
    if result.chart == "SIC":
        return f"{name} depends most on the {leading} branch ({most})."
    if not opposing:
        return f"Its branches speak for {name}, the {leading} branch most ({most})."
    if not supporting:
        return (
            f"Its branches speak against {name}, the {leading} branch most ({most}): with the mean "
            "in the place of one of them, the network would be surer of it."
        )
    for_it, against_it = percents.clip(min=0).sum(), -percents.clip(max=0).sum()
    larger, smaller = max(for_it, against_it), min(for_it, against_it)
    if larger - smaller < HARDLY:
        verdict = f"Its branches speak about as much for {name} as against it"
        # In the order of the words.
        larger, smaller = for_it, against_it
    else:
        side = "for" if for_it > against_it else "against"
        verdict = f"On the whole, its branches speak {side} {name}"
    return (
        f"{verdict}, {larger:.0f} % to {smaller:.0f} %. For it: {supporting}. "
        f"Against it: {opposing}."
    )


def _listed(result: BranchShares, percents: np.ndarray) -> str:
    """The branches whose percents are above 0, from the largest on; empty without any."""
    order = np.argsort(-percents, kind="stable")
    each = [f"{result.branches[index]} ({percents[index]:.0f} %)" for index in order]
    return "; ".join(each[: int((percents > 0).sum())])


def _rates(percents: np.ndarray) -> str:
    """What the branches with rates carry; the 1 x 1 branch comes first, the pooling branch last."""
    rates = percents[1:-1]
    for_it, against_it = rates.clip(min=0).sum(), -rates.clip(max=0).sum()
    said = f"Its rates carry {for_it + against_it:.0f} %"
    if for_it + against_it < HARDLY:
        return f"{said}: it hardly uses them."
    if for_it and against_it:
        return f"{said}: {for_it:.0f} % for it and {against_it:.0f} % against it."
    return f"{said}, all against it." if against_it and (percents > 0).any() else f"{said}."
