"""Widgets of a configuration's fields, each made from the field's own words and bounds."""

import math
import os
from typing import Any

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS, channel_set
from seaice.network.rates import parse_rates
from seaice.training.config import TrainingConfig
from seaice.training.settings import SettingField, settings_of

FIELDS = settings_of(TrainingConfig)
ONE_BY_ONE = "named one by one"


def key_of(name: str) -> str:
    """Key of a field's widget; links leave out what begins so."""
    return f"train_{name}"


def draw_field(name: str, label: str = "") -> Any:  # noqa: ANN401 - of the field's kind
    """Draw the widget of a field.

    Args:
        name: The field.
        label: What it is called where its own label would stand there twice.

    Returns:
        What the widget holds, as the configuration takes it.

    Raises:
        ConfigError: Rates are written that are none.
    """
    field = FIELDS[name]
    label = label or field.words.label
    st.session_state.setdefault(key_of(name), field.default)
    common = {"key": key_of(name), "help": field.words.help, "persist_state": "session"}
    if field.words.choices:
        return st.selectbox(label, field.words.choices, **common)
    if field.kind is bool:
        return st.checkbox(label, **common)
    if field.kind in (int, float):
        return st.number_input(label, **_bounds(field), **common)
    # What has a default may be left empty.
    st.text_input(label, placeholder="optional" if field.default == "" else None, **common)
    return field_value(name)


def field_value(name: str) -> Any:  # noqa: ANN401 - of the field's kind
    """What a field's widget holds, or held when it was last drawn; else the field's default.

    Raises:
        ConfigError: Rates are written that are none.
    """
    field = FIELDS[name]
    value = st.session_state.get(key_of(name), field.default)
    if not isinstance(value, str) or field.words.choices:
        return value
    if field.kind is not str:
        return parse_rates(value.strip())
    # The text fields of the group are folders and files.
    return os.path.expanduser(value.strip()) if field.words.group == "Data" else value.strip()


def _bounds(field: SettingField) -> dict[str, Any]:
    """Bounds of a number, and what one press of its buttons adds."""
    low, high = field.words.low, field.words.high
    tenth = 10.0 ** (math.floor(math.log10(field.default)) - 1) if field.default else 1.0
    if field.kind is int:
        # A side of 16 pixels and more goes on in 16s.
        step = int(low) if low and low > 1 else max(1, round(tenth))
        return {"min_value": int(low), "max_value": int(high), "step": step}
    return {"min_value": float(low), "max_value": float(high), "step": tenth, "format": "%g"}


def draw_channel_set(offered: tuple[str, ...]) -> str:
    """Draw the picker of a channel set, with one of all channels where they are named one by one.

    Args:
        offered: Channel sets to choose from.

    Returns:
        The name of a set, or names of channels joined by commas; empty where none is chosen.
    """
    words = FIELDS["channel_set"].words
    chosen = st.selectbox(
        words.label,
        [*offered, ONE_BY_ONE],
        key=key_of("channel_set"),
        persist_state="session",
        format_func=set_label,
        help="What the network looks at: a channel set, or channels named one by one.",
    )
    if chosen != ONE_BY_ONE:
        return chosen
    names = st.multiselect(
        "Channels",
        list(CHANNEL),
        key=key_of("channels"),
        persist_state="session",
        format_func=lambda name: CHANNEL[name].label,
        help="In the order of the list, in whatever order they are chosen.",
    )
    # One name for the same channels, and the set's own where they are one.
    ordered = tuple(name for name in CHANNEL if name in names)
    known = (name for name, channels in CHANNEL_SETS.items() if channels == ordered)
    return next(known, ",".join(ordered))


def set_label(name: str) -> str:
    """A channel set as pickers show it: its name, or its channels in words.

    >>> set_label("sar"), set_label("nersc_sar_primary,btemp_18_7h")
    ('sar', 'HH, 18.7 GHz H')
    """
    if "," not in name and name not in CHANNEL:
        return name
    return ", ".join(CHANNEL[channel].label for channel in channel_set(name))
