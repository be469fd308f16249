"""Which channels does each network need on this scene?"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

import numpy as np
import pandas as pd
import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.core.intervals import end_text
from seaice.core.text import counted
from seaice.dashboard.explain.questions import OVER, OverName
from seaice.dashboard.explain.results import losses_by_channel, scenes_with
from seaice.dashboard.explain.save import facts_of, save_buttons
from seaice.dashboard.explain.with_progress import losses_over
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.dashboard.words import number_text
from seaice.experiment.channel_loss import Loss
from seaice.figures.shares import bar_figure
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.scene import Scene

_SCORE: dict[ChartName, str] = {"SIC": "R2", "SOD": "F1", "FLOE": "F1"}
_DONORS = 6
"""Scenes whose channels take the place of one scene's."""
_MOST_SCENES = 12
"""Scenes of a folder that are measured: more take minutes."""
_SMALL = 1.0
"""Points of score: smaller losses are called none."""


def channel_section(
    view: SceneView,
    chart: ChartName,
    files: Sequence[CheckpointFile],
    scenes: Sequence[Scene],
    *,
    narrow: bool,
) -> None:
    """Draw what the score of the task loses with each group of channels.

    Args:
        view: The scene.
        chart: The task.
        files: The networks.
        scenes: Scenes of the folder, whose values take the place of this one's.
        narrow: Whether the window is narrow.
    """
    scene = view.scene
    if chart not in scene.charts:
        st.info(f"This scene has no ice chart of {chart}, so there is no score to lose.")
        return
    usable = [each for each in scenes_with(scenes, files) if each.id != scene.id]
    if not usable:
        st.info(
            "Channels are replaced by those of other scenes, and this folder has no other one that "
            "holds them."
        )
        return
    others = usable[:_DONORS]
    charted = tuple([scene, *(each for each in usable if chart in each.charts)][:_MOST_SCENES])
    over = _over(len(charted)) if len(charted) > 1 else OVER[0]
    found = []
    for number, file in enumerate(files, 1):
        rates = file.info.rates_label
        if over == "Folder":
            losses = losses_over(charted, file)
        else:
            with st.spinner(f"Replacing channels, rates {rates} ({number} of {len(files)}) ..."):
                losses = losses_by_channel(scene, file, tuple(others))
        found.append((rates, [each for each in losses if each.task == chart]))
    for label, losses in found:
        st.markdown(f"**{plain(label)}**: {plain(loss_sentence(losses))}")
    _bars_and_table(scene, chart, found, narrow=narrow)
    st.caption(
        "Each group of channels is replaced by what other scenes of the folder have in its place. "
        "Groups that say the same share their importance. One scene tells little; over a folder, "
        "95 % intervals come from a bootstrap over its scenes. Of more scenes: "
        "`seaice channels CHECKPOINT --data DATA_FOLDER`."
    )
    measured = charted if over == "Folder" else (scene,)
    _save(scene, chart, files, [losses for _, losses in found], measured, others)


def _over(count: int) -> OverName:
    """Whether to measure the scene alone or over the folder."""
    st.session_state.setdefault("channels_over", OVER[0])
    chosen = st.segmented_control(
        "Measured over",
        OVER,
        required=True,
        format_func=lambda name: "This scene" if name == "Scene" else f"{count} scenes",
        key="channels_over",
        help="Over several scenes it takes some seconds a scene and network, and from five on the "
        "losses have intervals.",
    )
    return cast("OverName", chosen)


def _bars_and_table(
    scene: Scene,
    chart: ChartName,
    found: Sequence[tuple[str, Sequence[Loss]]],
    *,
    narrow: bool,
) -> None:
    left, right = (st.container(), st.container()) if narrow else st.columns(2)
    groups = [each.group for each in found[0][1]]
    with left:
        series = [(label, [each.loss for each in losses]) for label, losses in found]
        st.plotly_chart(
            bar_figure(
                groups,
                series,
                f"{_SCORE[chart]} of {chart} lost, points",
                st.context.theme.type == "dark",
                spread=_spread(found),
            ),
            key="channel_bars",
            config=figure_config(scene, "channels"),
            alt="Points of score lost without each group of channels; the table has the numbers",
        )
    with right:
        rows = {label: [_text(each) for each in losses] for label, losses in found}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=groups).T
        st.table(table.rename_axis("Foreign channels"))


def _save(
    scene: Scene,
    chart: ChartName,
    files: Sequence[CheckpointFile],
    found: Sequence[Sequence[Loss]],
    measured: Sequence[Scene],
    others: Sequence[Scene],
) -> None:
    save_buttons(
        scene,
        chart,
        "channels",
        lambda: [
            {**asdict(each), **facts_of(file)}
            for file, losses in zip(files, found, strict=True)
            for each in losses
        ],
        settings={
            "scenes": [each.id for each in measured],
            "foreign_scenes": [each.id for each in (measured if len(measured) > 1 else others)],
        },
    )


def loss_sentence(losses: Sequence[Loss]) -> str:
    """Which groups of channels a network needs most for a task."""
    known = [each for each in losses if np.isfinite(each.loss)]
    if not known:
        return f"The score is not defined here: {losses[0].task} has one value alone."
    needed = sorted((each for each in known if each.loss >= _SMALL), key=lambda each: -each.loss)
    if not needed:
        return "No group of channels alone is missed: each loses less than a point."
    texts = [f"{each.group} ({counted(round(each.loss), 'point')})" for each in needed[:3]]
    spare = [each.group for each in known if each.loss < _SMALL]
    rest = f" Without {', '.join(spare)} alone it loses less than a point." if spare else ""
    return f"It misses {', then '.join(texts)}.{rest}"


def _spread(
    found: Sequence[tuple[str, Sequence[Loss]]],
) -> list[tuple[list[float], list[float]]] | None:
    """Ends of the intervals of each network; None if there are none."""
    if not any(np.isfinite(each.low) for _, losses in found for each in losses):
        return None
    return [([each.low for each in losses], [each.high for each in losses]) for _, losses in found]


def _text(loss: Loss) -> str:
    if np.isnan(loss.low):
        return number_text(loss.loss, 1)
    return f"{number_text(loss.loss, 1)} ({end_text(loss.low)} to {end_text(loss.high)})"
