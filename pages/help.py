"""Help: a guided start, ten words, and names in full."""

import streamlit as st

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.dashboard.compact import compact
from seaice.dashboard.help.glossary import GLOSSARY
from seaice.dashboard.help.names import channel_sets, class_names, region_names
from seaice.dashboard.help.tour import tour


def page() -> None:
    """Draw the page."""
    compact()
    st.title("Start in 30 seconds")
    tour()
    st.subheader("Ten words")
    st.markdown("\n".join(f"- **{word}**: {text}" for word, text in GLOSSARY.items()))
    st.subheader("Names in full")
    names = [*(f"Classes of {name}" for name in CHARTS), "Regions", "Channel sets"]
    *charts, regions, sets = st.tabs(names)
    for tab, name in zip(charts, CHARTS, strict=True):
        tab.caption(f"{CHART[name].long_name}. What an egg code says becomes one of these classes.")
        tab.table(class_names(name))
    regions.table(region_names())
    sets.table(channel_sets())


page()
