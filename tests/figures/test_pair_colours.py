from itertools import combinations, permutations

import numpy as np
import pytest

from seaice.ai4arctic.charts import CHART
from seaice.figures.pair_colours import AGREES, pair_colour, pair_palette

_PAIRS = list(permutations(range(CHART["FLOE"].n_classes), 2))


def test_pairs_that_share_a_class_differ_in_colour():
    for one, other in combinations(_PAIRS, 2):
        if one[0] == other[0] or one[1] == other[1] or one == other[::-1]:
            assert pair_colour(one) != pair_colour(other), (one, other)


def test_pairs_of_neighbouring_classes_all_differ():
    neighbours = {pair_colour(pair) for pair in _PAIRS if abs(pair[0] - pair[1]) == 1}
    assert len(neighbours) == 2 * (CHART["FLOE"].n_classes - 1)


def test_pairs_of_younger_ice_and_smaller_floes_are_darker():
    brightest = {pair: max(pair_colour(pair)) for pair in _PAIRS}
    darker = [value for (first, second), value in brightest.items() if second < first]
    assert max(darker) < min(value for (i, j), value in brightest.items() if j > i)


@pytest.mark.parametrize("columns", [False, True])
def test_a_palette_holds_what_agrees_each_pair_and_the_rest(columns):
    pairs = ((5, 2), (3, 4))
    palette = pair_palette(pairs, ("old → young", "thin FY → thick FY"), "SOD", columns=columns)
    assert palette.labels[:4] == ("Agree", "old → young", "thin FY → thick FY", "Other pairs")
    assert palette.colours[:3].tolist() == [list(AGREES), *map(list, map(pair_colour, pairs))]
    assert len(palette.labels) == len(palette.colours) == 4 + columns
    assert len(np.unique(palette.colours, axis=0)) == len(palette.colours)
