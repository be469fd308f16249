"""The score table of Compare."""

from collections.abc import Sequence

import pandas as pd

from seaice.checkpoint import CheckpointFile
from seaice.data.scene import Scene
from seaice.inference import Prediction
from seaice.scoring import Score
from seaice.ui import loaders
from seaice.ui.text import plain
from seaice.vocabulary import rates_name

SCORE_HELP = (
    "Times 100, higher is better. SIC: R2 of the rounded class (the official AutoICE score; below "
    "0 is worse than the scene's mean) and of the continuous value. SOD and FLOE: F1, classes "
    "weighted by their pixels. Combined: (2 SIC + 2 SOD + FLOE) / 5. Pixels: labelled pixels of "
    "each chart on the scene's own grid. Receptive field: how far one output pixel can look in "
    "theory, along one side. On padding: share of the largest rate's taps that fall outside the "
    "scene."
)

_TITLES = {
    "combined": "Combined",
    "SIC": "SIC R2",
    "SIC_continuous": "SIC R2, continuous",
    "SOD": "SOD F1",
    "FLOE": "FLOE F1",
}


def score_table(
    scene: Scene, files: Sequence[CheckpointFile], predictions: Sequence[Prediction]
) -> pd.DataFrame:
    """One row a checkpoint, all cells text."""
    rows = {}
    for file, prediction in zip(files, predictions, strict=True):
        scores = loaders.scores(scene, file)
        rows[rates_name(file.info.rates)] = {
            **{_TITLES[name]: _cell(score) for name, score in scores.items()},
            "Pixels SIC / SOD / FLOE": " / ".join(
                f"{getattr(scores, name).pixels:,}" for name in ("SIC", "SOD", "FLOE")
            ),
            "Receptive field": f"{loaders.receptive_field_km(file):.0f} km",
            "On padding": f"{100 * loaders.padding(file, scene):.0f} %",
            "Time": f"{prediction.seconds:.1f} s on {prediction.device}",
            "Checkpoint": f"{plain(file.name)} ({prediction.sha256[:8]})",
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "Rates"
    return table


def _cell(score: Score) -> str:
    return f"{score.value:.1f}" if score.value is not None else f"not defined: {score.reason}"
