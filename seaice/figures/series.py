"""How curves of a figure differ: places, dashes, symbols, colours safe for colour-blind people."""

import math

# After Okabe and Ito; the first is the page's ink.
_LIGHT = ("#16232e", "#0072b2", "#d55e00", "#009e73", "#a3478a", "#b07d00", "#3a9bd6")
_DARK = ("#e6edf3", "#56b4e9", "#ff8c42", "#2ec4a0", "#e39fc6", "#f0c542", "#8ab6ff")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "triangle-down", "star")
# Neighbouring curves stand apart by this factor.
_APART = 1.02


def colour(number: int, dark: bool) -> str:
    """Colour of a curve, as CSS."""
    colours = _DARK if dark else _LIGHT
    return colours[number % len(colours)]


def apart(number: int, count: int) -> float:
    """Factor that moves a curve's points aside on a logarithmic axis.

    Points that curves share then stand side by side around their place, so that their intervals do
    not cover each other.

    Args:
        number: The curve's number.
        count: How many curves share the axis.
    """
    return math.pow(_APART, number - (count - 1) / 2)
