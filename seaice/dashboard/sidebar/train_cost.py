"""What the settings in the training form cost, before anything starts."""

from dataclasses import replace

import pandas as pd
import streamlit as st
import torch

from seaice.core.durations import duration_text
from seaice.dashboard.sidebar.train_fields import FIELDS
from seaice.network.reach import reach_text
from seaice.training.config import TrainingConfig
from seaice.training.cost import Cost, cost_of, free_gib

# The settings on which the time of a step depends.
_TIMED_SETTINGS = (
    "rates",
    "channel_set",
    "encoder",
    "output_stride",
    "width",
    "stem",
    "padding",
    "patch",
    "batch",
    "accumulate",
    "precision",
    "devices",
)
_STEP_SECONDS = "_train_step_seconds"


def draw_cost(config: TrainingConfig, place: str = "") -> None:
    """Draw the table of costs, and a button that times a few steps.

    Args:
        config: The settings.
        place: What tells the widgets from those of another form.
    """
    suffix = f"_{place}" if place else ""
    cost = _cost(config)
    timed = _timed_settings(config)
    fits = cost.memory_gib < free_gib()
    table = st.empty()
    if not fits:
        st.warning(
            f"This needs more memory than the machine has free now ({free_gib():.1f} GiB). Use a "
            "smaller batch, or split it into more gradient accumulation steps.",
            icon=":material/memory:",
        )
    if st.button(
        "Time a few steps",
        key=f"train_time{suffix}",
        icon=":material/timer:",
        width="stretch",
        disabled=not fits,
        help="Runs four steps on random data, with the machine as busy as it is now. Validation "
        "takes extra time.",
    ):
        _time(timed)
    seconds = st.session_state.get(_STEP_SECONDS, {}).get(timed)
    with table.container(key=f"train_cost{suffix}"):
        st.table(
            cost_table(config, cost, seconds),
            border="horizontal",
            hide_header=True,
            alt="Cost of these settings",
        )


def cost_table(config: TrainingConfig, cost: Cost, step_seconds: float | None) -> pd.DataFrame:
    """The cost of a configuration, one row per figure; with times if steps were timed."""
    padding = (
        f"{cost.padding * 100:.0f} % at rate {max(config.rates)}" if any(config.rates) else "none"
    )
    rows = {
        "Parameters": f"{cost.parameters / 1e6:.2f} million",
        "Reach of the rates": reach_text(config.rates, config.cell_m),
        "Receptive field": f"{cost.receptive_field_km:.0f} km",
        "Taps on padding": padding,
        "Memory": cost.memory_text,
    }
    if step_seconds is not None:
        rows["Time per step"] = f"{step_seconds:.2g} s"
        rows["All steps"] = duration_text(step_seconds * config.steps)
    return pd.DataFrame({"": rows})


def _time(timed: TrainingConfig) -> None:
    try:
        with st.spinner("Timing a few steps ..."):
            seconds = _step_seconds(timed)
    except torch.OutOfMemoryError:
        st.error("This does not fit into the device's memory. Use a smaller batch.")
        return
    known = st.session_state.get(_STEP_SECONDS, {})
    st.session_state[_STEP_SECONDS] = {**known, timed: seconds}


@st.cache_data(max_entries=200, show_spinner=False)
def _cost(config: TrainingConfig) -> Cost:
    return cost_of(config)


@st.cache_data(max_entries=200, show_spinner=False)
def _step_seconds(timed: TrainingConfig) -> float:
    """Seconds per step, with the machine as busy as it is."""
    # Here, because it takes most of a second that no page needs to be drawn.
    from seaice.training import run_time

    return run_time.step_seconds(timed)


def _timed_settings(config: TrainingConfig) -> TrainingConfig:
    """A configuration with defaults for everything that does not change the time of a step."""
    rest = {name: FIELDS[name].default for name in FIELDS if name not in (*_TIMED_SETTINGS, "data")}
    return replace(config, **rest, data=".")
