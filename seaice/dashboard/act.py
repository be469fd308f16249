"""What a button does."""

from collections.abc import Callable

import streamlit as st

from seaice.core.errors import SeaIceError
from seaice.dashboard.text import plain


def act(action: Callable[[], object]) -> None:
    """Perform an action and redraw the page, or show its error message."""
    try:
        action()
    except SeaIceError as error:
        st.error(plain(str(error)))
        return
    st.rerun()
