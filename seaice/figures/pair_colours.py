"""Colours of pairs of unequal classes: a pair has the same one on every map."""

from collections.abc import Sequence

import numpy as np

from seaice.figures.palettes import RGB, Palette

Pair = tuple[int, int]
"""A class of one map, and the class that another map has there."""

AGREES: RGB = (222, 227, 231)
# Of Okabe and Ito (2008), which colour-blind viewers tell apart.
_HUES: tuple[RGB, ...] = (
    (0, 114, 178),
    (230, 159, 0),
    (86, 180, 233),
    (213, 94, 0),
    (204, 121, 167),
    (0, 158, 115),
    (240, 228, 66),
)
_DARKER = 0.55
_OTHERS: RGB = (120, 130, 138)
_DISAGREE: RGB = (30, 36, 42)
MOST_PAIRS = 4
"""Most pairs of classes that a map shows in their own colours."""


def pair_colour(pair: Pair) -> RGB:
    """The colour of a pair: a first class, and the one that stands in its place.

    Pairs that share their first or their second class differ in it. It is darker where the second
    class is the lower one: younger ice, smaller floes. Other pairs may share a colour: a map then
    names the larger of them.
    """
    first, second = pair
    # A Latin square: as many hues as classes, at most, and a prime number of them.
    hue = _HUES[(first + 2 * second) % len(_HUES)]
    if second > first:
        return hue
    red, green, blue = (round(_DARKER * each) for each in hue)
    return red, green, blue


def pair_palette(
    pairs: Sequence[Pair], names: Sequence[str], title: str, *, columns: bool = False
) -> Palette:
    """Colours of where two maps of classes agree, and of which class stands where if not.

    Args:
        pairs: Pairs of unequal classes.
        names: Their names.
        title: What is compared.
        columns: Whether a colour follows for pixels where any two of several maps differ.

    Returns:
        A colour for pixels that agree, one for each pair, one for all other pairs; then that for
        columns.
    """
    colours = [AGREES, *map(pair_colour, pairs), _OTHERS]
    labels = ["Agree", *names, "Other pairs"]
    if columns:
        colours, labels = [*colours, _DISAGREE], [*labels, "Columns differ"]
    return Palette(np.array(colours, np.uint8), tuple(labels), name=title)
