"""Scores of networks on single scenes, kept between sessions."""

import json
from collections.abc import Iterable
from contextlib import suppress

from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.results.evaluation import SceneScores
from seaice.results.export.provenance import software
from seaice.results.kept_sums import from_entry, to_entry
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
