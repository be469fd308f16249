"""Which stage of development covers most of the ice in each season."""

from itertools import combinations, pairwise

import numpy as np

from seaice.ai4arctic.charts import CHARTS
from seaice.simulate.calibration import published
from seaice.simulate.calibration.checks import Check, Section, Table, percent
from seaice.simulate.calibration.classes import ClassCounts
from seaice.simulate.calibration.sums import ratio

TITLE = "Stages by season"
RARE, TIE = 0.01, 0.9

LIMITS = (
    "A season has a fifth to a third of all scenes, each with a few stages, so that stages whose "
    "published shares are close but not tied can swap by chance. The 65 % rule takes the label "
    "from mixed polygons, which costs a stage that lies between others, such as thin first-year "
    "ice, more than one that fills whole regions."
)

_NAMES = ("new", "young", "thin", "thick", "old")


def stage_shares(counts: ClassCounts, season: int) -> np.ndarray:
    """Share of stages 1 to 5 among the pixels labelled with one, float64 (5,)."""
    ice = counts.total(season=season)[CHARTS.index("SOD"), 1:6]
    return ratio(ice, ice.sum())


def tied(first: float, second: float) -> bool:
    """Whether two published shares are too close to order.

    They are if both are below 1 % of the ice, or if they differ by less than a tenth.
    """
    low, high = sorted((first, second))
    return high < RARE or low > TIE * high


def wrong_pairs(measured: np.ndarray, wanted: tuple[float, ...]) -> list[tuple[int, int]]:
    """Pairs of stages (larger, smaller) as published that are not in this order as measured."""
    wrong = []
    for pair in combinations(range(len(wanted)), 2):
        if tied(*(wanted[index] for index in pair)):
            continue
        small, large = sorted(pair, key=lambda index: wanted[index])
        if not measured[large] > measured[small]:
            wrong.append((large, small))
    return wrong


def section(counts: ClassCounts) -> Section:
    """The section of the report: one bound for each season."""
    checks, rows = [], []
    for index, season in enumerate(published.SEASONS):
        measured, wanted = stage_shares(counts, index), published.STAGES_BY_SEASON[season]
        checks.append(_check(season, measured, wanted))
        cells = (
            f"{percent(float(share))} ({percent(was)})"
            for share, was in zip(measured, wanted, strict=True)
        )
        rows.append((season, *cells))
    text = (
        "Order of new, young, thin first-year, thick first-year and old ice by the area labelled "
        "with each. Two stages are tied, and may come in any order, where both are published "
        "with less than 1 % of the ice or where their published shares differ by less than a "
        "tenth of the larger; in the bound a tie is written =, an order >."
    )
    table = Table("Shares of the ice, published in brackets", ("season", *_NAMES), tuple(rows))
    return Section(TITLE, (text,), tuple(checks), (table,), LIMITS)


def _check(season: str, measured: np.ndarray, wanted: tuple[float, ...]) -> Check:
    name, bound = f"order in {season}", _order(wanted, ties=True)
    if np.isnan(measured).any():
        return Check(TITLE, name, "no labelled ice", bound, None)
    wrong = [f"{_NAMES[a]} not above {_NAMES[b]}" for a, b in wrong_pairs(measured, wanted)]
    text = _order(measured) + (f" ({', '.join(wrong)})" if wrong else "")
    return Check(TITLE, name, text, bound, not wrong)


def _order(values: np.ndarray | tuple[float, ...], *, ties: bool = False) -> str:
    """Stages from the largest share to the smallest, tied ones joined by =."""
    order = sorted(range(len(values)), key=lambda index: -values[index])
    text = _NAMES[order[0]]
    for before, after in pairwise(order):
        equal = ties and tied(values[before], values[after])
        text += f" {'=' if equal else '>'} {_NAMES[after]}"
    return text
