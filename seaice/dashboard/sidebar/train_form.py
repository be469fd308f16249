"""The form that starts a run from the sidebar, with what the choice costs."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import streamlit as st
import torch

from seaice.core.errors import ConfigError, NoScenesError, RunError, SeaIceError
from seaice.core.folders import models_folder, runs_folder
from seaice.dashboard.sidebar.train_fields import (
    FIELDS,
    draw_channel_set,
    draw_field,
    field_value,
    key_of,
)
from seaice.dashboard.text import plain
from seaice.dashboard.words import duration_text
from seaice.network.rates import RATE_PRESETS, rates_name
from seaice.scenes.catalogue import scene_files
from seaice.training.config import TrainingConfig
from seaice.training.cost import Cost, cost_of, free_gib
from seaice.training.runs.listing import inspect_runs
from seaice.training.settings import Group
from seaice.training.start import start

# At the top of the form, in their order; all others are folded.
_FIRST = ("rates", "channel_set", "data", "validation", "steps", "seed")
# What the time of a step depends on.
_PACE = (
    "rates",
    "channel_set",
    "encoder",
    "output_stride",
    "patch",
    "batch",
    "accumulate",
    "precision",
    "devices",
)
_SIDEBAR, _TIMED, _STARTED = "_train_sidebar", "_train_timed", "_train_started"


@dataclass(frozen=True)
class Choice:
    """What the sidebar's pickers say to the form.

    Attributes:
        data: The data folder.
        channel_set: The chosen channel set.
        rates: The chosen rates, by their written names.
        missing: Those of them without a checkpoint.
        channel_sets: All channel sets that can be chosen.
    """

    data: str
    channel_set: str
    rates: tuple[str, ...]
    missing: tuple[str, ...]
    channel_sets: tuple[str, ...]

    @property
    def next_rates(self) -> str:
        """The rates that are most likely to be trained next."""
        return next(iter((*self.missing, *self.rates)), rates_name(RATE_PRESETS[0]))


@st.fragment
def train_form(choice: Choice) -> None:
    """Draw the form, folded at first; what is typed reruns it alone."""
    _follow(choice)
    if st.session_state.pop(_STARTED, False):
        # The progress below would lie out of sight.
        st.session_state["train_form"] = False
    box = st.expander(
        "Train", key="train_form", icon=":material/model_training:", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        config = _fields(choice)
        if config is not None:
            _costs(config)
        # Beside a mistake too: it would vanish under the pointer.
        if st.button("Train", key="train_start", type="primary", width="stretch") and config:
            _start(config)
        st.caption("A run goes on when this page is closed, and when the server is restarted.")


def _follow(choice: Choice) -> None:
    """Take over what the pickers say where that changes, or nothing else has been typed since."""
    now = {
        key_of("data"): choice.data,
        key_of("channel_set"): choice.channel_set,
        key_of("rates"): choice.next_rates,
    }
    picked = {
        key_of("data"): (choice.data,),
        key_of("channel_set"): (choice.channel_set,),
        key_of("rates"): (choice.rates, choice.channel_set),
    }
    before, picked_before = st.session_state.get(_SIDEBAR, ({}, {}))
    for key, value in now.items():
        # What is missing changes by itself when a run ends: no reason to lose what is typed.
        untouched = st.session_state.get(key) == before.get(key)
        if untouched or picked[key] != picked_before.get(key):
            st.session_state[key] = value
    st.session_state[_SIDEBAR] = now, picked


def _fields(choice: Choice) -> TrainingConfig | None:
    """All fields; None, and a sentence why, where they make no configuration."""
    values: dict[str, Any] = {}
    try:
        values["rates"] = draw_field("rates")
    except ConfigError as error:
        problem = error
    else:
        problem = None
    values["channel_set"] = draw_channel_set(choice.channel_sets)
    values["data"] = draw_field("data", "Train on")
    values["validation"] = draw_field("validation")
    left, right = st.columns(2)
    with left:
        values["steps"] = draw_field("steps")
    with right:
        values["seed"] = draw_field("seed")
    values |= _more()
    try:
        if problem:
            raise problem
        if not values["channel_set"]:
            raise ConfigError("No channel is chosen. Choose one or more.")
        return TrainingConfig(**values)
    except ConfigError as error:
        st.error(plain(str(error)))
        return None


def _more() -> dict[str, Any]:
    """The folded fields by group; their defaults, or what was typed, while folded."""
    rest = [name for name in FIELDS if name not in _FIRST]
    box = st.expander("More settings", key="train_more", type="compact", on_change="rerun")
    if not box.open:
        return {name: field_value(name) for name in rest}
    values = {}
    with box:
        for group in get_args(Group):
            names = [name for name in rest if FIELDS[name].words.group == group]
            if names:
                st.caption(f"**{group}**")
            values |= {name: draw_field(name) for name in names}
    return values


def _costs(config: TrainingConfig) -> None:
    """What the configuration costs, before anything is started."""
    cost = _cost(config)
    pace = _pace(config)
    timed = st.session_state.get(_TIMED, {})
    enough = cost.memory_gib < free_gib()
    table = st.empty()
    if not enough:
        st.warning(
            f"That is more memory than this machine has free now ({free_gib():.1f} GiB). A "
            "smaller batch, or one in more parts, takes less.",
            icon=":material/memory:",
        )
    if st.button(
        "Time a few steps",
        key="train_time",
        icon=":material/timer:",
        width="stretch",
        disabled=not enough,
        help="Computes four steps on noise, on this machine as busy as it is now. Validation comes "
        "on top.",
    ):
        try:
            with st.spinner("Computing a few steps ..."):
                timed = {**timed, pace: _step_seconds(pace)}
            st.session_state[_TIMED] = timed
        except torch.OutOfMemoryError:
            st.error("The device has too little memory for that. Take a smaller batch.")
    with table.container(key="train_cost"):
        st.table(
            _cost_table(config, cost, timed.get(pace)),
            border="horizontal",
            hide_header=True,
            alt="What these settings cost",
        )


def _cost_table(config: TrainingConfig, cost: Cost, step_seconds: float | None) -> pd.DataFrame:
    """What a configuration costs, a row each."""
    padding = f"{cost.padding * 100:.0f} % of rate {max(config.rates)}" if config.rates else "none"
    rows = {
        "Parameters": f"{cost.parameters / 1e6:.2f} million",
        "Receptive field": f"{cost.receptive_field_km:.0f} km",
        "Taps on padding": padding,
        "Memory": f"{max(cost.memory_gib, 0.1):.1f} GiB",
    }
    if step_seconds is not None:
        rows["A step"] = f"{step_seconds:.2g} s"
        rows["All steps"] = duration_text(step_seconds * config.steps)
    return pd.DataFrame({"": rows})


@st.cache_data(max_entries=200, show_spinner=False)
def _cost(config: TrainingConfig) -> Cost:
    return cost_of(config)


@st.cache_data(max_entries=200, show_spinner=False)
def _step_seconds(pace: TrainingConfig) -> float:
    """Seconds of a step, on this machine as busy as it is."""
    return cost_of(pace, timed=True).step_seconds or 0.0


def _pace(config: TrainingConfig) -> TrainingConfig:
    """A configuration without what the time of a step does not depend on."""
    rest = {name: FIELDS[name].default for name in FIELDS if name not in (*_PACE, "data")}
    return replace(config, **rest, data=".")


def _start(config: TrainingConfig) -> None:
    """Start the run; a sentence where it cannot be."""
    try:
        _require_scenes(config.data)
        if config.validation:
            _require_scenes(config.validation)
        _require_new(config)
        folder = start(config, runs_folder(), models_folder())
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    st.toast(f"Started {plain(folder.name)}", icon=":material/model_training:")
    st.session_state[_STARTED] = True
    # The progress below is another fragment.
    st.rerun()


def _require_scenes(folder: str) -> None:
    """Check at once what the run would find out after half a minute."""
    if not scene_files(Path(folder)):
        raise NoScenesError(f"{folder} holds no scene. Name another folder.")


def _require_new(config: TrainingConfig) -> None:
    """Check that no such run is on its way: a double click starts one run, not two."""
    for run in inspect_runs(runs_folder()):
        if run.status.live and run.config == config:
            raise RunError(f"Run {run.name} is on its way with these very settings.")
