"""What the grid of evidence compares, and for what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import MissingChannelsError
from seaice.core.folders import models_folder
from seaice.dashboard import cached
from seaice.dashboard.explain.questions import (
    ACROSS,
    BY,
    WITHIN,
    AcrossName,
    ByName,
    WithinName,
    class_key,
)
from seaice.dashboard.explain.seeds import seed_of, seeds_of
from seaice.dashboard.map_pickers import method_picker, opacity_picker
from seaice.dashboard.permalink import classes_key
from seaice.dashboard.sidebar.checkpoint_picker import chosen_checkpoint
from seaice.dashboard.text import plain
from seaice.explain.methods import MethodName
from seaice.explain.targets import target_names
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import rates_name
from seaice.scenes.scene import Scene

_MOST_ROWS = 4
_FIRST_LAYERS = ("encoder", "projection")


@dataclass(frozen=True)
class Asked:
    """What the grid shows.

    Attributes:
        across: What its columns are.
        by: What its rows are.
        within: Whose outputs are explained.
        method: How.
        opacity: Of the maps over the radar image, 0 to 1.
    """

    across: AcrossName
    by: ByName
    within: WithinName
    method: MethodName
    opacity: float


def grid_pickers() -> Asked:
    """Draw the switches, and the rest in a popover."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        across = _switch("Compare", ACROSS, "evidence_across")
        by = _switch("By", BY, "evidence_by")
        within = within_picker()
        with st.popover("Method", icon=":material/tune:"):
            method = method_picker()
            opacity = opacity_picker("Opacity over the radar image (%)")
    return Asked(
        cast("AcrossName", across),
        cast("ByName", by),
        within,
        method,
        opacity,
    )


def within_picker() -> WithinName:
    """Draw the switch that says whose outputs are explained; questions share it."""
    return cast("WithinName", _switch("For", WITHIN, "evidence_within"))


def _switch(label: str, names: tuple[str, ...], key: str) -> str:
    st.session_state.setdefault(key, names[0])
    chosen = st.segmented_control(label, names, required=True, key=key, persist_state="session")
    return str(chosen)


def columns_picker(
    across: AcrossName, scene: Scene, files: Sequence[CheckpointFile]
) -> tuple[list[tuple[str, CheckpointFile]], list[str]]:
    """The columns: labels and checkpoints, at least one; and what to say about them."""
    if across == "Rates":
        return [(file.info.rates_label, file) for file in files], []
    file = files[_rates_picker(files) - 1]
    if across == "Seeds":
        seeds = seeds_of(file)
        alone = ["There is one seed only: train another with seaice train --seed."]
        return [(f"seed {seed_of(each)}", each) for each in seeds], alone if len(seeds) < 2 else []
    return _channel_sets(scene, file)


def _rates_picker(files: Sequence[CheckpointFile]) -> int:
    """Which of the networks the columns are of: its number, from 1."""
    if len(files) < 2:
        return 1
    numbers = range(1, len(files) + 1)
    if st.session_state.get("evidence_of") not in numbers:
        st.session_state["evidence_of"] = 1
    chosen: int = st.selectbox(
        "Of rates",
        numbers,
        format_func=lambda number: files[number - 1].info.rates_label,
        key="evidence_of",
        persist_state="session",
        width=280,
    )
    return chosen


def _channel_sets(
    scene: Scene, file: CheckpointFile
) -> tuple[list[tuple[str, CheckpointFile]], list[str]]:
    """The same rates on each channel set that the scene holds."""
    known, _ = cached.checkpoints(models_folder())
    rates = rates_name(file.info.rates)
    columns, lacking = [], []
    for name in dict.fromkeys(each.info.channel_set for each in known):
        own = name == file.info.channel_set
        found = file if own else chosen_checkpoint(known, name, rates)
        if found is None:
            continue
        try:
            scene.require(found.info.channels, name)
        except MissingChannelsError:
            lacking.append(name)
            continue
        columns.append((name, found))
    notes = [f"The scene lacks channels of {', '.join(lacking)}."] if lacking else []
    if len(columns) < 2:
        notes.append(f"No other channel set has a checkpoint of rates {rates} for this scene.")
    return columns, notes


def targets_picker(by: ByName, chart: ChartName, first: Callable[[], int]) -> list[int]:
    """The classes of the rows; one alone where rows are layers.

    Args:
        by: What the rows are.
        chart: The task.
        first: Gives the class to show at first; called only where none is chosen.
    """
    names = target_names(chart)
    key = classes_key(chart)
    if key not in st.session_state:
        st.session_state[key] = [0] if chart == "SIC" else sorted({0, first()})
    if by == "Layers":
        kept: list[int] = st.session_state[key]
        of_layers = class_key("Evidence", chart)
        if of_layers not in st.session_state:
            st.session_state[of_layers] = kept[-1] if kept else first()
        chosen = st.selectbox(
            "Evidence for",
            range(len(names)),
            format_func=lambda index: names[index],
            key=of_layers,
            persist_state="session",
            width=280,
        )
        return [chosen]
    return sorted(
        st.multiselect(
            "Evidence for",
            range(len(names)),
            max_selections=_MOST_ROWS,
            format_func=lambda index: names[index],
            key=key,
            persist_state="session",
        )
    )


def layers_picker(layers: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """The layers of the rows, in the order of the network."""
    kept = st.session_state.get("evidence_layers", list(_FIRST_LAYERS))
    lacking = [name for name in kept if name not in layers]
    if lacking:
        st.info(f"Not every network here has the layer {plain(', '.join(lacking))}.")
    st.session_state["evidence_layers"] = [name for name in kept if name in layers]
    chosen = st.multiselect(
        "Layers",
        layers,
        max_selections=_MOST_ROWS,
        format_func=lambda name: labels[name],
        key="evidence_layers",
        persist_state="session",
    )
    return [name for name in layers if name in chosen]
