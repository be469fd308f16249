"""What may predict a column of Compare besides networks: baselines, and maps from files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from seaice.baselines.beside import TRUTH, WATER
from seaice.baselines.files import baseline_label, list_baselines
from seaice.core.errors import MissingChannelsError, SceneError
from seaice.core.folders import models_folder
from seaice.dashboard import cached
from seaice.dashboard.compare.results import ColumnResult
from seaice.dashboard.compare.score_tables import capitalised
from seaice.dashboard.explain.seeds import Seeds, maps_of, seeds_of
from seaice.dashboard.link import HASH_DIGITS
from seaice.dashboard.sidebar.checkpoint_picker import link_hash
from seaice.dashboard.text import plain
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.autoice.column import MapsFile, open_maps
from seaice.scenes.scene import Scene

BASELINE, MAPS, SEEDS = "baseline-", "maps-", "seeds-"
"""How the words begin that stand for baselines, files of maps and means of seeds, in links."""


@dataclass(frozen=True)
class Sources:
    """What predicts the columns.

    Attributes:
        files: Checkpoints, those of the sidebar first.
        seeds: Checkpoints that differ in the seed alone, whose mean is shown, by their words.
        baselines: Labels of baselines.
        maps: Files of maps.
    """

    files: tuple[CheckpointFile, ...]
    seeds: tuple[tuple[str, Seeds], ...] = ()
    baselines: tuple[str, ...] = ()
    maps: tuple[MapsFile, ...] = ()


def baseline_word(label: str) -> str:
    """The word that stands for a baseline.

    >>> baseline_word("per-pixel linear model"), baseline_word("truth, smoothed with 7.5 km")
    ('baseline-per-pixel-linear-model', 'baseline-truth-smoothed-with-7.5-km')
    """
    return BASELINE + re.sub(r"[^a-z0-9.]+", "-", label.lower()).strip("-")


def maps_word(file: MapsFile) -> str:
    """The word that stands for a file of maps: a link holds no path."""
    return f"{MAPS}{file.sha256[:HASH_DIGITS]}"


def offered_baselines(scene: Scene, channel_set: str) -> dict[str, str]:
    """Labels of the baselines that can predict a scene, by their words."""
    files, _ = list_baselines(models_folder())
    fitting = [baseline_label(file.info) for file in files if file.info.channel_set == channel_set]
    ceilings = [baseline_label(file.info) for file in files if file.info.kind == "ceiling"]
    # Only simulated scenes hold the truth.
    known = [WATER, *fitting, *([TRUTH, *ceilings] if scene.simulated else [])]
    return {baseline_word(label): label for label in known}


def offered_seeds(files: Sequence[CheckpointFile]) -> dict[str, Seeds]:
    """Checkpoints of which there are several seeds, with these, by their words."""
    groups = [(file, seeds_of(file)) for file in files]
    return {f"{SEEDS}{link_hash(file)}": seeds for file, seeds in groups if len(seeds) > 1}


def seeds_heading(seeds: Seeds) -> tuple[str, str]:
    """What the page calls the mean of seeds."""
    return f"Mean of {len(seeds)} seeds", seeds[0].info.rates_label


def opened_maps() -> dict[str, MapsFile]:
    """Files of maps that somebody has opened on this server, by their words."""
    return _opened()


def open_for_all(path: Path) -> str:
    """Open a file of maps, which links may then name; its word.

    Raises:
        SceneError: It is neither an AutoICE package nor a prediction.
    """
    file = open_maps(path)
    _opened()[maps_word(file)] = file
    return maps_word(file)


@st.cache_resource(show_spinner=False)
def _opened() -> dict[str, MapsFile]:
    """Shared by all sessions, as long as the server runs."""
    return {}


def other_columns(scene: Scene, channel_set: str, sources: Sources) -> list[ColumnResult]:
    """What baselines and files of maps make of a scene; a message on the page for what fails.

    Args:
        scene: The scene.
        channel_set: The channel set whose baselines are meant.
        sources: What to show.
    """
    columns = _means(scene, sources.seeds)
    known = cached.baselines(models_folder(), channel_set)[0] if sources.baselines else []
    by_label = {each.label: each for each in known}
    for label in sources.baselines:
        with st.spinner(f"Predicting: {label} ..."):
            maps = cached.baseline_maps(scene, by_label[label]) if label in by_label else None
        if maps is None:
            st.warning(f"{capitalised(label)} cannot predict this scene.")
        else:
            columns.append(ColumnResult((capitalised(label),), maps))
    for file in sources.maps:
        try:
            columns.append(ColumnResult((file.path.stem,), cached.maps_of_file(file, scene)))
        except SceneError as error:
            st.warning(plain(str(error)))
    return columns


def _means(scene: Scene, groups: Sequence[tuple[str, Seeds]]) -> list[ColumnResult]:
    """The means of seeds; nothing of what the scene cannot feed, which its networks say."""
    columns = []
    for word, seeds in groups:
        heading = seeds_heading(seeds)
        with st.spinner(f"Predicting: {' · '.join(heading)} ..."):
            try:
                maps = maps_of(scene, seeds)
            except MissingChannelsError:
                continue
        columns.append(ColumnResult(heading, replace(maps, source=word)))
    return columns
