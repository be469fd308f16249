"""The per-pixel linear model beside the runs."""

from collections.abc import Sequence

import streamlit as st

from seaice.baselines.beside import Yardstick, linear_among
from seaice.core.cache import Store
from seaice.core.folders import models_folder
from seaice.core.text import counted
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import file_key
from seaice.dashboard.text import plain
from seaice.training.beside import (
    LinearScores,
    ValidationScenes,
    linear_scores,
    score_unknown,
    validation_scenes,
)
from seaice.training.runs.listing import Run

_MAX_RUNS = 2000


def linear_beside(runs: Sequence[Run]) -> LinearScores:
    """What is known of the linear model beside runs; opens no scene."""
    return linear_scores(runs, _linear_of, Store(), _validated)


def score_button(runs: Sequence[Run], linear: LinearScores) -> LinearScores:
    """Draw the button that scores the linear model where it is not known yet, if there is any.

    Returns:
        What is known by then.
    """
    count = len(linear.unknown)
    if not count or not st.button(
        f"Score the linear model on {counted(count, 'scene')}",
        key="score_linear",
        icon=":material/linear_scale:",
        help="The per-pixel linear model sees the same channels as a network, but no surroundings. "
        "It is scored on the scenes that the runs were validated on, which takes about a second a "
        "scene, the first time only.",
    ):
        return linear
    bar = st.progress(0.0)
    problems = score_unknown(
        linear.unknown,
        cached.catalogue,
        Store(),
        lambda done, total: bar.progress(done / total, f"Scoring scene {done + 1} of {total}"),
    )
    bar.empty()
    if not problems:
        st.rerun()
    more = f" {len(problems) - 1} more cannot be scored either." if len(problems) > 1 else ""
    st.warning(plain(problems[0] + more), icon=":material/warning:")
    return linear_beside(runs)


def _linear_of(channel_set: str) -> Yardstick | None:
    return linear_among(cached.baselines(models_folder(), channel_set)[0])


@st.cache_resource(
    max_entries=_MAX_RUNS,
    show_spinner=False,
    hash_funcs={Run: lambda run: (file_key(run.folder.best_file), run.status.folder)},
)
def _validated(run: Run) -> ValidationScenes | None:
    return validation_scenes(run)
