import numpy as np
import pytest

from seaice.core.grids.coarsen import (
    block_any,
    block_max,
    block_mean,
    block_mode,
    mean_by_centres,
    whole_blocks,
)
from seaice.core.grids.pixel_grid import PixelGrid

CELL_M = 2000.0


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


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_mean_of_all_pixels(kind: type):
    """A NaN makes its block NaN, and so does a lacking pixel; sums keep the type."""
    values = np.array([[1, 2, 5, 5, 3], [3, 4, np.nan, 5, 3]], kind)
    mean = block_mean(values, None, 2)
    assert mean.dtype == kind
    np.testing.assert_array_equal(mean, [[2.5, np.nan, np.nan]])
    np.testing.assert_array_equal(block_mean(whole_blocks(values, 2), None, 2), [[2.5, np.nan]])


def test_mean_of_all_pixels_is_that_of_valid_ones():
    values = np.random.default_rng(4).normal(size=(15, 20)).astype(np.float32)
    of_valid = block_mean(values, np.ones(values.shape, bool), 5, fill=0)
    np.testing.assert_array_equal(block_mean(values, None, 5), of_valid)


def test_max_is_the_greatest_of_each_block():
    values = np.array([[1, 2, 255, 0], [3, 0, 4, 5]], np.uint8)
    np.testing.assert_array_equal(block_max(values, 2), [[3, 255]])


def test_mean_by_centres_of_whole_blocks() -> None:
    """Where cells hold whole pixels it is the mean of blocks, but for rounding."""
    grid = PixelGrid(20, 30, 400.0)
    values = np.random.default_rng(0).normal(size=grid.shape).astype(np.float32)
    means = mean_by_centres(values, grid, grid.at(CELL_M))
    assert means.dtype == np.float32
    np.testing.assert_allclose(means, block_mean(values, None, 5), atol=1e-6)


def test_mean_by_centres_by_hand() -> None:
    """Pixels of 1.5 km in cells of 2 km: by centres 0.75, then 2.25 and 3.75, then 5.25."""
    grid = PixelGrid(4, 1, 1500.0)
    values = np.array([[1.0], [2.0], [4.0], [8.0]])
    means = mean_by_centres(values, grid, grid.at(CELL_M))
    np.testing.assert_allclose(means, [[1.0], [3.0], [8.0]])


@pytest.mark.parametrize("spacing_m", [80.0, 333.3, 400.0, 700.0, 800.0, 1000.0])
def test_mean_by_centres_against_a_loop(spacing_m: float) -> None:
    """Each cell's mean is that of the pixels whose centre it holds; last cells may be partial."""
    grid = PixelGrid(53, 31, spacing_m)
    cells = grid.at(CELL_M)
    values = np.random.default_rng(1).normal(size=(53, 31)).astype(np.float32)
    # A centre on the border of two cells belongs to the second.
    rows = np.floor(grid.y_km / 2 + 1e-9).astype(int)
    columns = np.floor(grid.x_km / 2 + 1e-9).astype(int)
    means = mean_by_centres(values, grid, cells)
    for row in range(cells.lines):
        for column in range(cells.samples):
            inside = values[np.ix_(rows == row, columns == column)]
            assert inside.size
            assert means[row, column] == pytest.approx(inside.mean(), abs=1e-5)


def test_mean_by_centres_of_a_last_cell_without_a_centre() -> None:
    """Three pixels of 700 m reach 100 m into the second cell: all lie in the first."""
    grid = PixelGrid(3, 1, 700.0)
    means = mean_by_centres(np.array([[1.0], [2.0], [6.0]]), grid, grid.at(CELL_M))
    assert means.tolist() == [[3], [3]]


def test_mean_by_centres_of_pixels_coarser_than_cells() -> None:
    """Centres at 1.5, 4.5 and 7.5 km: the cells between take a neighbour's value."""
    grid = PixelGrid(3, 1, 3000.0)
    means = mean_by_centres(np.array([[1.0], [2.0], [4.0]]), grid, grid.at(CELL_M))
    assert means[[0, 2, 3], 0].tolist() == [1, 2, 4]
    assert means[1, 0] in (1, 2)
    assert means[4, 0] == 4


def test_mean_by_centres_of_a_mask_is_a_share() -> None:
    """Booleans are counted."""
    grid = PixelGrid(5, 5, 400.0)
    mask = np.arange(25).reshape(5, 5) < 10
    assert mean_by_centres(mask, grid, grid.at(CELL_M)).tolist() == [[pytest.approx(0.4)]]
