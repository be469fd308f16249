"""Tables of differences: which colours they get."""

import numpy as np

from seaice.figures.differences import DifferenceTable, difference_figure


def test_only_decided_differences_are_coloured():
    """A wide interval must neither look like a finding nor make the others pale."""
    points = np.array([[3.0, -20.0], [np.nan, -1.0]])
    texts = [["+3.0* ± 1.0", "\u221220.0 ± 44.0"], ["", "\u22121.0* ± 0.5"]]
    undecided = np.array([[False, True], [True, False]])
    table = DifferenceTable("rc", "ab", points, texts, texts, np.isnan(points), undecided)
    heat = difference_figure(table).data[0]
    np.testing.assert_array_equal(heat.z, [[3.0, 0.0], [np.nan, -1.0]])
    assert (heat.zmin, heat.zmax) == (-3.0, 3.0)
    assert heat.text[0][1] == texts[0][1]


def test_a_narrow_figure_breaks_names_and_texts_and_has_no_colour_bar():
    points = np.array([[3.0]])
    texts = [["+3.0* ± 1.0 · 2"]]
    table = DifferenceTable(
        ["1-2-3 · 1.6-4.8 km"], ["sar"], points, texts, texts, points > 9, points > 9
    )
    wide, narrow = (difference_figure(table, narrow=each) for each in (False, True))
    assert wide.layout.yaxis.ticktext == ("1-2-3 · 1.6-4.8 km",)
    assert narrow.layout.yaxis.ticktext == ("1-2-3<br>1.6-4.8 km",)
    assert list(narrow.data[0].text[0]) == ["+3.0*<br>± 1.0 · 2"]
    assert (wide.data[0].showscale, narrow.data[0].showscale) == (True, False)
