"""The sidebar's pickers: data folder, scene, channel set, rates, and which checkpoint of several.

What they hold lives in the session's state, so that links, tables and buttons can set it too.
"""

import os
from collections import Counter
from pathlib import Path

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.core.folders import data_folder
from seaice.dashboard import permalink
from seaice.dashboard.sidebar.labels import channel_set_label, scene_label
from seaice.dashboard.text import plain
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import CONTROLS, RATE_PRESETS, parse_rates, rates_name
from seaice.scenes.catalogue import Catalogue
from seaice.scenes.scene import Scene

# What a first visit shows.
_DEFAULTS = {"channel_set": "sar+amsr2-18-36", "rates": ["1-2-3", "6-12-18"]}
_FOLDER = "scene_folder"


def set_defaults() -> None:
    """Give the pickers the values of a first visit, unless they have values already."""
    for name, value in _DEFAULTS.items():
        st.session_state.setdefault(name, value)


def pick_folder() -> Path:
    """Draw the field of the data folder."""
    typed = st.text_input(
        "Data folder",
        value=str(data_folder()),
        key="data_folder",
        persist_state="session",
        help="A folder on the server with AI4Arctic scenes in the ready-to-train layout.",
    )
    return Path(os.path.expanduser(typed.strip() or "."))


def pick_scene(catalogue: Catalogue) -> Scene:
    """Draw the picker of a scene; the first one is selected if the wanted one is missing."""
    labels = _distinct_labels(catalogue)
    wanted = st.session_state.get("scene")
    if wanted not in labels:
        # Set, not dropped: the browser would go on showing the scene of the folder before.
        st.session_state["scene"] = next(iter(labels))
        if st.session_state.get(_FOLDER) == catalogue.folder:
            missing = plain(str(wanted))
            st.warning(f"Scene {missing} is no longer in the folder. Showing the first scene.")
    st.session_state[_FOLDER] = catalogue.folder
    scene_id = st.selectbox(
        "Scene",
        list(labels),
        key="scene",
        persist_state="session",
        format_func=lambda scene_id: labels[scene_id],
        help="Start of the Sentinel-1 acquisition (UTC), region and ice service.",
    )
    return catalogue[scene_id]


def select_scene(scene_id: str) -> None:
    """Select a scene on every page. Call it in callbacks only: a picker shows it."""
    st.session_state["scene"] = scene_id


def _distinct_labels(catalogue: Catalogue) -> dict[str, str]:
    """Labels by scene id. Scenes with the same label get their id added."""
    labels = {scene.id: scene_label(scene) for scene in catalogue.scenes}
    count = Counter(labels.values())
    # The browser tells options apart by their labels alone.
    return {
        name: label if count[label] == 1 else f"{label} · {name}" for name, label in labels.items()
    }


def pick_channel_set(files: list[CheckpointFile]) -> str:
    """Draw the picker of a channel set."""
    return st.selectbox(
        "Channel set",
        channel_set_options(files),
        key="channel_set",
        persist_state="session",
        format_func=channel_set_label,
        help="The network's input: radar, radiometer, or both.",
    )


def channel_set_options(files: list[CheckpointFile]) -> tuple[str, ...]:
    """Channel sets by name, and lists of channels for which there are checkpoints."""
    infos = (file.info for file in files)
    lists = [info.channel_set for info in infos if info.channel_set == ",".join(info.channels)]
    names = dict.fromkeys([*CHANNEL_SETS, *lists])
    # A link may name channels for which nothing is trained yet.
    names[st.session_state["channel_set"]] = None
    return tuple(names)


def pick_rates(files: list[CheckpointFile]) -> list[str]:
    """Draw the picker of rates; their written names in the order of selection."""
    names = dict.fromkeys(rates_name(rates) for rates in (*CONTROLS, *RATE_PRESETS))
    names.update(dict.fromkeys(rates_name(file.info.rates) for file in files))
    # A link may name rates that are not trained yet.
    names.update(dict.fromkeys(st.session_state["rates"]))
    return st.multiselect(
        "Atrous rates",
        list(names),
        max_selections=permalink.MAX_COMPARED,
        key="rates",
        persist_state="session",
        help="How far the network looks. Each rate is one 3 x 3 branch of the ASPP, in feature "
        "cells. Two controls have no context of their own: 'none' has no atrous branch, 'centre' "
        "three branches of only their centre tap.",
    )


def pick_checkpoint(
    files: list[CheckpointFile], channel_set: str, rates: str
) -> CheckpointFile | None:
    """The checkpoint of a channel set and rates; a picker is drawn if there are several."""
    wanted = parse_rates(rates)
    fitting = [
        file for file in files if file.info.channel_set == channel_set and file.info.rates == wanted
    ]
    if len(fitting) < 2:
        return next(iter(fitting), None)
    # The newest first; of several with the same time, the first by name.
    fitting.sort(key=lambda file: (-file.path.stat().st_mtime, file.name))
    by_name = {file.name: file for file in fitting}
    key = checkpoint_key(channel_set, rates)
    if st.session_state.get(key) not in by_name:
        st.session_state[key] = fitting[0].name
    name = st.selectbox(
        f"Checkpoint of rates {rates}",
        list(by_name),
        key=key,
        persist_state="session",
        help="Several checkpoints have this channel set and these rates. The newest comes first.",
    )
    return by_name[name]


def checkpoint_key(channel_set: str, rates: str) -> str:
    """Key of the picker among the checkpoints of a channel set and rates."""
    return f"checkpoint_{channel_set}_{rates}"
