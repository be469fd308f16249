import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.core.grids.orientation import AS_ACQUIRED, ORIENTATIONS, Orientation

LINES, SAMPLES = 3, 5
SCENE = np.arange(LINES * SAMPLES).reshape(LINES, SAMPLES)

orientations = st.sampled_from(ORIENTATIONS)
sides = st.integers(1, 7)


@given(orientations, sides, sides)
def test_invert_is_the_inverse_of_apply(orientation: Orientation, lines: int, samples: int):
    values = np.arange(lines * samples * 2).reshape(lines, samples, 2)
    turned = orientation.apply(values)
    np.testing.assert_array_equal(orientation.invert(turned), values)
    np.testing.assert_array_equal(orientation.apply(orientation.invert(values)), values)
    # Nothing is resampled or copied.
    assert np.shares_memory(turned, values)


@given(orientations, st.integers(0, LINES - 1), st.integers(0, SAMPLES - 1))
def test_a_pixels_place_follows_the_pixel(orientation: Orientation, line: int, sample: int):
    centre = line + 0.5, sample + 0.5
    down, across = orientation.place_on_map(centre, SCENE.shape)
    assert orientation.apply(SCENE)[int(down), int(across)] == SCENE[line, sample]
    assert orientation.place_in_scene((down, across), SCENE.shape) == centre


def test_the_eight_differ():
    assert len({orientation.apply(SCENE).tobytes() for orientation in ORIENTATIONS}) == 8
    assert AS_ACQUIRED.apply(SCENE) is not None
    np.testing.assert_array_equal(AS_ACQUIRED.apply(SCENE), SCENE)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (Orientation(upside_down=True), [[2, 3], [0, 1]]),
        (Orientation(mirrored=True), [[1, 0], [3, 2]]),
        (Orientation(transposed=True), [[0, 2], [1, 3]]),
        # A quarter turn clockwise.
        (Orientation(transposed=True, mirrored=True), [[2, 0], [3, 1]]),
    ],
)
def test_what_they_do(orientation: Orientation, expected: list[list[int]]):
    assert orientation.apply(np.array([[0, 1], [2, 3]])).tolist() == expected
