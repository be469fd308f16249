"""Pixels with labels, drawn from many scenes: what a baseline is fitted on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.baselines.info import BaselineInfo
from seaice.baselines.inputs import baseline_inputs, input_names
from seaice.core.errors import MissingChannelsError, NoScenesError, SceneError
from seaice.scenes.catalogue import make_ready
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene

PIXELS = 200_000
"""Pixels of a sample, in equal parts from all scenes; 40 MB with all channels and windows."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Pixels drawn from scenes.

    Attributes:
        info: Which inputs they are.
        inputs: (pixels, inputs) float32.
        labels: By chart: (pixels,) uint8, `FILL` without a label.
        scenes: Ids of the scenes that gave pixels.
        left_out: A sentence for each scene that could not be used.
    """

    info: BaselineInfo
    inputs: np.ndarray
    labels: dict[ChartName, np.ndarray]
    scenes: list[str]
    left_out: list[str]

    def seen_by(self, info: BaselineInfo) -> "Sample":
        """The same pixels with the inputs of another baseline, which are among these.

        The pixels do not depend on the channels, so one draw serves many baselines.
        """
        names = input_names(self.info)
        columns = [names.index(name) for name in input_names(info)]
        return replace(self, info=info, inputs=self.inputs[:, columns])


def draw_sample(
    scenes: Sequence[Scene],
    info: BaselineInfo,
    seed: int,
    on_scene: Callable[[int, int], object] | None = None,
) -> Sample:
    """Draw pixels that have data and at least one label, the same ones for the same seed.

    One scene at a time is in memory.

    Args:
        scenes: The scenes.
        info: What the baseline sees.
        seed: Seed of the draw.
        on_scene: Called after each scene with the number done and the number of all.

    Raises:
        NoScenesError: No scene has the channels and a label in each chart.
    """
    inputs, labels, ids, left_out = [], [], [], []
    most = max(1, PIXELS // max(1, len(scenes)))
    for number, scene in enumerate(scenes, 1):
        try:
            drawn = _from_scene(scene, info, np.random.default_rng([seed, number]), most)
        except (SceneError, MissingChannelsError) as error:
            left_out.append(str(error))
            continue
        finally:
            if on_scene:
                on_scene(number, len(scenes))
        if drawn is None:
            left_out.append(f"{scene.path} has no labelled pixels.")
            continue
        ids.append(scene.id)
        inputs.append(drawn[0])
        labels.append(drawn[1])
    if not inputs:
        raise NoScenesError(
            f"None of {len(scenes)} scenes can be fitted on. "
            + (left_out[0] if left_out else "Name a folder with labelled scenes.")
        )
    by_chart = dict(zip(CHARTS, np.concatenate(labels, axis=1), strict=True))
    return Sample(info, np.concatenate(inputs), by_chart, ids, left_out)


def _from_scene(
    scene: Scene, info: BaselineInfo, rng: np.random.Generator, most: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Inputs (pixels, inputs) and labels (charts, pixels); None without a labelled pixel."""
    scene.require(info.channels, info.channel_set)
    if not scene.charts:
        return None
    make_ready(scene)
    charts = np.stack([read_chart(scene, name, info.spacing_m) for name in CHARTS])
    values, valid = baseline_inputs(scene, info)
    labelled = np.flatnonzero(valid & (charts != FILL).any(axis=0))
    if not len(labelled):
        return None
    chosen = rng.choice(labelled, min(most, len(labelled)), replace=False)
    return (
        values.reshape(len(values), -1)[:, chosen].T,
        charts.reshape(len(CHARTS), -1)[:, chosen],
    )


def labelled(sample: Sample, chart: ChartName) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and labels of the pixels that have one in a chart.

    Raises:
        NoScenesError: There are none, or all have the same class: nothing can be told apart.
    """
    known = sample.labels[chart] != FILL
    labels = sample.labels[chart][known]
    remedy = "Name a folder with more scenes."
    if not len(labels):
        raise NoScenesError(f"No pixel of the scenes has a {chart} label. {remedy}")
    if labels.min() == labels.max():
        name = CHART[chart].class_names[labels[0]]
        raise NoScenesError(
            f"All pixels with a {chart} label have one class, {name!r}, so there is nothing to "
            f"tell apart. {remedy}"
        )
    return sample.inputs[known], labels
