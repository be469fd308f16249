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
