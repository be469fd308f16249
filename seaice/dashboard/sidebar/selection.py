"""The shared sidebar: which folder, scene, channel set and rates every page looks at."""

import os
import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from seaice.ai4arctic.channels import AMSR2, CHANNEL_SETS, channel_set
from seaice.core.device import best_device
from seaice.core.errors import CheckpointError, SeaIceError
from seaice.core.folders import data_folder, models_folder
from seaice.dashboard import cached, permalink
from seaice.dashboard.sidebar.run_progress import run_progress
from seaice.dashboard.sidebar.train_fields import set_label
from seaice.dashboard.sidebar.train_form import Choice, train_form
from seaice.dashboard.text import plain
from seaice.dashboard.words import delays_text
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import RATE_PRESETS, parse_rates, rates_name
from seaice.scenes.catalogue import Catalogue
from seaice.scenes.scene import Scene

# What a first visit shows; the state of the pages holds what is chosen since.
_DEFAULTS = {"channel_set": "sar+amsr2-18-36", "rates": ["1-2-3", "6-12-18"]}


_FOLDER = "scene_folder"
_FEW = 3

_FACTS_HELP = (
    "Pixels: lines x samples of the scene's own grid, and how far apart they are. AMSR2: how long "
    "after (+) or before (-) the radar image the radiometer passed; the ice drifts meanwhile. "
    "Computing: an NVIDIA GPU where there is one, else the CPU, on which all of this works too, "
    "more slowly."
)


@dataclass(frozen=True)
class Selection:
    """What the sidebar says.

    Attributes:
        catalogue: Scenes of the folder.
        scene: The chosen one.
        channel_set: The chosen channel set.
        rates: The chosen rates, by their written names.
        checkpoints: One for each chosen rates, where there is one, in the chosen order.
        commands: For each chosen rates without a checkpoint, the command that trains one.
    """

    catalogue: Catalogue
    scene: Scene
    channel_set: str
    rates: tuple[str, ...]
    checkpoints: tuple[CheckpointFile, ...]
    commands: dict[str, str]


def sidebar() -> Selection:
    """Draw the pickers and resolve them; below them the form that trains, and the runs that live.

    Raises:
        NoScenesError: The folder holds no usable scene.
        SceneError: The chosen one is raw, and cannot be made ready.
    """
    with st.sidebar:
        for name, value in _DEFAULTS.items():
            st.session_state.setdefault(name, value)
        folder = _folder_picker()
        files, problems = cached.checkpoints(models_folder())
        try:
            selection = _pickers(folder, files, problems)
        except SeaIceError:
            # Another folder may hold scenes to train with.
            _training(folder, files, ())
            raise
        _training(folder, files, tuple(selection.commands))
    return selection


def _pickers(folder: Path, files: list[CheckpointFile], problems: list[str]) -> Selection:
    catalogue = cached.catalogue(folder)
    lost = permalink.follow([scene.id for scene in catalogue.scenes])
    scene = _scene_picker(catalogue)
    channels = _channel_set_picker(files)
    rates = _rates_picker(files)
    for problem in lost:
        st.warning(plain(problem), icon=":material/warning:")
    # Without the folders, which the person knows and which wrap badly.
    _say_problems(
        [
            *(each.replace(f"{folder}{os.sep}", "") for each in catalogue.problems),
            *(each.replace(f"{models_folder()}{os.sep}", "") for each in problems),
        ]
    )
    found = {name: _usable(_resolve(files, channels, name)) for name in rates}
    cached.ready(scene)
    folders = shlex.join(["--data", str(folder), "--models", str(models_folder())])
    return Selection(
        catalogue=catalogue,
        scene=scene,
        channel_set=channels,
        rates=tuple(rates),
        checkpoints=tuple(file for file in found.values() if file),
        commands={
            name: f"seaice train --rates {name} --channels {channels} {folders}"
            for name, file in found.items()
            if file is None
        },
    )


def _training(folder: Path, files: list[CheckpointFile], missing: tuple[str, ...]) -> None:
    train_form(
        Choice(
            data=str(folder),
            channel_set=st.session_state["channel_set"],
            rates=tuple(st.session_state["rates"]),
            missing=missing,
            channel_sets=_channel_sets(files),
        )
    )
    run_progress()


def _channel_sets(files: list[CheckpointFile]) -> tuple[str, ...]:
    """Channel sets by name, and lists of channels that there are checkpoints of."""
    found = (file.info for file in files)
    lists = [info.channel_set for info in found if info.channel_set == ",".join(info.channels)]
    names = dict.fromkeys([*CHANNEL_SETS, *lists])
    # A link may name channels that nothing is trained on yet.
    names[st.session_state["channel_set"]] = None
    return tuple(names)


def _channel_set_picker(files: list[CheckpointFile]) -> str:
    return st.selectbox(
        "Channel set",
        _channel_sets(files),
        key="channel_set",
        persist_state="session",
        format_func=set_label,
        help="What the network looks at: radar, radiometer, or both.",
    )


