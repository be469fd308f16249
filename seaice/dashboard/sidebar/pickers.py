"""The sidebar's pickers: data folder, scene, channel set and rates.

What they hold lives in the session's state, so that links, tables and buttons can set it too.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.core.folders import data_folder
from seaice.dashboard import permalink
from seaice.dashboard.link import MAX_COMPARED
from seaice.dashboard.sidebar.checkpoint_picker import chosen_checkpoint
from seaice.dashboard.sidebar.labels import channel_set_label, scene_label
from seaice.dashboard.sidebar.train_fields import DEFAULT_CELL_M
from seaice.dashboard.text import plain, typed_path
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import CONTROLS, RATE_PRESETS, parse_rates, rates_name
from seaice.network.reach import rates_label, reach_km
from seaice.scenes.catalogue import Catalogue
from seaice.scenes.scene import Scene

# What a first visit shows, if it is trained.
_CHANNEL_SET, _RATES = "sar+amsr2-18-36", ("1-2-3", "6-12-18")
_FOLDER, _RATES_LABELS, _SETS_LABELS = "scene_folder", "_rates_labels", "_channel_sets_labels"


def set_defaults(files: Sequence[CheckpointFile]) -> None:
    """Give the pickers the values of a first visit, unless they have values already.

    Args:
        files: The checkpoints. Where all are of other channel sets, the first visit shows one of
            these.
    """
    sets = list(dict.fromkeys(file.info.channel_set for file in files))
    channel_set, rates = _CHANNEL_SET, list(_RATES)
    if sets and channel_set not in sets:
        channel_set = sets[0]
        own = (rates_name(file.info.rates) for file in files if file.info.channel_set == sets[0])
        trained = list(dict.fromkeys(own))
        rates = [name for name in _RATES if name in trained] or trained[: len(_RATES)]
    st.session_state.setdefault("channel_set", channel_set)
    st.session_state.setdefault("rates", rates)


def pick_folder() -> Path:
    """Draw the field of the data folder."""
    st.session_state.setdefault("data_folder", str(data_folder()))
    permalink.follow_folder()
    typed = st.text_input(
        "Data folder",
        key="data_folder",
        persist_state="session",
        help="A folder on the server with AI4Arctic scenes in the ready-to-train layout.",
    )
    return Path(typed_path(typed) or ".")


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
    """Draw the picker of a channel set; those without a checkpoint come last and say so."""
    trained = {file.info.channel_set for file in files}
    names = sorted(channel_set_options(files), key=lambda name: name not in trained)
    labels = {
        name: f"{channel_set_label(name)}{'' if name in trained else ' · not trained'}"
        for name in names
    }
    if st.session_state.get(_SETS_LABELS) != labels:
        # The browser holds the former labels: give it the new ones.
        st.session_state["channel_set"] = st.session_state["channel_set"]
        st.session_state[_SETS_LABELS] = labels
    return st.selectbox(
        "Channel set",
        names,
        key="channel_set",
        persist_state="session",
        format_func=lambda name: labels.get(name, name),
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


def pick_rates(files: list[CheckpointFile], channel_set: str) -> list[str]:
    """Draw the picker of rates; their written names, those that look farthest last.

    Args:
        files: The checkpoints.
        channel_set: The selected channel set, whose checkpoints say how far rates reach.
    """
    names = dict.fromkeys(rates_name(rates) for rates in (*CONTROLS, *RATE_PRESETS))
    names.update(dict.fromkeys(rates_name(file.info.rates) for file in files))
    # A link may name rates that are not trained yet.
    names.update(dict.fromkeys(st.session_state["rates"]))
    labels = {name: _rates_label(files, channel_set, name) for name in names}
    if st.session_state.get(_RATES_LABELS) != labels:
        # The browser holds the former labels: give it the new ones.
        st.session_state["rates"] = list(st.session_state["rates"])
        st.session_state[_RATES_LABELS] = labels
    chosen = st.multiselect(
        "Atrous rates",
        list(names),
        max_selections=MAX_COMPARED,
        key="rates",
        persist_state="session",
        format_func=lambda name: labels.get(name, name),
        help="How far the network looks. Each rate is one 3 x 3 branch of the ASPP. It counts "
        "feature cells, and the kilometres say how far the smallest and the largest rate reach to "
        "each side, beyond what the encoder sees. Two controls have no context of their own: "
        "'none' has no atrous branch, 'centre' three branches of only their centre tap.",
    )
    return sorted(chosen, key=lambda name: _field(files, channel_set, name))


def _field(files: list[CheckpointFile], channel_set: str, rates: str) -> tuple[float, ...]:
    """How far rates look, for sorting: the farthest tap counts first."""
    parsed = parse_rates(rates)
    nearest, farthest = reach_km(parsed, _cell_m(files, channel_set, rates))
    return farthest, nearest, len(parsed)


def _rates_label(files: list[CheckpointFile], channel_set: str, rates: str) -> str:
    """Rates with the reach of their checkpoint, or of one that would be trained by default."""
    return rates_label(parse_rates(rates), _cell_m(files, channel_set, rates))


def _cell_m(files: list[CheckpointFile], channel_set: str, rates: str) -> float:
    file = chosen_checkpoint(files, channel_set, rates)
    return DEFAULT_CELL_M if file is None else file.info.cell_m
