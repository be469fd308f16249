"""How often two networks disagree on scenes, kept between sessions."""

import json
from collections.abc import Iterable, Mapping

from seaice.ai4arctic.charts import CHARTS, ChartName
from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.results.agreement import disagreement
from seaice.results.export.provenance import software
from seaice.results.inference import Prediction
from seaice.scenes.scene import Scene

_KIND = "network-disagreement-1"
"""The number counts the forms that an entry has had."""


def keep_disagreement(one: Prediction, other: Prediction) -> None:
    """Compare two networks' predictions of a scene, and keep how often they differ.

    Raises:
        SceneError: The scene cannot be read.
    """
    key = _key(one.scene, one.sha256, other.sha256)
    Store().put(_KIND, key, json.dumps(disagreement(one, other)).encode())


def known_disagreement(
    scenes: Iterable[Scene], sha256: str, other: str
) -> dict[Scene, Mapping[ChartName, float]]:
    """Shares of the valid pixels that differ, 0 to 1, by chart; see `disagreement`.

    Args:
        scenes: The scenes. Those whose files have changed since, or are gone, are left out.
        sha256: SHA-256 of one network's file.
        other: That of the other's.
    """
    keys: dict[str, Scene] = {}
    for scene in scenes:
        try:
            keys[_key(scene, sha256, other)] = scene
        except SceneError:
            # Whoever reads a file that is gone says so.
            continue
    found = Store().get_many(_KIND, list(keys))
    parsed = {keys[key]: _parse(entry) for key, entry in found.items()}
    return {scene: shares for scene, shares in parsed.items() if shares}


def _key(scene: Scene, sha256: str, other: str) -> str:
    return json.dumps([sha256, other, software(), scene.polarisations, *scene.key])


def _parse(entry: bytes) -> dict[ChartName, float]:
    """The shares of an entry; empty if it is damaged."""
    try:
        values = json.loads(entry)
        return {name: float(values[name]) for name in CHARTS if name in values}
    except (ValueError, TypeError):
        return {}
