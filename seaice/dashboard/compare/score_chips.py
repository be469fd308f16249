"""The scores that stand in the titles of the maps."""

from collections.abc import Sequence

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard.compare.results import ColumnResult

_MEASURES: dict[ChartName, str] = {"SIC": "R2", "SOD": "F1", "FLOE": "F1"}
_MINUS = "\u2212"


def score_chips(chart: ChartName, results: Sequence[ColumnResult]) -> list[str]:
    """The score of each column, and how much better than the first one's it is.

    Args:
        chart: The task.
        results: What the columns' sources make of the scene, scored over what the maps show.

    Returns:
        Texts in Plotly's markup; empty where the score is not defined.
    """
    values = [getattr(each.sums.scores(), chart).value for each in results]
    return [_chip(chart, value, None if i == 0 else values[0]) for i, value in enumerate(values)]


def _chip(chart: ChartName, value: float | None, first: float | None) -> str:
    if value is None:
        return ""
    text = f"<b>{_MEASURES[chart]} {value:.1f}</b>".replace("-", _MINUS)
    if first is None:
        return text
    # Of the numbers that are read, so that the three agree.
    difference = round(round(value, 1) - round(first, 1), 1)
    return f"{text} ({difference:+.1f})".replace("-", _MINUS)
