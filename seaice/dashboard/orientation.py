"""The picker of how maps lie on the screen, the same on every page."""

from typing import Literal, get_args

import streamlit as st

Direction = Literal["North up", "As acquired", "Polar map"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


def orientation_picker() -> Direction:
    """Draw the picker; returns how maps lie."""
    chosen: Direction | None = st.radio(
        "Maps lie",
        DIRECTIONS,
        key="orientation",
        persist_state="session",
        horizontal=True,
        help="North up: maps are turned by quarters and mirrored, without resampling, so that "
        "north lies as far up as it can and east to the right. As acquired: lines down and samples "
        "to the right. Kilometres count from the scene's first line and sample either way. Polar "
        "map: the maps of Compare are resampled to EPSG:3413, in the south to EPSG:3976, by the "
        "nearest pixel; lengths are those of the map, within 4 % of the ground's north of 60° N. "
        "Other pages then show north up.",
    )
    return chosen or "North up"
