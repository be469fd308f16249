"""Plotly in the browser: it comes with the script of Streamlit's own charts."""

from functools import cache
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

_SCRIPT = """
export default function ({ data }) {
  import(new URL(data, document.baseURI));
}
"""
_STYLE = "<style>.st-key-plotly { display: none; }</style>"

_component = st.components.v2.component("seaice_plotly", js=_SCRIPT)


def load_plotly() -> None:
    """Let the browser load Plotly; once on each page, before all that takes time."""
    st.html(_STYLE)
    script = chart_script()
    if script:
        _component(key="plotly", data=script)
    else:
        # A chart that nobody sees takes the browser longer than its script alone.
        st.plotly_chart(go.Figure(go.Bar()), key="plotly")


@cache
def chart_script() -> str | None:
    """Where Streamlit's server has the script; None if this version of Streamlit hides it."""
    folder = Path(st.__file__).parent / "static"
    found = [*folder.glob("static/js/PlotlyChart.*.js")]
    return found[0].relative_to(folder).as_posix() if len(found) == 1 else None
