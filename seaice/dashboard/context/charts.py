"""The page's charts as browsers get them, kept for all sessions: Plotly is slow to make them."""

from collections.abc import Callable
from typing import ParamSpec

import plotly.graph_objects as go
import streamlit as st

from seaice.dashboard.components.figure import SentFigure

Given = ParamSpec("Given")


def chart(
    draw: Callable[Given, go.Figure], *values: Given.args, **others: Given.kwargs
) -> SentFigure:
    """What a function draws of values, such as the scores of networks: some hundred numbers."""
    return _chart(f"{draw.__module__}.{draw.__qualname__}", draw, values, others)


@st.cache_resource(max_entries=100, show_spinner=False)
def _chart(
    name: str,
    _draw: Callable[..., go.Figure],
    values: tuple[object, ...],
    others: dict[str, object],
) -> SentFigure:
    return SentFigure.of(_draw(*values, **others))
