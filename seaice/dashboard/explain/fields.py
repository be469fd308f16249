"""Effective fields, computed once for all sessions, with a progress bar."""

import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import file_key, scene_key
from seaice.explain.field import EffectiveField, effective_field
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.scene import Scene

# An image of the largest rates takes 1 MB.
_MOST = 60


def field_of(
    scene: Scene, file: CheckpointFile, chart: ChartName, target: int | None, pixels: int
) -> EffectiveField:
    """The effective field of a network on a scene.

    Raises:
        ConfigError: The network predicts no such class here, or no pixel is valid.
        SceneError, CheckpointError: A file cannot be read.
    """
    key = scene_key(scene), file_key(file.path), chart, target, pixels
    known = _fields()
    found = known.pop(key, None)
    if found is None:
        place = st.empty()
        label = file.info.rates_label
        try:
            found = effective_field(
                cached.checkpoint(file),
                [scene],
                chart,
                target,
                pixels=pixels,
                on_pixel=lambda done, total: place.progress(
                    done / total, f"Rates {label}: pixel {done} of {total}"
                ),
            )
        finally:
            place.empty()
    # The most recently used one comes last and is dropped last.
    known[key] = found
    while len(known) > _MOST:
        known.pop(next(iter(known)), None)
    return found


@st.cache_resource(show_spinner=False)
def _fields() -> dict[tuple[object, ...], EffectiveField]:
    """A dict for all sessions: a cached function could not show progress."""
    return {}
