"""Widgets of the training form, each with the label, help and bounds of its field."""

import math
from typing import Any

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS
from seaice.dashboard.sidebar.labels import channel_set_label
from seaice.dashboard.text import typed_path
from seaice.network.rates import parse_rates
from seaice.training.config import TrainingConfig
from seaice.training.settings import SettingField, settings_of

FIELDS = settings_of(TrainingConfig)
DEFAULT_CELL_M: float = FIELDS["output_stride"].default * FIELDS["spacing_m"].default
"""Size of a feature cell of a network that is trained with the default settings, metres."""
CUSTOM = "custom channels"
"""The option that lets you pick channels one by one."""
CHANNELS = "channels"
"""What its field is called, which is no setting."""


def widget_key(name: str) -> str:
    """Key of a field's widget. Links ignore keys with this prefix."""
    return f"train_{name}"


def draw_field(name: str, label: str = "") -> Any:  # noqa: ANN401 - of the field's type
    """Draw the widget of a field.

    Args:
        name: The field.
        label: Replaces the field's own label, for a label that would appear twice in the sidebar.

    Returns:
        The value of the widget, as the configuration expects it.

    Raises:
        ConfigError: The text is not a list of rates.
    """
    field = FIELDS[name]
    words, key = field.words, widget_key(name)
    label = label or words.label
    st.session_state.setdefault(key, field.default)
    if words.choices:
        return st.selectbox(label, words.choices, key=key, help=words.help, persist_state="session")
    if field.kind is bool:
        return st.checkbox(label, key=key, help=words.help, persist_state="session")
    if field.kind in (int, float):
        return st.number_input(
            label, key=key, help=words.help, persist_state="session", **_number_options(field)
        )
    st.text_input(
        label,
        key=key,
        help=words.help,
        persist_state="session",
        # Only texts that are empty by default are optional.
        placeholder="optional" if field.default == "" else None,
    )
    return field_value(name)


def field_value(name: str) -> Any:  # noqa: ANN401 - of the field's type
    """The value of a field's widget when it was last drawn; the default if it never was.

    Raises:
        ConfigError: The text is not a list of rates.
    """
    field = FIELDS[name]
    value = st.session_state.get(widget_key(name), field.default)
    if not isinstance(value, str) or field.words.choices:
        return value
    if field.kind is not str:
        return parse_rates(value.strip())
    # The other texts are folders and files.
    return value.strip() if name == "name" else typed_path(value)


def _number_options(field: SettingField) -> dict[str, Any]:
    """Bounds of a number, and the step of its buttons."""
    low, high = field.words.low or 0, field.words.high
    tenth = 10.0 ** (math.floor(math.log10(field.default)) - 1) if field.default else 1.0
    if field.kind is int:
        # The patch size, at least 16 pixels, changes in steps of 16.
        step = int(low) if low > 1 else max(1, round(tenth))
        most = None if high is None else int(high)
        return {"min_value": int(low), "max_value": most, "step": step}
    most_float = None if high is None else float(high)
    return {"min_value": float(low), "max_value": most_float, "step": tenth, "format": "%g"}


def draw_channel_set(options: tuple[str, ...]) -> None:
    """Draw the picker of a channel set, and for custom channels a picker of single channels.

    Args:
        options: Available channel sets.
    """
    name = st.selectbox(
        FIELDS["channel_set"].words.label,
        [*options, CUSTOM],
        key=widget_key("channel_set"),
        persist_state="session",
        format_func=channel_set_label,
        help="The network's input: a channel set, or channels that you pick yourself.",
    )
    if name == CUSTOM:
        st.multiselect(
            "Channels",
            list(CHANNEL),
            key=widget_key(CHANNELS),
            persist_state="session",
            format_func=lambda channel: CHANNEL[channel].label,
            help="Channels are always fed in the listed order.",
        )


def typed_channel_set() -> str:
    """Name of a set, or channel names joined by commas; empty if no channel is selected."""
    name = str(st.session_state.get(widget_key("channel_set"), ""))
    if name != CUSTOM:
        return name
    picked = st.session_state.get(widget_key(CHANNELS), [])
    # The same channels always get the same name: the name of their set, if there is one.
    ordered = tuple(channel for channel in CHANNEL if channel in picked)
    sets = (name for name, channels in CHANNEL_SETS.items() if channels == ordered)
    return next(sets, ",".join(ordered))
