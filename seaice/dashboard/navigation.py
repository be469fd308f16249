"""The pages by name: the entry script declares them, and pages link to each other."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

PageName = Literal["compare", "scenes", "training"]

_PAGES = "_pages"


def declare(pages: Mapping[PageName, StreamlitPage]) -> StreamlitPage:
    """Declare the pages, the default one first, and return the one to run."""
    st.session_state[_PAGES] = dict(pages)
    return st.navigation(list(pages.values()))


def switch_to(name: PageName) -> None:
    """Switch to another page; do nothing if this page runs on its own."""
    if page := _pages().get(name):
        st.switch_page(page)


def link_to(name: PageName, label: str, icon: str) -> None:
    """Draw a link to another page; draw nothing if this page runs on its own."""
    if page := _pages().get(name):
        st.page_link(page, label=label, icon=icon)


def _pages() -> dict[PageName, StreamlitPage]:
    pages: dict[PageName, StreamlitPage] = st.session_state.get(_PAGES, {})
    return pages
