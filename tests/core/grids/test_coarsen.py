import numpy as np
import pytest

from seaice.core.grids.coarsen import block_any, block_mean, block_mode


def test_mean_takes_valid_pixels_alone():
    values = np.array([[1, 2, 9], [3, np.nan, 9]], np.float32)
    valid = np.array([[True, True, False], [True, False, False]])
    mean = block_mean(values, valid, 2, fill=-1)
    # First block: 1, 2, 3. The partial second block holds no valid pixel.
    np.testing.assert_array_equal(mean, [[2, -1]])


def test_mode_is_the_most_frequent_valid_class():
    classes = np.array([[5, 5, 255, 255], [2, 255, 255, 255]], np.uint8)
    np.testing.assert_array_equal(block_mode(classes, 6, 2), [[5, 255]])


def test_mode_takes_the_lower_of_two_as_frequent():
    assert block_mode(np.array([[3, 1], [1, 3]], np.uint8), 6, 2) == 1


def test_mode_counts_values_beyond_the_classes_as_unlabelled():
    assert block_mode(np.array([[9, 9], [9, 1]], np.uint8), 6, 2) == 1


@pytest.mark.parametrize("ratio", [1, 2, 3, 5])
def test_blocks_match_a_loop(ratio: int):
    rng = np.random.default_rng(ratio)
    values = rng.normal(size=(11, 13)).astype(np.float32)
    valid = rng.random((11, 13)) < 0.4
    mean = block_mean(values, valid, ratio, fill=0)
    some = block_any(valid, ratio)
    for i in range(mean.shape[0]):
        for j in range(mean.shape[1]):
            block = np.s_[i * ratio : (i + 1) * ratio, j * ratio : (j + 1) * ratio]
            inside = values[block][valid[block]]
            assert some[i, j] == bool(inside.size)
            expected = inside.astype(np.float64).mean() if inside.size else 0
            assert mean[i, j] == pytest.approx(expected, abs=1e-6)
