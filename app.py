"""The dashboard: its pages and the sidebar that they share."""

from pathlib import Path

import streamlit as st

st.set_page_config(
    page_title="Sea ice context",
    page_icon=str(Path(__file__).parent / "assets" / "icon.png"),
    layout="wide",
)

st.navigation(
    [
        st.Page("pages/compare.py", title="Compare", icon=":material/compare:", default=True),
        st.Page("pages/scenes.py", title="Scenes", icon=":material/satellite_alt:"),
        st.Page("pages/training.py", title="Training", icon=":material/model_training:"),
    ]
).run()
