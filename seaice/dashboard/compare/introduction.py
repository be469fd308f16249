"""Texts above the maps of Compare: what the maps show, and which checkpoints are missing."""

import streamlit as st

from seaice.dashboard.sidebar.selection import Selection
from seaice.network.rates import rates_name


def introduction() -> None:
    """Explain the page to first-time visitors."""
    with st.expander("What am I looking at?"):
        st.markdown(
            "Each column shows what one network predicts for the same scene. The networks differ "
            "only in their **atrous rates**, that is, in how far around a pixel they look. The "
            "first column shows the scene itself: the analyst's **ice chart** and the radar.\n\n"
            "- **Maps**: the predicted chart. Hover to see the predicted and the charted class.\n"
            "- **Errors**: where prediction and chart differ.\n"
            "- **Grad-CAM**: which parts of the scene support the chosen class, on one scale "
            "for all rates.\n"
            "- **Entropy**: where the network is uncertain.\n\n"
            "Choose other rates, channels or another scene in the sidebar. Draw a **region** to "
            "look closer. **Swipe** lays two maps over each other. **Copy link** saves the view."
        )


def missing_checkpoints(selection: Selection) -> None:
    """Show how to train missing checkpoints, and warn if a network was trained on this scene."""
    for rates, command in selection.commands.items():
        st.info(
            f"Not trained yet: rates {rates}, channel set {selection.channel_set}. "
            "**Press Train in the sidebar**, or run the command below. Both train on the data "
            "folder. To keep its scenes for testing, train on another folder "
            "(`seaice simulate` can write one)."
        )
        st.code(command, language="bash")
    if not selection.checkpoints and not selection.commands:
        st.info("Choose atrous rates in the sidebar to see predictions for this scene.")
    for file in selection.checkpoints:
        if selection.scene.id in file.info.training.get("scene_ids", ()):
            st.warning(
                f"The checkpoint with rates {rates_name(file.info.rates)} was trained on this "
                "scene, so its scores here are optimistic."
            )
