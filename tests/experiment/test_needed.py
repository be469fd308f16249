"""The map of needed context, on pixels small enough to check by eye."""

import numpy as np
import pytest

from seaice.ai4arctic.charts import FILL
from seaice.experiment.needed import is_right, needed_context, strongest_disagreement


def test_each_pixel_takes_the_smallest_field_that_gets_it_right():
    reference = np.array([[1, 1, 1, 1, 1, FILL]], np.uint8)
    right = np.array(
        [
            [1, 1, 0, 0, 0, 1],
            [1, 0, 1, 0, 0, 1],
            [1, 1, 0, 1, 0, 1],
        ],
        bool,
    )
    needed = needed_context(reference, [row[None] for row in right], ["20 km", "40 km", "80 km"])
    np.testing.assert_array_equal(needed.classes, [[0, 1, 2, 3, 4, FILL]])
    assert needed.labels == (
        "All fields",
        "Only small, 20 km",
        "From 40 km",
        "From 80 km",
        "None",
    )
    assert needed.shares == (0.2,) * 5


def test_sic_is_right_within_ten_percent():
    reference = np.array([[5, 5, 5, 10]], np.uint8)
    predicted = np.array([[6.4, 6.6, 4.0, 12.0]], np.float32)
    assert is_right("SIC", reference, predicted).tolist() == [[True, False, True, True]]
    assert is_right("SOD", reference, np.array([[5, 6, 4, 10]])).tolist() == [
        [True, False, False, True]
    ]


def test_the_strongest_disagreement_is_the_block_with_most_differing_pixels():
    reference = np.ones((50, 70), np.uint8)
    one = np.ones((50, 70), bool)
    other = one.copy()
    other[0:3, 0:3] = False
    other[40:50, 65:70] = False
    assert strongest_disagreement(reference, one, other, 16) == (slice(32, 48), slice(64, 70))
    reference[40:50, 65:70] = FILL
    assert strongest_disagreement(reference, one, other, 16) == (slice(0, 16), slice(0, 16))
    assert strongest_disagreement(reference, one, one) is None


def test_without_labels_no_share_is_counted():
    nothing = np.full((2, 2), FILL, np.uint8)
    needed = needed_context(nothing, [np.ones((2, 2), bool)] * 2, ["1 km", "2 km"])
    assert needed.shares == pytest.approx((0,) * 4)
