"""Scores as commands print them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from seaice.ai4arctic.charts import CHART, CHARTS

if TYPE_CHECKING:
    # For its type alone: the command line starts quickly.
    from seaice.results.scoring import ScoreSums

_TABLE = ("combined", "SIC", "SOD", "FLOE")
_SCORES = ("combined", "SIC", "SIC_continuous", "SOD", "FLOE")


def scores_text(scores: Mapping[str, Any]) -> str:
    """Text of scores, one line each.

    Args:
        scores: From `Scores.to_dict`; empty where no scene was scored.
    """
    if not scores:
        return "  not scored: there is no validation scene"
    return "\n".join(
        f"  {name:15} {_score_text(scores[name])}  ({scores[name]['pixels']} pixels)"
        for name in _SCORES
    )


def scores_table(
    scored: Mapping[str, "ScoreSums"], marks: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Text of the scores of checkpoints and baselines as a table, one line each.

    Args:
        scored: Sums by label.
        marks: What to say behind the scores of some of them, by label.
    """
    width = max(map(len, scored), default=0)
    lines = [f"  {'':{width}}" + "".join(f"{name:>10}" for name in _TABLE)]
    for label, sums in scored.items():
        scores = dict(sums.scores().items())
        cells = (_cell(scores[name].value) for name in _TABLE)
        mark = f"  {marks[label]}" if marks.get(label) else ""
        lines.append(f"  {label:{width}}" + "".join(f"{cell:>10}" for cell in cells) + mark)
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _score_text(score: Mapping[str, Any]) -> str:
    if score["value"] is None:
        return f"not defined ({score['reason']})"
    return f"{score['value']:.3f}"


def metrics_text(sums: "ScoreSums") -> str:
    """Text of metrics that AutoICE does not use, one line a chart."""
    from seaice.results.class_metrics import accuracy, class_f1, class_iou, macro

    lines = [f"  {'':15}{'accuracy':>10}{'macro F1':>10}{'mean IoU':>10}"]
    for name, confusion in sums.confusion.items():
        values = accuracy(confusion), macro(class_f1(confusion)), macro(class_iou(confusion))
        lines.append(f"  {name:15}" + "".join(f"{_number(value):>10}" for value in values))
    return "\n".join(lines)


def classes_text(sums: "ScoreSums") -> str:
    """Text of F1 and IoU of each class that occurs, one line each."""
    from seaice.results.class_metrics import class_f1, class_iou

    width = max(len(name) for chart in CHARTS for name in CHART[chart].class_names)
    lines = [f"  {'':{width + 5}}{'F1':>10}{'IoU':>10}{'pixels':>12}"]
    for chart in CHARTS:
        confusion = sums.confusion[chart]
        rows = zip(
            CHART[chart].class_names,
            class_f1(confusion),
            class_iou(confusion),
            confusion.sum(axis=1),
            strict=True,
        )
        lines += [
            f"  {chart:5}{name:{width}}{_number(f1):>10}{_number(iou):>10}{pixels:12}"
            for name, f1, iou, pixels in rows
            # Of a class that neither chart nor prediction has there is nothing to say.
            if f1 == f1
        ]
    return "\n".join(lines)


def _number(value: float) -> str:
    return _cell(None if value != value else value)
