"""The score tables of Compare: a row a measure, with what it is; a column a checkpoint."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.dashboard import cached
from seaice.dashboard.text import plain
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import rates_name
from seaice.results.inference import Prediction
from seaice.results.scoring import Score, ScoreSums, class_f1
from seaice.scenes.scene import Scene

_ABOUT = "What it is"
# An en dash: a table would take a hyphen for a list.
_NONE = "\u2013"

_SCORES = {
    "combined": ("Combined score", "(2 SIC + 2 SOD + FLOE) / 5; 100 is best"),
    "SIC": (
        "SIC R2",
        "of the class of ten per cent, the AutoICE score; 100 is best, below 0 is worse than "
        "the chart's mean",
    ),
    "SIC_continuous": ("SIC R2, continuous", "of the unrounded concentration; 100 is best"),
    "SOD": ("SOD F1", "mean of the classes' F1, weighted by their pixels; 100 is best"),
    "FLOE": ("FLOE F1", "as of SOD"),
}
_ERRORS = {
    "mean": ("SIC error, mean", "predicted minus chart, in points of per cent; 0 is best"),
    "absolute": ("SIC error, absolute", "mean size of the error, points; 0 is best"),
    "rms": ("SIC error, root mean square", "weighs large errors more, points; 0 is best"),
}


def score_table(files: Sequence[CheckpointFile], sums: Sequence[ScoreSums]) -> pd.DataFrame:
    """Scores and errors, all cells text.

    Args:
        files: The checkpoints.
        sums: What each scored over the scene or a region.
    """
    scores = [dict(each.scores().items()) for each in sums]
    errors = [each.sic_errors() for each in sums]
    rows = {
        label: [*(_score(each[name]) for each in scores), about]
        for name, (label, about) in _SCORES.items()
    }
    for name, (label, about) in _ERRORS.items():
        values = [getattr(each, name) for each in errors]
        rows[label] = [*(_NONE if v is None else f"{v:.1f}" for v in values), about]
    for name in ("SIC", "SOD", "FLOE"):
        counts = (f"{int(each.confusion[name].sum()):,}" for each in sums)
        rows[f"{name} pixels"] = [*counts, "labelled pixels that were scored, on the scene's grid"]
    return _table(rows, files)


def network_table(
    scene: Scene, files: Sequence[CheckpointFile], predictions: Sequence[Prediction]
) -> pd.DataFrame:
    """How far each network looks, and what computed it; all cells text."""
    rows = {
        "Receptive field": [
            *(f"{cached.receptive_field_km(file):.0f} km" for file in files),
            "how far one pixel of the map can look in theory, along one side",
        ],
        "On padding": [
            *(f"{100 * cached.padding(file, scene):.0f} %" for file in files),
            "share of the largest rate's taps that fall outside the scene and see nothing",
        ],
        "Time": [
            *(f"{each.seconds:.1f} s on {each.device}" for each in predictions),
            "for reading the scene and predicting it, when that was done",
        ],
        "Checkpoint": [
            *(
                f"{plain(file.name)} ({each.sha256[:8]})"
                for file, each in zip(files, predictions, strict=True)
            ),
            "name of the file, and how its SHA-256 begins",
        ],
    }
    return _table(rows, files)


def class_table(
    chart: ChartName, files: Sequence[CheckpointFile], sums: Sequence[ScoreSums]
) -> pd.DataFrame:
    """F1 of each class of a chart, and the pixels that the chart gives it; all cells text."""
    f1 = [class_f1(each.confusion[chart]) for each in sums]
    support = sums[0].confusion[chart].sum(axis=1)
    rows = {
        name: [
            f"{support[i]:,}",
            *(_NONE if np.isnan(each[i]) else f"{each[i]:.1f}" for each in f1),
        ]
        for i, name in enumerate(CHART[chart].class_names)
    }
    columns = ["Pixels in the chart", *(f"F1, rates {name}" for name in _names(files))]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Class")


def _table(rows: dict[str, list[str]], files: Sequence[CheckpointFile]) -> pd.DataFrame:
    columns = [*(f"Rates {name}" for name in _names(files)), _ABOUT]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Measure")


def _names(files: Sequence[CheckpointFile]) -> list[str]:
    return [rates_name(file.info.rates) for file in files]


def _score(score: Score) -> str:
    return f"{score.value:.1f}" if score.value is not None else f"not defined: {score.reason}"
