"""The dashboard: its pages and how they are called."""

from pathlib import Path

import streamlit as st

from seaice.dashboard import navigation, warmup

# A process that converts a scene for a page imports this file too, under another name.
if __name__ == "__main__":
    st.set_page_config(
        page_title="Sea ice context",
        page_icon=str(Path(__file__).parent / "assets" / "icon.png"),
        layout="wide",
    )

    navigation.run(
        {
            "context": st.Page(
                "pages/context.py",
                title="Context",
                icon=":material/zoom_out_map:",
                default=True,
                # It has the bare address. Its name as a path is that of a page that leads to it.
                url_path="start",
            ),
            "compare": st.Page("pages/compare.py", title="Compare", icon=":material/compare:"),
            "explain": st.Page("pages/explain.py", title="Explain", icon=":material/target:"),
            "scenes": st.Page("pages/scenes.py", title="Scenes", icon=":material/satellite_alt:"),
            "training": st.Page(
                "pages/training.py", title="Training", icon=":material/model_training:"
            ),
            "help": st.Page("pages/help.py", title="Help", icon=":material/help:"),
        }
    )
    warmup.go_on()
