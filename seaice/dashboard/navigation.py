"""The pages by name: the entry script declares them, and pages link to each other."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from seaice.dashboard import warmup
from seaice.dashboard.components.keyboard import keyboard
from seaice.dashboard.components.one_step_back import one_step_back
from seaice.dashboard.link import Link
from seaice.dashboard.spare_memory import give_back_later

PageName = Literal["context", "compare", "explain", "scenes", "training", "help"]

_PAGES = "_pages"


def run(pages: Mapping[PageName, StreamlitPage]) -> None:
    """Declare the pages, the default one first, and run the one that the address names."""
    st.session_state[_PAGES] = dict(pages)
    query = dict(st.query_params)
    # A link to Compare may have no path, from when Compare was the first page.
    is_old = not query.keys().isdisjoint(field.name for field in fields(Link))
    meant = pages["compare" if is_old else "context"]

    def switch() -> None:
        st.switch_page(meant, query_params=query)

    # The first page has the bare address. Who types its name, as that of any other, gets it too.
    named = st.Page(switch, title="Context", url_path="context", visibility="hidden")
    page = st.navigation([*pages.values(), named])
    if page == pages["context"] and is_old:
        switch()
    if page not in (pages["context"], named):
        warmup.go_on()
    keyboard()
    one_step_back()
    try:
        page.run()
    finally:
        give_back_later()


def switch_to(name: PageName) -> None:
    """Switch to another page; do nothing if this page runs on its own.

    What it is to show, `permalink.hand_over` tells it: a query would leave an address of this page
    behind, which leads forward again when the browser goes back.
    """
    if page := _pages().get(name):
        st.switch_page(page)


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
