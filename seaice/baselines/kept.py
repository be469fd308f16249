"""Scores of baselines on single scenes, kept between sessions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from seaice.baselines.beside import Yardstick
from seaice.core.cache import Store
from seaice.results.kept_sums import from_entry, to_entry
from seaice.results.scoring import ScoreSums
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
    sums = {each: from_entry(entries[key]) for each, key in keys.items() if key in entries}
    return {each: known for each, known in sums.items() if known is not None}


def score_and_keep(
    standard: Yardstick, scene: Scene, place: ScoredScene, store: Store
) -> ScoreSums:
    """Score a baseline on a scene and keep the sums.

    Raises:
        MissingChannelsError: The scene lacks channels.
        SceneError: The scene cannot be read.
        BaselineError: The baseline cannot be read.
    """
    # Importing torch takes seconds, and what is kept needs none.
    from seaice.results.evaluation import score_prediction

    # Before it is read: a file that changes meanwhile is not known under its new identity.
    key = scene.key
    sums = score_prediction(standard.predict(scene))
    store.put(_KIND, place.key, to_entry(key, sums))
    return sums
