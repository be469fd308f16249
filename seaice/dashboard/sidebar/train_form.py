"""The form in the sidebar that starts a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import streamlit as st

from seaice.core.errors import ConfigError, RunError, SeaIceError
from seaice.core.folders import models_folder, runs_folder
from seaice.dashboard.sidebar.train_cost import draw_cost
from seaice.dashboard.sidebar.train_fields import (
    FIELDS,
    draw_channel_set,
    draw_field,
    field_value,
    widget_key,
)
from seaice.dashboard.text import plain
from seaice.network.rates import RATE_PRESETS, rates_name
from seaice.scenes.catalogue import require_scene_files
from seaice.training.config import TrainingConfig
from seaice.training.runs.listing import inspect_runs
from seaice.training.settings import Group
from seaice.training.start import start

# At the top of the form, in this order; the others are folded.
_FIRST = ("rates", "channel_set", "data", "validation", "steps", "seed")
_FILLED, _STARTED = "_train_filled", "_train_started"


@dataclass(frozen=True)
class Prefill:
    """What the sidebar's pickers fill into the form.

    Attributes:
        data: The data folder.
        channel_set: The selected channel set.
        rates: The selected rates, by their written names.
        missing: Those of them without a checkpoint.
        channel_sets: Channel sets on offer.
    """

    data: str
    channel_set: str
    rates: tuple[str, ...]
    missing: tuple[str, ...]
    channel_sets: tuple[str, ...]

    @property
    def next_rates(self) -> str:
        """The rates that you are most likely to train next."""
        return next(iter((*self.missing, *self.rates)), rates_name(RATE_PRESETS[0]))


@st.fragment
def train_form(prefill: Prefill) -> None:
    """Draw the form, folded at first. Typing into it reruns the form alone."""
    _fill(prefill)
    if st.session_state.pop(_STARTED, False):
        # Folded, so that the progress below comes into view.
        st.session_state["train_form"] = False
    box = st.expander(
        "Train", key="train_form", icon=":material/model_training:", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        config = _draw_fields(prefill)
        if config is not None:
            draw_cost(config)
        # Shown beside an error too, or it would vanish under the pointer.
        if st.button("Train", key="train_start", type="primary", width="stretch") and config:
            _start(config)
        st.caption("The run continues if you close this page or restart the server.")


def _fill(prefill: Prefill) -> None:
    """Take over a picker's value when you change it, or if you have not typed another one."""
    values = {
        widget_key("data"): prefill.data,
        widget_key("channel_set"): prefill.channel_set,
        widget_key("rates"): prefill.next_rates,
    }
    picked = {
        widget_key("data"): (prefill.data,),
        widget_key("channel_set"): (prefill.channel_set,),
        widget_key("rates"): (prefill.rates, prefill.channel_set),
    }
    filled, picked_before = st.session_state.get(_FILLED, ({}, {}))
    for key, value in values.items():
        # The missing rates change by themselves when a run ends. That must not undo your typing.
        untouched = st.session_state.get(key) == filled.get(key)
        if untouched or picked[key] != picked_before.get(key):
            st.session_state[key] = value
    st.session_state[_FILLED] = values, picked


def _draw_fields(prefill: Prefill) -> TrainingConfig | None:
    """Draw all fields; None and an error message if they make no valid configuration."""
    values: dict[str, Any] = {}
    problem = None
    try:
        values["rates"] = draw_field("rates")
    except ConfigError as error:
        problem = str(error)
    values["channel_set"] = draw_channel_set(prefill.channel_sets)
    values["data"] = draw_field("data", "Training folder")
    values["validation"] = draw_field("validation")
    left, right = st.columns(2)
    with left:
        values["steps"] = draw_field("steps")
    with right:
        values["seed"] = draw_field("seed")
    values |= _draw_more_fields()
    if not values["channel_set"]:
        problem = problem or "No channel is selected. Select at least one."
    if problem is None:
        try:
            return TrainingConfig(**values)
        except ConfigError as error:
            problem = str(error)
    st.error(plain(problem))
    return None


def _draw_more_fields() -> dict[str, Any]:
    """The folded fields by group; while folded, their defaults or what was typed."""
    rest = [name for name in FIELDS if name not in _FIRST]
    box = st.expander("More settings", key="train_more", type="compact", on_change="rerun")
    if not box.open:
        return {name: field_value(name) for name in rest}
    values: dict[str, Any] = {}
    with box:
        for group in get_args(Group):
            names = [name for name in rest if FIELDS[name].words.group == group]
            if names:
                st.caption(f"**{group}**")
            values |= {name: draw_field(name) for name in names}
    return values


def _start(config: TrainingConfig) -> None:
    """Start the run, or draw an error message."""
    try:
        require_scene_files(Path(config.data))
        if config.validation:
            require_scene_files(Path(config.validation))
        _require_new(config)
        folder = start(config, runs_folder(), models_folder())
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    st.toast(f"Started {plain(folder.name)}", icon=":material/model_training:")
    st.session_state[_STARTED] = True
    # The progress below is another fragment.
    st.rerun()


def _require_new(config: TrainingConfig) -> None:
    """Check that no such run is live: a double click starts one run, not two."""
    for run in inspect_runs(runs_folder()):
        if run.status.live and run.config == config:
            raise RunError(f"Run {run.name} is already {run.status.state} with these settings.")
