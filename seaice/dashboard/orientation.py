"""The picker of how maps lie on the screen: one choice for all pages."""

from typing import Literal, get_args

import streamlit as st

Direction = Literal["North up", "As acquired", "Polar map"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
TURNS: tuple[Direction, ...] = ("North up", "As acquired")
"""How maps can lie on pages that draw no polar map."""
_KEY, _TURN_KEY = "orientation", "turn"
_LABEL = "Maps lie"
_TURNED = (
    "North up: maps are turned by quarters and mirrored, without resampling, so that "
    "north lies as far up as it can and east to the right. As acquired: lines down and samples "
    "to the right. Kilometres count from the scene's first line and sample either way."
)
_POLAR = (
    "Polar map: maps are resampled to EPSG:3413, in the south to EPSG:3976, by the "
    "nearest pixel; lengths are those of the map, within 4 % of the ground's north of 60° N. "
    "Other pages then show north up."
)


def orientation_picker() -> Direction:
    """Draw the picker of a page that draws polar maps too; returns how maps lie."""
    chosen: Direction | None = st.radio(
        _LABEL,
        DIRECTIONS,
        key=_KEY,
        persist_state="session",
        horizontal=True,
        help=f"{_TURNED} {_POLAR}",
    )
    return chosen or "North up"


def turn_picker() -> Direction:
    """Draw the picker of a page without polar maps; returns how maps lie.

    A polar map chosen elsewhere, or by a link, lies north up here and stays chosen there.
    """
    kept: Direction | None = st.session_state.get(_KEY)
    # The picker always shows how the maps lie, wherever that was chosen.
    st.session_state[_TURN_KEY] = kept if kept in TURNS else TURNS[0]
    chosen: Direction = st.radio(
        _LABEL, TURNS, key=_TURN_KEY, on_change=_keep, horizontal=True, help=_TURNED
    )
    return chosen


def _keep() -> None:
    st.session_state[_KEY] = st.session_state[_TURN_KEY]
