import numpy as np
import pytest

from seaice.ai4arctic.charts import CHART
from seaice.figures.confusion import confusion_figure


@pytest.fixture
def counts() -> np.ndarray:
    counts = np.zeros((6, 6), np.int64)
    counts[0, 0], counts[0, 1], counts[5, 5] = 30, 10, 7
    return counts


def test_cells_are_per_cent_of_the_charts_class(counts):
    (matrix,) = confusion_figure("SOD", ["a"], [counts], stacked=False).data
    assert matrix.z[0][:2].tolist() == [75, 25]
    assert matrix.z[5][5] == 100
    # A class that the chart does not have stays empty.
    assert np.isnan(matrix.z[2]).all()
    assert list(matrix.text[0][:3]) == ["75", "25", ""]
    assert list(matrix.y) == list(CHART["SOD"].class_names)
    assert matrix.customdata[0][1] == 10


@pytest.mark.parametrize("stacked", [False, True])
def test_matrices_are_square_and_begin_at_the_top(counts, stacked):
    figure = confusion_figure("SOD", ["a", "b"], [counts, counts], stacked)
    assert len(figure.data) == 2
    for axis in figure.select_yaxes():
        assert axis.scaleanchor == axis.anchor
        assert axis.autorange == "reversed"
        assert axis.type == "category"
