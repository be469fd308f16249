"""A strip of a map's colours in its corner, for a map whose figure has a legend of others."""

import numpy as np

from seaice.figures.figure_parts import Axes, FigureParts
from seaice.figures.palettes import Palette

# Shares of the map's sides: the scale bar lies at the left.
_LEFT, _RIGHT, _BOTTOM, _TOP = 0.64, 0.97, 0.03, 0.065
_STEPS = 16
SCALE = "scale"
"""Name of its shapes."""


def add_scale_strip(figure: FigureParts, palette: Palette, axes: Axes) -> None:
    """Draw a continuous scale, low values at the left; the map's title tells its ends.

    Args:
        figure: The figure.
        palette: The scale.
        axes: The map's axes, in Plotly's words.
    """
    edges = np.linspace(_LEFT, _RIGHT, _STEPS + 1)
    colours = np.linspace(0, len(palette.colours) - 1, _STEPS).round().astype(int)
    place = {"xref": f"{axes[0]} domain", "yref": f"{axes[1]} domain", "y0": _BOTTOM, "y1": _TOP}
    for start, stop, colour in zip(edges[:-1], edges[1:], colours, strict=True):
        fill = {"fillcolor": palette.css(int(colour)), "line": {"width": 0}}
        figure.add_shape(type="rect", x0=start, x1=stop, name=SCALE, **fill, **place)
    outline = {"color": "white", "width": 1}
    figure.add_shape(type="rect", x0=_LEFT, x1=_RIGHT, line=outline, name=SCALE, **place)
