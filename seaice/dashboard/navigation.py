"""The pages by name: the entry script declares them, and pages link to each other."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from seaice.dashboard.link import Link

PageName = Literal["context", "compare", "explain", "scenes", "training", "help"]

_PAGES = "_pages"


def run(pages: Mapping[PageName, StreamlitPage]) -> None:
    """Declare the pages, the default one first, and run the one that the address names."""
    st.session_state[_PAGES] = dict(pages)
    page = st.navigation(list(pages.values()))
    query = dict(st.query_params)
    # A link to Compare may have no path, from when Compare was the first page.
    if page == pages["context"] and query.keys() & {field.name for field in fields(Link)}:
        st.switch_page(pages["compare"], query_params=query)
    page.run()


def switch_to(name: PageName, query: Mapping[str, str] | None = None) -> None:
    """Switch to another page; do nothing if this page runs on its own.

    Args:
        name: The page.
        query: Query of its address; empty if None.
    """
    if page := _pages().get(name):
        st.switch_page(page, query_params=query)


def link_to(name: PageName, label: str, icon: str, query: Mapping[str, str] | None = None) -> None:
    """Draw a link to another page; draw nothing if this page runs on its own.

    Args:
        name: The page.
        label: What the link says.
        icon: Its icon.
        query: Query of the page's address; empty if None.
    """
    if page := _pages().get(name):
        st.page_link(page, label=label, icon=icon, query_params=query)


def _pages() -> dict[PageName, StreamlitPage]:
    pages: dict[PageName, StreamlitPage] = st.session_state.get(_PAGES, {})
    return pages
