"""A legend of the lines drawn over a map, below it: squares and circles have none of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seaice.figures.figure_parts import FigureParts

_ROW_PX, _TITLE_PX, _ROOM_PX = 19, 26, 10
_FONT = {"size": 12}


@dataclass(frozen=True)
class LegendLine:
    """An entry.

    Attributes:
        name: What the line is.
        ink: Its colour.
        dash: Its dashes, in Plotly's words.
    """

    name: str
    ink: str
    dash: str = "solid"


def add_line_legend(figure: FigureParts, groups: Mapping[str, Sequence[LegendLine]]) -> None:
    """Add a legend below a finished figure, which grows by it.

    Args:
        figure: The figure, with its height and margins.
        groups: Titles with their entries, from left to right.
    """
    for title, lines in groups.items():
        for line in lines:
            figure.add_trace(
                type="scatter",
                x=[None],
                y=[None],
                mode="lines",
                line={"color": line.ink, "dash": line.dash, "width": 2},
                name=line.name,
                legendgroup=title,
                legendgrouptitle={"text": title, "font": _FONT},
                hoverinfo="skip",
                showlegend=True,
            )
    figure.layout["legend"] = {
        "orientation": "h",
        "traceorder": "grouped",
        "xref": "container",
        "yref": "container",
        "x": 0.02,
        "y": 0,
        "yanchor": "bottom",
        "font": _FONT,
        "bgcolor": "rgba(0,0,0,0)",
        "itemclick": False,
        "itemdoubleclick": False,
    }
    figure.layout["showlegend"] = True
    height = _ROOM_PX + _TITLE_PX + _ROW_PX * max(map(len, groups.values()))
    figure.layout["height"] += height
    margin = figure.layout["margin"]
    figure.layout["margin"] = {**margin, "b": margin["b"] + height}
