"""What takes long enough for a progress bar, computed once for all sessions."""

from collections.abc import Callable
from typing import TypeVar, cast

import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import file_key, scene_key
from seaice.experiment.channel_loss import Loss, channel_losses
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.field import EffectiveField, effective_field
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.scene import Scene

Result = TypeVar("Result")
Tell = Callable[[int, int], object]
"""Called with what is done and with all that there is to do."""

# An image of the field of the largest rates takes 1 MB.
_MOST = 60


def field_of(
    scene: Scene, file: CheckpointFile, chart: ChartName, target: int | None, pixels: int
) -> EffectiveField:
    """The effective field of a network on a scene.

    Raises:
        ConfigError: The network predicts no such class here, or no pixel is valid.
        SceneError, CheckpointError: A file cannot be read.
    """

    def compute(tell: Tell) -> EffectiveField:
        network = cached.checkpoint(file)
        return effective_field(network, [scene], chart, target, pixels=pixels, on_pixel=tell)

    key = scene_key(scene), file_key(file.path), chart, target, pixels
    return _kept(key, f"Rates {file.info.rates_label}: pixel", compute)


def losses_over(scenes: tuple[Scene, ...], file: CheckpointFile) -> list[Loss]:
    """What the scores of scenes lose where a group of channels is that of the other scenes.

    Raises:
        MissingChannelsError, SceneError, CheckpointError: A file cannot be read.
    """

    def compute(tell: Tell) -> list[Loss]:
        predictor = network_predictor(cached.checkpoint(file))
        return channel_losses(predictor, scenes, on_scene=tell).losses()

    key = "channels", file_key(file.path), *map(scene_key, scenes)
    return _kept(key, f"Rates {file.info.rates_label}: scene", compute)


def _kept(key: tuple[object, ...], what: str, compute: Callable[[Tell], Result]) -> Result:
    known = _results()
    found = known.pop(key, None)
    if found is None:
        place = st.empty()
        try:
            found = compute(
                lambda done, total: place.progress(done / total, f"{what} {done} of {total}")
            )
        finally:
            place.empty()
    # The most recently used one comes last and is dropped last.
    known[key] = found
    while len(known) > _MOST:
        known.pop(next(iter(known)), None)
    return cast("Result", found)


@st.cache_resource(show_spinner=False)
def _results() -> dict[tuple[object, ...], object]:
    """A dict for all sessions: a cached function could not show progress."""
    return {}
