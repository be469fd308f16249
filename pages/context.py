"""Context: how far should the network look? The answer of a sweep, and how sure it is."""

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.dashboard.compact import compact
from seaice.dashboard.components.plotly_script import load_plotly
from seaice.dashboard.context.curves_section import curves_section
from seaice.dashboard.context.live_section import live_section
from seaice.dashboard.context.main_figure import main_figure
from seaice.dashboard.context.matrix_section import matrix_section
from seaice.dashboard.context.needed_section import needed_section
from seaice.dashboard.context.scope import pick_scope
from seaice.dashboard.context.tables_section import tables_section
from seaice.dashboard.context.verdict_section import verdict_section
from seaice.dashboard.navigation import link_to
from seaice.dashboard.text import plain


def page() -> None:
    """Draw the page."""
    compact()
    load_plotly()
    with st.container(horizontal=True, vertical_alignment="bottom", key="heading"):
        st.title("How far should the network look?", width="content")
        link_to("help", "New here? Start in 30 seconds", ":material/waving_hand:")
    scope = pick_scope()
    if scope is None:
        return
    live_section(scope)
    if not scope.results.references:
        st.info("No cell of this sweep is scored yet. What is scored appears here by itself.")
        matrix_section(scope)
        return
    main_figure(scope)
    verdict_section(scope)
    matrix_section(scope)
    tables_section(scope)
    curves_section(scope)
    needed_section(scope)


try:
    page()
except SeaIceError as error:
    st.error(plain(str(error)))
