"""Pickers that Compare and Explain share: how evidence is found, and how maps lie on the radar."""

import streamlit as st

from seaice.explain.methods import DEFAULT_METHOD, METHOD, METHODS, MethodName


def method_picker() -> MethodName:
    """Draw the picker of the method that explains."""
    st.session_state.setdefault("method", DEFAULT_METHOD)
    return st.selectbox(
        "Method",
        METHODS,
        format_func=lambda name: name if METHOD[name].local else f"{name} (not for regions)",
        key="method",
        persist_state="session",
        help="\n\n".join(f"{name} {METHOD[name].help}" for name in METHODS),
    )


def opacity_picker(label: str) -> float:
    """Draw the slider of the maps' opacity over the radar image; 0 to 1."""
    st.session_state.setdefault("opacity", 100)
    percent = st.slider(
        label,
        0,
        100,
        step=5,
        key="opacity",
        persist_state="session",
        help="Below 100 % the radar image (HH) shows through.",
    )
    return percent / 100
