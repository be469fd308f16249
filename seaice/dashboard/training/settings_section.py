"""All settings of the next run but those of the sidebar's form, with what they cost beside them."""

from typing import get_args

import streamlit as st

from seaice.core.errors import ConfigError
from seaice.dashboard.sidebar.train_cost import draw_cost
from seaice.dashboard.sidebar.train_fields import FIELDS, draw_field
from seaice.dashboard.sidebar.train_values import COSTED, start_run, typed_config
from seaice.dashboard.text import plain
from seaice.network.reach import rates_label
from seaice.training.settings import ESSENTIAL, Group

_KEY = "train_settings"
_BESIDE = 3
"""Fields beside each other."""


def settings_section(*, unfolded: bool) -> None:
    """Draw the section.

    Args:
        unfolded: Whether it is unfolded at first.
    """
    st.session_state.setdefault(_KEY, unfolded)
    box = st.expander(
        "Settings of the next run", key=_KEY, icon=":material/tune:", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        fields, cost = st.columns([3, 1], gap="medium")
        with fields:
            _draw_fields()
        with cost:
            _draw_cost()


def _draw_fields() -> None:
    for group in get_args(Group):
        names = [
            name for name in FIELDS if name not in ESSENTIAL and FIELDS[name].words.group == group
        ]
        st.markdown(f"**{group}**")
        for first in range(0, len(names), _BESIDE):
            columns = st.columns(_BESIDE, vertical_alignment="bottom")
            for column, name in zip(columns, names[first : first + _BESIDE], strict=False):
                with column:
                    draw_field(name)


def _draw_cost() -> None:
    """Draw what the settings cost, and the button that starts a run with them."""
    st.markdown("**Cost**")
    try:
        config = typed_config()
    except ConfigError as error:
        st.session_state[COSTED] = None
        st.error(plain(str(error)))
        return
    st.caption(
        plain(
            f"Rates {rates_label(config.rates, config.cell_m)}, {config.channel_set}, "
            f"folder {config.data}, {config.steps} steps, seed {config.seed}: in the sidebar, "
            "under Train."
        )
    )
    st.session_state[COSTED] = config
    draw_cost(config, "page")
    if st.button("Train", key="train_start_page", type="primary", width="stretch"):
        start_run(config)
