"""Scores of baselines on single scenes, kept between sessions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.baselines.beside import Yardstick
from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.results.evaluation import score_prediction
from seaice.results.scoring import ScoreSums
from seaice.scenes.netcdf import file_identity
from seaice.scenes.scene import Scene

_KIND = "baseline-scores-1"
"""The number counts the forms that an entry has had."""


@dataclass(frozen=True)
class ScoredScene:
    """A scene that a baseline is scored on.

    Attributes:
        baseline: Identity of the baseline, `Yardstick.key`.
        folder: The scene's folder.
        scene: Id of the scene.
    """

    baseline: str
    folder: Path
    scene: str

    @property
    def key(self) -> str:
        """Its key in the cache, whose entry names the files and their identities."""
        return json.dumps([self.baseline, str(self.folder.absolute()), self.scene])


def kept_scores(wanted: Iterable[ScoredScene], store: Store) -> dict[ScoredScene, ScoreSums]:
    """What is known of scenes without opening any; nothing of those whose files have changed."""
    keys = {each: each.key for each in wanted}
    entries = store.get_many(_KIND, list(keys.values()))
    sums = {each: _from_entry(entries[key]) for each, key in keys.items() if key in entries}
    return {each: known for each, known in sums.items() if known is not None}


def score_and_keep(
    standard: Yardstick, scene: Scene, place: ScoredScene, store: Store
) -> ScoreSums:
    """Score a baseline on a scene and keep the sums.

    Raises:
        MissingChannelsError: The scene lacks channels.
        SceneError: The scene cannot be read.
    """
    # Before it is read: a file that changes meanwhile is not known under its new identity.
    key = scene.key
    sums = score_prediction(standard.predict(scene))
    store.put(_KIND, place.key, _entry(key, sums))
    return sums


def _entry(key: tuple[str | int, ...], sums: ScoreSums) -> bytes:
    values = {
        "files": list(key),
        "confusion": {name: sums.confusion[name].tolist() for name in CHARTS},
        "errors": [sums.sic_squared_error, sums.sic_absolute_error, sums.sic_error],
    }
    return json.dumps(values).encode()


def _from_entry(entry: bytes) -> ScoreSums | None:
    """The sums of an entry; None if it is damaged or a file is another one by now."""
    try:
        values = json.loads(entry)
        if not _unchanged(values["files"]):
            return None
        squared, absolute, error = map(float, values["errors"])
        sums = ScoreSums(sic_squared_error=squared, sic_absolute_error=absolute, sic_error=error)
        for name in CHARTS:
            counts = np.array(values["confusion"][name], np.int64)
            if counts.shape != (CHART[name].n_classes,) * 2 or (counts < 0).any():
                return None
            sums.confusion[name][...] = counts
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, SceneError):
        return None
    return sums


def _unchanged(files: list[Any]) -> bool:
    """Whether the files of `Scene.key` are still the same."""
    identities = [tuple(files[start : start + 3]) for start in range(0, len(files), 3)]
    return bool(files) and all(file_identity(Path(each[0])) == each for each in identities)
