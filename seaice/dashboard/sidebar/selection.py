"""The sidebar of every page, and what is selected in it."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seaice.core.errors import CheckpointError, SeaIceError
from seaice.core.folders import models_folder
from seaice.dashboard import cached, permalink
from seaice.dashboard.link import NO_CHECKPOINT, Link
from seaice.dashboard.link_folders import remember_opened
from seaice.dashboard.sidebar import pickers
from seaice.dashboard.sidebar.checkpoint_picker import (
    follow_checkpoints,
    follow_columns,
    link_hash,
    pick_checkpoint,
)
from seaice.dashboard.sidebar.run_progress import run_progress
from seaice.dashboard.sidebar.train_form import Prefill, train_form
from seaice.dashboard.sidebar.train_values import COSTED
from seaice.dashboard.text import plain
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import rates_name
from seaice.scenes.catalogue import Catalogue
from seaice.scenes.scene import Scene

_MAX_UNFOLDED = 3


@dataclass(frozen=True)
class Selection:
    """What is selected in the sidebar.

    Attributes:
        catalogue: Scenes of the folder.
        scene: The selected scene.
        channel_set: The selected channel set.
        rates: The selected rates, by their written names.
        checkpoints: The checkpoints of the selected rates, in their order, as far as they exist.
        commands: For each selected rates without a checkpoint, the command that trains one.
        notice: Where the page says what a followed link names and is not there.
    """

    catalogue: Catalogue
    scene: Scene
    channel_set: str
    rates: tuple[str, ...]
    checkpoints: tuple[CheckpointFile, ...]
    commands: dict[str, str]
    notice: DeltaGenerator

    def link(self) -> Link:
        """What a link to any page says of it."""
        by_rates = {rates_name(file.info.rates): file for file in self.checkpoints}
        return Link(
            scene=self.scene.id,
            rates=self.rates,
            channels=self.channel_set,
            checkpoints=tuple(
                link_hash(by_rates[name]) if name in by_rates else NO_CHECKPOINT
                for name in self.rates
            ),
        )


def sidebar() -> Selection:
    """Draw the pickers, the training form and the live runs; return what is selected.

    What a followed link names and is not there is told on the page: a phone hides the sidebar.

    Raises:
        NoScenesError: The folder has no usable scene.
        SceneError: The selected scene is raw and cannot be prepared.
    """
    notice = st.container()
    with st.sidebar:
        files, problems = cached.checkpoints(models_folder())
        pickers.set_defaults(files)
        folder = pickers.pick_folder()
        try:
            selection = _select(folder, files, problems, notice)
        except SeaIceError:
            # You may want to train on another folder.
            _training(folder, files, ())
            raise
        _training(folder, files, tuple(selection.commands))
    return selection


def _select(
    folder: Path, files: list[CheckpointFile], problems: list[str], notice: DeltaGenerator
) -> Selection:
    catalogue = cached.catalogue(folder)
    remember_opened(folder)
    permalink.follow([scene.id for scene in catalogue.scenes])
    follow_checkpoints(files)
    follow_columns(files)
    scene = pickers.pick_scene(catalogue)
    channel_set = pickers.pick_channel_set(files)
    rates = pickers.pick_rates(files, channel_set)
    with notice:
        permalink.tell(permalink.problems())
    _list_problems(
        [
            *(_without(folder, each) for each in catalogue.left_out),
            *(_without(models_folder(), each) for each in problems),
        ]
    )
    checkpoints = {name: _loadable(pick_checkpoint(files, channel_set, name)) for name in rates}
    cached.ready(scene)
    scene = cached.checked_scene(scene)
    folders = shlex.join(["--data", str(folder), "--models", str(models_folder())])
    return Selection(
        catalogue=catalogue,
        scene=scene,
        channel_set=channel_set,
        rates=tuple(rates),
        checkpoints=tuple(file for file in checkpoints.values() if file),
        commands={
            name: f"seaice train --rates {name} --channels {channel_set} {folders}"
            for name, file in checkpoints.items()
            if file is None
        },
        notice=notice,
    )


def _training(folder: Path, files: list[CheckpointFile], missing: tuple[str, ...]) -> None:
    st.session_state.pop(COSTED, None)
    train_form(
        Prefill(
            data=str(folder),
            channel_set=st.session_state["channel_set"],
            rates=tuple(st.session_state["rates"]),
            missing=missing,
            channel_sets=pickers.channel_set_options(files),
        )
    )
    run_progress()


def _without(folder: Path, problem: str) -> str:
    """A sentence without the folder, which you know and which wraps badly."""
    return problem.replace(f"{folder}{os.sep}", "")


def _list_problems(problems: list[str]) -> None:
    """A few one by one; many folded up."""
    if len(problems) <= _MAX_UNFOLDED:
        for problem in problems:
            st.warning(plain(problem), icon=":material/warning:")
        return
    with st.expander(f"{len(problems)} files cannot be used", icon=":material/warning:"):
        for problem in problems:
            st.text(problem)


def _loadable(file: CheckpointFile | None) -> CheckpointFile | None:
    """The checkpoint if its weights can be loaded; otherwise None and a warning."""
    if file is None:
        return None
    try:
        cached.network(file)
    except CheckpointError as error:
        st.warning(plain(str(error)), icon=":material/warning:")
        return None
    return file
