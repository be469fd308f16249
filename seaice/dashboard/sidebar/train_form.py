"""The short form in the sidebar of every page that starts a run."""

from dataclasses import dataclass

import streamlit as st

from seaice.core.errors import ConfigError
from seaice.dashboard.navigation import link_to
from seaice.dashboard.sidebar.train_cost import draw_cost
from seaice.dashboard.sidebar.train_fields import draw_channel_set, draw_field, widget_key
from seaice.dashboard.sidebar.train_values import (
    COSTED,
    STARTED,
    changed_text,
    keep_typed,
    start_run,
    typed_config,
)
from seaice.dashboard.text import plain
from seaice.network.rates import RATE_PRESETS, rates_name
from seaice.training.config import TrainingConfig

_FILLED = "_train_filled"


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
    keep_typed(_fill(prefill))
    if st.session_state.pop(STARTED, False):
        # Folded, so that the progress below comes into view.
        st.session_state["train_form"] = False
    box = st.expander(
        "Train", key="train_form", icon=":material/model_training:", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        config = _draw_fields(prefill)
        if st.session_state.get(COSTED, config) != config:
            # The page shows the cost of what was typed here before.
            st.rerun()
        if changed := changed_text():
            st.caption(f"With {plain(changed)}.")
        link_to("training", "All settings", ":material/tune:")
        if config is not None:
            draw_cost(config)
        # Shown beside an error too, or it would vanish under the pointer.
        if st.button("Train", key="train_start", type="primary", width="stretch") and config:
            start_run(config)
        st.caption("The run continues if you close this page or restart the server.")


def _fill(prefill: Prefill) -> dict[str, object]:
    """Take over a picker's value when you change it, or if you have not typed another one.

    Returns:
        The pickers' values by the widgets' keys.
    """
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
    return dict(values)


def _draw_fields(prefill: Prefill) -> TrainingConfig | None:
    """Draw the fields; None and an error message if all settings make no valid configuration."""
    problem = None
    try:
        draw_field("rates")
    except ConfigError as error:
        problem = str(error)
    draw_channel_set(prefill.channel_sets)
    draw_field("data", "Training folder")
    left, right = st.columns(2)
    with left:
        draw_field("steps")
    with right:
        draw_field("seed")
    if problem is None:
        try:
            return typed_config()
        except ConfigError as error:
            problem = str(error)
    st.error(plain(problem))
    return None
