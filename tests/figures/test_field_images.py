import numpy as np
import pytest

from seaice.figures.field_images import FieldImage, decades, field_images, thinned


@pytest.mark.parametrize("half", [3, 79, 80, 81, 165, 400])
def test_thinning_keeps_the_middle_and_the_sum(half: int):
    values = np.zeros((2 * half + 1, 2 * half + 1))
    values[half, half], values[0, 0] = 9, 2
    means, cell_km = thinned(values, 0.4)
    assert means.shape[0] % 2 == 1
    assert means.shape[0] <= 163
    step = round(cell_km / 0.4)
    assert means.sum() * step**2 == pytest.approx(11)
    middle = means.shape[0] // 2
    assert means[middle, middle] * step**2 == pytest.approx(9)


def test_decades_are_below_the_peak_and_zeros_have_none():
    shown = decades(np.array([[0.0, 1.0], [10.0, 0.1]]))
    np.testing.assert_allclose(shown[1], [0, -2])
    assert np.isnan(shown[0, 0])
    assert np.isnan(decades(np.zeros((2, 2)))).all()


def test_the_square_of_each_network_is_drawn_in_km():
    images = [FieldImage(f"<b>{km}", np.ones((5, 5)), 0.4, km) for km in (10.0, 30.0)]
    figure = field_images(images)
    assert [shape.x1 for shape in figure.layout.shapes] == [5, 15]
    assert figure.layout.annotations[0].text == "&lt;b&gt;10.0"
    assert figure.data[0].x0 == pytest.approx(-0.8)
    assert field_images(images, stacked=True).layout.height == 2 * figure.layout.height
