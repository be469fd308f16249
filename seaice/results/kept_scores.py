"""Scores of scenes, kept in the index: what was computed for a file once is known from then on."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.network.checkpoint import Checkpoint
from seaice.results.agreement import disagreement
from seaice.results.evaluation import score_prediction
from seaice.results.inference import predict
from seaice.results.scoring import ScoreSums
from seaice.scenes.scene import Scene

_KIND = "scene-scores-1"
"""The number is the version of the stored form, and of what the scores mean."""


@dataclass(frozen=True)
class KeptScores:
    """What one network scores on a scene, and how often another one disagrees.

    Attributes:
        sums: Sums for the scores; empty without a chart.
        disagreement: By chart, the share of the valid pixels for which the other network predicts
            another class, of SIC more than 10 % apart; 0 to 1. Empty without another network.
    """

    sums: ScoreSums
    disagreement: Mapping[ChartName, float]


def score_and_keep(
    scene: Scene, checkpoint: Checkpoint, other: Checkpoint | None = None
) -> KeptScores:
    """Predict and score a scene, and keep what came of it.

    Args:
        scene: The scene.
        checkpoint: The network to score.
        other: One to compare it with.

    Raises:
        MissingChannelsError: The scene cannot feed a network.
        SceneError: The scene cannot be read.
    """
    prediction = predict(scene, checkpoint)
    against = {} if other is None else disagreement(prediction, predict(scene, other))
    kept = KeptScores(score_prediction(prediction), against)
    key = _key(scene, checkpoint.sha256, other.sha256 if other else "")
    Store().put(_KIND, key, _entry(kept))
    return kept


def known_scores(scenes: Iterable[Scene], sha256: str, other: str = "") -> dict[str, KeptScores]:
    """What is kept, by scene id; scenes whose files have changed since are missing.

    Args:
        scenes: The scenes.
        sha256: SHA-256 of the checkpoint's file.
        other: That of the checkpoint that it is compared with; empty without one.
    """
    keys = {}
    for scene in scenes:
        try:
            keys[_key(scene, sha256, other)] = scene.id
        except SceneError:
            # Its file is gone: reading it will say so.
            continue
    found = Store().get_many(_KIND, list(keys))
    parsed = {keys[key]: _parse(entry) for key, entry in found.items()}
    return {scene_id: kept for scene_id, kept in parsed.items() if kept is not None}


def _key(scene: Scene, sha256: str, other: str) -> str:
    return json.dumps([scene.key, sha256, other])


def _entry(kept: KeptScores) -> bytes:
    sums = kept.sums
    values = {
        "confusion": {name: sums.confusion[name].tolist() for name in CHARTS},
        "sic": [sums.sic_squared_error, sums.sic_absolute_error, sums.sic_error],
        "disagreement": kept.disagreement,
    }
    return json.dumps(values).encode()


def _parse(entry: bytes) -> KeptScores | None:
    """A kept entry; None if it is damaged."""
    try:
        values = json.loads(entry)
        confusion: dict[ChartName, np.ndarray] = {
            name: np.array(values["confusion"][name], np.int64).reshape(
                CHART[name].n_classes, CHART[name].n_classes
            )
            for name in CHARTS
        }
        sums = ScoreSums(confusion, *map(float, values["sic"]))
        against = {name: float(values["disagreement"][name]) for name in values["disagreement"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return KeptScores(sums, against)
