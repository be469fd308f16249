"""What is typed into the training form, in the sidebar and on the page Training, as one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL
from seaice.core.errors import ConfigError, RunError, SeaIceError
from seaice.core.folders import models_folder, runs_folder
from seaice.dashboard.components.kept import kept_in_tab
from seaice.dashboard.sidebar.train_fields import (
    CHANNELS,
    FIELDS,
    field_value,
    typed_channel_set,
    widget_key,
)
from seaice.dashboard.text import plain
from seaice.scenes.catalogue import require_scene_files
from seaice.training.config import TrainingConfig
from seaice.training.runs.listing import inspect_runs
from seaice.training.settings import ESSENTIAL, SettingField
from seaice.training.start import start

STARTED = "_train_started"
COSTED = "_train_costed"
"""Key of the configuration whose cost the page Training shows, until the page runs again."""
_RESTORED = "_train_restored"
_LONGEST = 500


def typed_config() -> TrainingConfig:
    """The configuration that both forms make together.

    Raises:
        ConfigError: They make no valid one.
    """
    values: dict[str, Any] = {name: field_value(name) for name in FIELDS}
    values["channel_set"] = typed_channel_set()
    if not values["channel_set"]:
        raise ConfigError("No channel is selected. Select at least one.")
    return TrainingConfig(**values)


def changed_text() -> str:
    """Settings of the page Training that differ from their defaults, in words."""
    changed = {
        name: value
        for name in FIELDS
        if name not in ESSENTIAL and (value := field_value(name)) != FIELDS[name].default
    }
    return ", ".join(f"{FIELDS[name].words.label} {value}" for name, value in changed.items())


def keep_typed(filled: Mapping[str, object]) -> None:
    """Let the browser's tab keep what is typed, and bring it back after a reload.

    Args:
        filled: What the pickers filled in, by the widgets' keys; that comes back by itself.
    """
    restored = st.session_state.get(_RESTORED, False)
    kept = kept_in_tab("training", _typed(filled) if restored else None)
    if restored or kept is None:
        return
    st.session_state[_RESTORED] = True
    for name, value in kept.items():
        if _fits(name, value):
            st.session_state[widget_key(name)] = value
    if kept:
        # The page draws some of the fields, too.
        st.rerun()


def _typed(filled: Mapping[str, object]) -> dict[str, object]:
    """Values of the fields that somebody has changed, by the names of the settings."""
    defaults = {widget_key(name): field.default for name, field in FIELDS.items()} | {**filled}
    names = {widget_key(name): name for name in (*FIELDS, CHANNELS)}
    return {
        name: st.session_state[key]
        for key, name in names.items()
        if key in st.session_state and st.session_state[key] != defaults.get(key)
    }


def _fits(name: str, value: object) -> bool:
    """Whether a field takes a value that a browser gave back."""
    if name == CHANNELS:
        return isinstance(value, list) and all(
            isinstance(each, str) and each in CHANNEL for each in value
        )
    if name not in FIELDS:
        return False
    field, words = FIELDS[name], FIELDS[name].words
    if words.choices:
        return value in words.choices
    if field.kind is bool:
        return isinstance(value, bool)
    if field.kind in (int, float):
        return _is_number(field, value)
    return isinstance(value, str) and len(value) <= _LONGEST


def _is_number(field: SettingField, value: object) -> bool:
    kinds = (int,) if field.kind is int else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        return False
    low, high = field.words.low, field.words.high
    return (low is None or value >= low) and (high is None or value <= high)


def start_run(config: TrainingConfig) -> None:
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
    st.session_state[STARTED] = True
    # The progress is another fragment.
    st.rerun()


def _require_new(config: TrainingConfig) -> None:
    """Check that no such run is live: a double click starts one run, not two."""
    for run in inspect_runs(runs_folder()):
        if run.status.live and run.config == config:
            raise RunError(f"Run {run.name} is already {run.status.state} with these settings.")
