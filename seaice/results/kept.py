"""Scores of networks on single scenes, kept between sessions."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.results.evaluation import SceneScores
from seaice.results.export.provenance import software
from seaice.results.scoring import ScoreSums
from seaice.scenes.netcdf import file_identity
from seaice.scenes.scene import Scene, SceneKey

_KIND = "network-scores-1"
"""The number counts the forms that an entry has had."""


class KeptScores:
    """What a checkpoint has scored on scenes, as long as neither changes nor what computes.

    Args:
        sha256: Hash of the checkpoint's file.
        store: The cache; the user's own where None.
    """

    def __init__(self, sha256: str, store: Store | None = None) -> None:
        self._sha256, self._store = sha256, store or Store()
        self._files: dict[Scene, SceneKey] = {}

    def known(self, scenes: Iterable[Scene]) -> dict[Scene, SceneScores]:
        """What is known of scenes, without opening any."""
        keys: dict[Scene, str] = {}
        for scene in scenes:
            # Whoever reads a file that is gone says so.
            with suppress(SceneError):
                self._files[scene] = scene.key
                keys[scene] = self._key(scene)
        entries = self._store.get_many(_KIND, list(keys.values()))
        known = {}
        for scene, key in keys.items():
            sums = from_entry(entries[key]) if key in entries else None
            if sums is not None:
                notice = str(json.loads(entries[key]).get("notice", ""))
                known[scene] = SceneScores(scene, sums, notice)
        return known

    def put(self, scene: Scene, scores: SceneScores) -> None:
        """Keep the scores of a scene that was asked for before it was read."""
        if scene in self._files:
            entry = to_entry(self._files[scene], scores.sums, scores.notice)
            self._store.put(_KIND, self._key(scene), entry)

    def _key(self, scene: Scene) -> str:
        return json.dumps([self._sha256, software(), scene.polarisations, *self._files[scene]])


def to_entry(key: SceneKey, sums: ScoreSums, notice: str = "") -> bytes:
    """The sums of a scene as the cache keeps them.

    Args:
        key: Identity of the scene's files, taken before they were read.
        sums: The sums.
        notice: What to know about them.
    """
    values = {
        "files": list(key),
        "notice": notice,
        "confusion": {name: sums.confusion[name].tolist() for name in CHARTS},
        "errors": [sums.sic_squared_error, sums.sic_absolute_error, sums.sic_error],
    }
    return json.dumps(values).encode()


def from_entry(entry: bytes) -> ScoreSums | None:
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