def _folder_picker() -> Path:
    typed = st.text_input(
        "Data folder",
        value=str(data_folder()),
        key="data_folder",
        persist_state="session",
        help="A folder on the server with AI4Arctic scenes in the ready-to-train layout.",
    )
    return Path(os.path.expanduser(typed.strip() or "."))


def _scene_picker(catalogue: Catalogue) -> Scene:
    labels = _labels(catalogue)
    wanted = st.session_state.get("scene")
    if wanted not in labels:
        # Set, not dropped: the browser would go on showing the scene of the folder before.
        st.session_state["scene"] = next(iter(labels))
        if st.session_state.get(_FOLDER) == catalogue.folder:
            st.warning(f"Scene {plain(wanted)} has gone from the folder: the first one is shown.")
    st.session_state[_FOLDER] = catalogue.folder
    chosen = st.selectbox(
        "Scene",
        list(labels),
        key="scene",
        persist_state="session",
        format_func=lambda scene_id: labels[scene_id],
        help="Start of the Sentinel-1 acquisition (UTC), region and ice service.",
    )
    return catalogue[chosen]


def _labels(catalogue: Catalogue) -> dict[str, str]:
    """What the picker calls each scene; with its id where another one is called the same."""
    labels = {scene.id: scene_label(scene) for scene in catalogue.scenes}
    count = Counter(labels.values())
    # The browser knows the options by their labels alone.
    return {
        name: label if count[label] == 1 else f"{label} · {name}" for name, label in labels.items()
    }


def describe(selection: Selection) -> None:
    """Say in two lines what is looked at, and what computes."""
    scene = selection.scene
    # As text: a file's name or attribute may hold markup.
    st.text(f"{scene_label(scene)} · {scene.id}" if scene.time else scene_label(scene))
    facts = [
        f"channel set {set_label(selection.channel_set)}",
        f"{scene.grid.lines} x {scene.grid.samples} pixels of {scene.grid.spacing_m:g} m",
        f"computing on {best_device().label}",
    ]
    if scene.delays and set(channel_set(selection.channel_set)) & set(AMSR2):
        facts.append(f"AMSR2 {plain(delays_text(scene.delays))} from Sentinel-1")
    if scene.raw is not None:
        facts.append("made ready from a raw file")
    if scene.simulated:
        facts.insert(0, "Simulated scene: its charts and scores say nothing about real ice")
    if not scene.charts:
        facts.append("this scene has no reference chart, so there are no scores")
    st.caption(" · ".join(facts), help=_FACTS_HELP)
    if scene.notice:
        st.warning(plain(scene.notice), icon=":material/warning:")


def scene_label(scene: Scene) -> str:
    """A scene in a few words."""
    time = f"{scene.time:%Y-%m-%d %H:%M}" if scene.time else scene.id
    kind = "simulated" if scene.simulated else scene.service.upper()
    return " · ".join(part for part in (time, scene.region, kind) if part)


def _rates_picker(files: list[CheckpointFile]) -> list[str]:
    names = dict.fromkeys(rates_name(rates) for rates in ((), *RATE_PRESETS))
    names.update(dict.fromkeys(rates_name(file.info.rates) for file in files))
    # A link may name rates that are not trained yet.
    names.update(dict.fromkeys(st.session_state["rates"]))
    return st.multiselect(
        "Atrous rates",
        list(names),
        max_selections=permalink.MOST_RATES,
        key="rates",
        persist_state="session",
        help="How far the network looks: one 3 x 3 branch for each rate of its ASPP, in feature "
        "cells. 'none' has no atrous branch and is the control.",
    )


def _say_problems(problems: list[str]) -> None:
    """A few one by one; many folded up."""
    if len(problems) <= _FEW:
        for problem in problems:
            st.warning(plain(problem), icon=":material/warning:")
        return
    with st.expander(f"{len(problems)} files cannot be used", icon=":material/warning:"):
        for problem in problems:
            st.text(problem)


def _usable(file: CheckpointFile | None) -> CheckpointFile | None:
    """The checkpoint, if its weights can be read too; else a word why not."""
    if file is None:
        return None
    try:
        cached.network(file)
    except CheckpointError as error:
        st.warning(plain(str(error)), icon=":material/warning:")
        return None
    return file


def _resolve(files: list[CheckpointFile], channel_set: str, rates: str) -> CheckpointFile | None:
    """The checkpoint of a channel set and rates; where there are several, the person chooses."""
    wanted = parse_rates(rates)
    fitting = [
        file for file in files if file.info.channel_set == channel_set and file.info.rates == wanted
    ]
    if len(fitting) < 2:
        return next(iter(fitting), None)
    # The newest first; of several as new, the first by name.
    fitting.sort(key=lambda file: (-file.path.stat().st_mtime, file.name))
    by_name = {file.name: file for file in fitting}
    key = f"checkpoint_{channel_set}_{rates}"
    if st.session_state.get(key) not in by_name:
        st.session_state[key] = fitting[0].name
    name = st.selectbox(
        f"Checkpoint of rates {rates}",
        list(by_name),
        key=key,
        persist_state="session",
        help="Several were trained with this channel set and these rates; the newest is the first.",
    )
    return by_name[name]
