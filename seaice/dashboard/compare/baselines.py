"""Baselines beside the scores of Compare."""

import streamlit as st

from seaice.core.folders import models_folder
from seaice.dashboard import cached
from seaice.dashboard.text import plain
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_HELP = (
    "The per-pixel linear model sees the same channels as the networks, but no surroundings. "
    "Boosted trees and, on simulated scenes, the truth take some seconds. The smoothed truth is "
    "about the most that can be reached."
)


def all_baselines_wanted() -> bool:
    """Draw the switch for the baselines that take seconds."""
    return st.toggle("Trees and the truth too", key="all_baselines", help=_HELP)


def baseline_sums(
    scene: Scene, channel_set: str, region: Region | None, *, everything: bool = False
) -> dict[str, ScoreSums]:
    """Score the baselines.

    Args:
        scene: The scene.
        channel_set: The networks' channel set.
        region: What to score over; the whole scene if None.
        everything: Whether to score those that take seconds too.

    Returns:
        Sums by label, of those that can be read and can predict the scene.
    """
    known, _ = cached.baselines(models_folder(), channel_set)
    sums = {
        each.label: cached.baseline_scores(scene, each, region)
        for each in known
        if everything or each.quick
    }
    return {label: each for label, each in sums.items() if each is not None}


def baselines_shown(
    scene: Scene, channel_set: str, region: Region | None, *, everything: bool
) -> dict[str, ScoreSums]:
    """As `baseline_sums`, with a spinner, and a warning for each baseline that cannot be read."""
    _, problems = cached.baselines(models_folder(), channel_set)
    for problem in problems:
        st.warning(plain(problem), icon=":material/warning:")
    with st.spinner("Scoring the baselines ..."):
        return baseline_sums(scene, channel_set, region, everything=everything)
