"""What is implausible about a scene's values: looked at once, and kept in the index."""

import json
from dataclasses import replace

from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.scenes.plausibility import implausible
from seaice.scenes.scene import Scene

_KIND = "plausibility-2"
"""The number is the version of the check."""


def checked(scene: Scene, store: Store | None = None) -> Scene:
    """A scene that knows what is implausible about its file, for `Scene.notice`.

    Reading the values takes some tenths of a second the first time.

    Args:
        scene: The scene. A raw one need not be converted.
        store: The index; the user's own where None.

    Returns:
        The scene with further sentences in `found`. A file that cannot be read is returned as it
        is: who reads it next says so.
    """
    store = store or Store()
    try:
        key = json.dumps(scene.key)
        findings = _kept(store.get(_KIND, key))
        if findings is None:
            findings = implausible(scene)
            store.put(_KIND, key, json.dumps(findings).encode())
    except SceneError:
        return scene
    return replace(scene, found=tuple(dict.fromkeys((*scene.found, *findings))))


def _kept(value: bytes | None) -> tuple[str, ...] | None:
    """The findings that the index has kept; None where it has none, or they are damaged."""
    try:
        kept = json.loads(value or b"null")
    except ValueError:
        return None
    return tuple(map(str, kept)) if isinstance(kept, list) else None
