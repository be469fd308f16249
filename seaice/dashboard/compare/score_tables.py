"""The score tables of Compare: a row for each measure, a column for each one of the page."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.baselines.beside import against_linear
from seaice.baselines.files import LINEAR
from seaice.dashboard.compare.results import ColumnResult, NetworkResult
from seaice.dashboard.text import plain
from seaice.results.class_metrics import class_f1
from seaice.results.scoring import Score, Scores, ScoreSums

MEANING = "Meaning"
"""The column that says what a measure is."""
# An en dash: a table would read a hyphen as a list.
_NONE = "\u2013"

_SCORES = {
    "combined": ("Combined score", "(2 SIC + 2 SOD + FLOE) / 5; 100 is best"),
    "SIC": (
        "SIC R2",
        "R2 of the concentration in classes of 10 %, the AutoICE score; 100 is best, below 0 is "
        "worse than the chart's mean",
    ),
    "SIC_continuous": ("SIC R2, continuous", "R2 of the unrounded concentration; 100 is best"),
    "SOD": ("SOD F1", "mean of the classes' F1, weighted by their pixels; 100 is best"),
    "FLOE": ("FLOE F1", "same as SOD"),
}
_ERRORS = {
    "mean": ("SIC error, mean", "predicted minus chart, percentage points; 0 is best"),
    "absolute": ("SIC error, absolute", "mean size of the error, percentage points; 0 is best"),
    "rms": (
        "SIC error, root mean square",
        "gives large errors more weight, percentage points; 0 is best",
    ),
}


def score_table(
    results: Sequence[ColumnResult], baselines: Mapping[str, ScoreSums] | None = None
) -> pd.DataFrame:
    """Scores and errors of scored results and of baselines; all cells are text."""
    baselines = baselines or {}
    sums = [*(each.sums for each in results), *baselines.values()]
    scores = [dict(each.scores().items()) for each in sums]
    errors = [each.sic_errors() for each in sums]
    rows = {
        label: [*(_score(each[name]) for each in scores), meaning]
        for name, (label, meaning) in _SCORES.items()
    }
    for name, (label, meaning) in _ERRORS.items():
        values = [getattr(each, name) for each in errors]
        rows[label] = [*(_NONE if v is None else f"{v:.1f}" for v in values), meaning]
    for chart in CHARTS:
        counts = (f"{int(each.confusion[chart].sum()):,}" for each in sums)
        rows[f"{chart} pixels"] = [*counts, "labelled pixels scored, on the scene's own grid"]
    if LINEAR in baselines:
        marks = (_mark(each.sums.scores(), baselines) for each in results)
        meaning = "combined score against that of a linear model of the same channels"
        rows["Against the linear model"] = [*marks, *(_NONE for _ in baselines), meaning]
    return _table(rows, results, list(baselines))


def _mark(scores: Scores, baselines: Mapping[str, ScoreSums]) -> str:
    line = baselines[LINEAR].scores().combined.value
    return against_linear(scores.combined.value, line) or _NONE


def network_table(results: Sequence[NetworkResult]) -> pd.DataFrame:
    """How far each network looks, and what computed it; all cells are text."""
    rows = {
        "Feature cell": [
            *(f"{each.file.info.cell_m / 1000:g} km" for each in results),
            "what a rate counts; its reach is the rate times this, to each side",
        ],
        "Receptive field": [
            *(f"{each.receptive_field_km:.0f} km" for each in results),
            "theoretical width of what one pixel of the map depends on",
        ],
        "Training range": [
            *(_training_range(each) for each in results),
            "whether the channels of this scene lie within the range of the training scenes",
        ],
        "On padding": [
            *(f"{100 * each.padding_share:.0f} %" for each in results),
            "share of the largest rate's taps without data: outside the scene or on masked cells",
        ],
        "Time": [
            *(f"{each.prediction.seconds:.1f} s on {each.prediction.device}" for each in results),
            "for reading the scene and predicting it, when that was done",
        ],
        "Checkpoint": [
            *(f"{plain(each.file.name)} ({each.prediction.sha256[:8]})" for each in results),
            "file name, and how its SHA-256 begins",
        ],
    }
    return _table(rows, results)


def _training_range(result: NetworkResult) -> str:
    if not result.file.info.statistics:
        return "not recorded"
    return "outside" if result.prediction.range_notice else "within"


def class_table(chart: ChartName, results: Sequence[ColumnResult]) -> pd.DataFrame:
    """F1 of each class of a chart, and the chart's pixels of it; all cells are text."""
    f1 = [class_f1(each.sums.confusion[chart]) for each in results]
    support = results[0].sums.confusion[chart].sum(axis=1)
    rows = {
        name: [
            f"{support[i]:,}",
            *(_NONE if np.isnan(each[i]) else f"{each[i]:.1f}" for each in f1),
        ]
        for i, name in enumerate(CHART[chart].class_names)
    }
    columns = ["Pixels in the chart", *(f"F1, {_lower(each.title)}" for each in results)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Class")


def _table(
    rows: dict[str, list[str]], results: Sequence[ColumnResult], baselines: Sequence[str] = ()
) -> pd.DataFrame:
    columns = [*(each.title for each in results), *map(capitalised, baselines), MEANING]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Measure")


def capitalised(label: str) -> str:
    """A label as it stands at the head of a column."""
    return f"{label[:1].upper()}{label[1:]}"


def _lower(title: str) -> str:
    return f"{title[:1].lower()}{title[1:]}"


def _score(score: Score) -> str:
    return f"{score.value:.1f}" if score.value is not None else f"not defined: {score.reason}"
