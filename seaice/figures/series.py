"""How curves of a figure differ: colours that are safe for colour-blind people, dashes, symbols."""

# After Okabe and Ito; the first is the page's ink.
_LIGHT = ("#16232e", "#0072b2", "#d55e00", "#009e73", "#a3478a", "#b07d00", "#3a9bd6")
_DARK = ("#e6edf3", "#56b4e9", "#ff8c42", "#2ec4a0", "#e39fc6", "#f0c542", "#8ab6ff")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "triangle-down", "star")


def colour(number: int, dark: bool) -> str:
    """Colour of a curve, as CSS."""
    colours = _DARK if dark else _LIGHT
    return colours[number % len(colours)]
