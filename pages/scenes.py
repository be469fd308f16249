"""Scenes: what the data folder holds, and the channels of the chosen scene."""

import streamlit as st

from seaice.errors import SeaIceError
from seaice.ui.selection import scene_label, sidebar
from seaice.ui.tables import channel_set_table, channel_table, scene_table
from seaice.ui.text import plain


def page() -> None:
    """Draw the page."""
    st.title("Scenes")
    selection = sidebar()
    catalogue, scene = selection.catalogue, selection.scene
    count = len(catalogue.scenes)
    st.caption(f"{count} usable scene{'s' if count != 1 else ''}")
    st.dataframe(scene_table(catalogue), hide_index=True, key="scene_table")
    st.subheader("Channels of the chosen scene")
    st.text(scene_label(scene))
    if scene.delays:
        st.text(f"AMSR2 against Sentinel-1: {scene.delays} s")
    left, right = st.columns([3, 2])
    with left.container(key="channels"):
        st.table(channel_table(scene))
    with right.container(key="channel_sets"):
        st.table(channel_set_table(scene))


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
