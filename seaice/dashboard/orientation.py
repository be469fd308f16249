"""The picker of how maps lie on the screen, the same on every page."""

from typing import Literal, get_args

import streamlit as st

Direction = Literal["North up", "As acquired"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


def orientation_picker() -> bool:
    """Draw the picker; returns whether maps show north up."""
    chosen: Direction | None = st.radio(
        "Maps lie",
        DIRECTIONS,
        key="orientation",
        persist_state="session",
        horizontal=True,
        help="North up: maps are turned by quarters and mirrored, without resampling, so that "
        "north lies as far up as it can and east to the right. As acquired: lines down and samples "
        "to the right. Kilometres count from the scene's first line and sample either way.",
    )
    return chosen != "As acquired"
