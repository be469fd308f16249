"""The top of a chart: its title, room for Plotly's toolbar beside that, and the legend below."""

import html

import plotly.graph_objects as go

_ROW_PX = 28
"""Height of the title and of the toolbar, which the browser shows over whatever lies there."""


def add_top(figure: go.Figure, title: str, height_px: int) -> go.Figure:
    """Give a chart its title, legend and height; the title says what its vertical axis tells.

    Args:
        figure: The chart, changed in place.
        title: Its title.
        height_px: Height of the whole chart; its plot takes what title and legend leave.

    Returns:
        The chart.
    """
    return figure.update_layout(
        height=height_px,
        margin={"l": 0, "r": 8, "t": _ROW_PX + 4, "b": 0},
        title={
            "text": html.escape(title),
            "font": {"size": 14},
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 5},
        },
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1 - _ROW_PX / height_px,
            "yref": "container",
            "yanchor": "top",
        },
    )
