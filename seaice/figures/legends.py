"""Legends of map panels: swatches of classes or a colour bar, land and unlabelled pixels."""

from dataclasses import dataclass

from seaice.figures.figure_parts import FigureParts, Part
from seaice.figures.palettes import HATCH, LAND, Palette

_UNLABELLED, _NO_DATA = "Unlabelled", "No data"
# Themes have sizes of their own for the first legend alone.
_FONT, _TITLE_FONT = {"size": 12}, {"size": 13}
# Letters that fit beside the panels.
_TITLE_LETTERS = 25


@dataclass(frozen=True)
class Legend:
    """What a legend explains.

    Attributes:
        palette: Colours of classes or of a continuous scale.
        unlabelled: Whether pixels without a label are hatched.
        land: Whether land is shown.
    """

    palette: Palette
    unlabelled: bool
    land: bool


@dataclass(frozen=True)
class Place:
    """Position of a legend, in fractions of the plotting area.

    Attributes:
        bottom: Lower end.
        top: Upper end.
        foot: Height reserved for swatches below a colour bar.
        upright: Right of the panels, entries one below the other; otherwise below the panels.
    """

    bottom: float
    top: float
    foot: float
    upright: bool


def add_legend(figure: FigureParts, legend: Legend, number: int, place: Place) -> None:
    """Draw a legend.

    Args:
        figure: The figure.
        legend: What it explains.
        number: Index of the legend in the figure, from 0.
        place: Its position.
    """
    palette = legend.palette
    name = "legend" if number == 0 else f"legend{number + 1}"
    swatches = [(label, palette.css(i)) for i, label in enumerate(palette.labels)]
    if legend.unlabelled:
        swatches.append((_UNLABELLED, ""))
    if legend.land:
        swatches += [("Land", f"rgb{LAND}"), (_NO_DATA, "rgba(0,0,0,0)")]
    for label, colour in swatches:
        figure.add_trace(_swatch(label, colour, name))
    if not palette.labels:
        figure.add_trace(_colour_bar(palette, place))
    figure.layout[name] = _layout(palette, place)


def _swatch(label: str, colour: str, legend: str) -> Part:
    """A trace without a bar, for an entry in the legend; hatched for unlabelled pixels."""
    fill: dict[str, object] = {"color": colour}
    if label == _UNLABELLED:
        hatch = {"shape": "/", "fgcolor": f"rgb{HATCH}", "bgcolor": "rgba(0,0,0,0)", "size": 5}
        fill = {"color": "rgba(0,0,0,0)", "pattern": hatch}
    outline = {"line": {"width": 1, "color": f"rgb{HATCH}"}}
    return {
        "type": "bar",
        "x": [None],
        "y": [None],
        "marker": fill | outline,
        "name": label,
        "legend": legend,
        "hoverinfo": "skip",
    }


def _layout(palette: Palette, place: Place) -> dict[str, object]:
    classes = bool(palette.labels)
    title: dict[str, object] = {"text": palette.title if classes else "", "font": _TITLE_FONT}
    common = {
        "title": title,
        "itemclick": False,
        "itemdoubleclick": False,
        "bgcolor": "rgba(0,0,0,0)",
        "font": _FONT,
    }
    if not place.upright:
        # Below a horizontal colour bar and its ticks.
        lower = place.top if classes else place.top * 2
        # Beside its entries, a title would push the last of them out of a narrow figure.
        title["side"] = "top"
        return {**common, "orientation": "h", "x": 0, "y": lower, "yanchor": "top"}
    side = {"x": 1.008, "xanchor": "left"}
    if classes:
        return {**common, **side, "y": place.top, "yanchor": "top"}
    return {**common, **side, "y": place.bottom, "yanchor": "bottom"}


def _in_lines(title: str) -> str:
    """A title whose unit or hint stands in a line of its own, where one line has no room."""
    return title if len(title) <= _TITLE_LETTERS else title.replace(" (", "<br>(", 1)


def _colour_bar(palette: Palette, place: Place) -> Part:
    """A trace without a point, for its colour bar."""
    text = _in_lines(palette.title) if place.upright else palette.title
    bar = {
        "title": {"text": text, "side": "top", "font": _TITLE_FONT},
        "thickness": 13,
        "outlinewidth": 0,
        "yanchor": "top",
        "y": place.top,
    }
    if place.upright:
        # Plotly refuses lengths below zero, and a very flat panel leaves no room.
        length = max(place.top - place.bottom - place.foot, 0.02)
        bar |= {"x": 1.012, "xanchor": "left", "len": length}
    else:
        bar |= {"orientation": "h", "x": 0, "xanchor": "left", "len": 0.9}
    return {
        "type": "scatter",
        "x": [None],
        "y": [None],
        "mode": "markers",
        "showlegend": False,
        "hoverinfo": "skip",
        "marker": {
            "color": [palette.low],
            "cmin": palette.low,
            "cmax": palette.high,
            "colorscale": palette.plotly_scale(),
            "showscale": True,
            "colorbar": bar,
        },
    }
