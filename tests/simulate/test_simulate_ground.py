"""Rasters: cells that cover pixels, means over cells, and the way back by true position."""

import numpy as np
import pytest

from seaice.simulate.ground import Ground, block_mean, coarse, interpolation, to_pixels

CELL_M = 2000.0


def test_extents_and_centres() -> None:
    """Extents in km, their geometric mean, and pixel centres half a pixel from the corner."""
    ground = Ground(4, 9, 500.0)
    assert (ground.height_km, ground.width_km, ground.size_km) == (2.0, 4.5, 3.0)
    assert ground.y_km.tolist() == [0.25, 0.75, 1.25, 1.75]
    y_km, x_km = ground.mesh_km()
    assert y_km.shape == x_km.shape == (4, 9)
    assert (y_km[2, 5], x_km[2, 5]) == (1.25, 2.75)


def test_cells_cover_the_ground() -> None:
    """The 2 km grid covers partial cells, and whole ones exactly."""
    assert Ground(1000, 1040, 400.0).cells(CELL_M) == Ground(200, 208, CELL_M)
    assert Ground(5003, 5228, 80.0).cells(CELL_M) == Ground(201, 210, CELL_M)
    assert Ground(6, 8, 333.3).cells(CELL_M) == Ground(1, 2, CELL_M)


def test_mean_of_whole_blocks() -> None:
    """Five by five pixels of 400 m are a cell."""
    ground = Ground(20, 30, 400.0)
    values = np.random.default_rng(0).normal(size=(20, 30)).astype(np.float32)
    means = block_mean(ground, ground.cells(CELL_M), values)
    assert means.dtype == np.float32
    np.testing.assert_allclose(means, values.reshape(4, 5, 6, 5).mean((1, 3)), atol=1e-6)


def test_mean_by_hand() -> None:
    """Pixels of 1.5 km in cells of 2 km: by centres 0.75, then 2.25 and 3.75, then 5.25."""
    ground = Ground(4, 1, 1500.0)
    values = np.array([[1.0], [2.0], [4.0], [8.0]])
    means = block_mean(ground, ground.cells(CELL_M), values)
    np.testing.assert_allclose(means, [[1.0], [3.0], [8.0]])


@pytest.mark.parametrize("spacing_m", [80.0, 333.3, 400.0, 700.0, 800.0, 1000.0])
def test_mean_by_pixel_centres(spacing_m) -> None:
    """Each cell's mean is that of the pixels whose centre it holds; last cells may be partial."""
    ground = Ground(53, 31, spacing_m)
    cells = ground.cells(CELL_M)
    values = np.random.default_rng(1).normal(size=(53, 31)).astype(np.float32)
    # A centre on the border of two cells belongs to the second.
    rows = np.floor(ground.y_km / 2 + 1e-9).astype(int)
    columns = np.floor(ground.x_km / 2 + 1e-9).astype(int)
    means = block_mean(ground, cells, values)
    for row in range(cells.lines):
        for column in range(cells.samples):
            inside = values[np.ix_(rows == row, columns == column)]
            assert inside.size
            assert means[row, column] == pytest.approx(inside.mean(), abs=1e-5)


def test_last_cell_without_a_centre() -> None:
    """Three pixels of 700 m reach 100 m into the second cell: all lie in the first."""
    ground = Ground(3, 1, 700.0)
    means = block_mean(ground, ground.cells(CELL_M), np.array([[1.0], [2.0], [6.0]]))
    assert means.tolist() == [[3], [3]]


def test_mean_of_pixels_coarser_than_cells() -> None:
    """Centres at 1.5, 4.5 and 7.5 km: the cells between take a neighbour's value."""
    ground = Ground(3, 1, 3000.0)
    means = block_mean(ground, ground.cells(CELL_M), np.array([[1.0], [2.0], [4.0]]))
    assert means[[0, 2, 3], 0].tolist() == [1, 2, 4]
    assert means[1, 0] in (1, 2)
    assert means[4, 0] == 4


def test_mean_of_a_mask_is_a_share() -> None:
    """Booleans are counted."""
    ground = Ground(5, 5, 400.0)
    mask = np.arange(25).reshape(5, 5) < 10
    assert block_mean(ground, ground.cells(CELL_M), mask).tolist() == [[pytest.approx(0.4)]]


@pytest.mark.parametrize("spacing_m", [80.0, 333.3, 400.0, 1000.0, 1900.0, 3000.0])
def test_interpolation_is_by_true_position(spacing_m) -> None:
    """Against linear interpolation between cell centres, which holds the ends."""
    pixels = 57
    cells = int(np.ceil(pixels * spacing_m / CELL_M))
    values = np.random.default_rng(2).normal(size=cells)
    centres_m = (np.arange(pixels) + 0.5) * spacing_m
    expected = np.interp(centres_m, (np.arange(cells) + 0.5) * CELL_M, values)
    weights = interpolation(pixels, spacing_m, cells, CELL_M)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights @ values, expected, atol=1e-5)


def test_a_ramp_comes_back() -> None:
    """A plane on the cells is the plane on the pixels, and is held at the margin."""
    ground = Ground(40, 55, 400.0)
    cells = ground.cells(CELL_M)
    y_km, x_km = cells.mesh_km()
    drawn = to_pixels(ground, cells, 3 * y_km - 2 * x_km + 1)
    held_y = np.clip(ground.y_km, 1, cells.height_km - 1)[:, None]
    held_x = np.clip(ground.x_km, 1, cells.width_km - 1)
    assert drawn.dtype == np.float32
    np.testing.assert_allclose(drawn, 3 * held_y - 2 * held_x + 1, atol=1e-4)


def test_one_cell_fills_all_pixels() -> None:
    """A scene within one cell has that cell's value everywhere."""
    ground = Ground(3, 4, 400.0)
    assert (to_pixels(ground, ground.cells(CELL_M), np.array([[7.0]])) == 7).all()


def test_a_crop_is_interpolated_like_the_whole() -> None:
    """Pixels of the cells that a crop holds get the same values, away from its margin."""
    whole, part = Ground(50, 50, 400.0), Ground(25, 25, 400.0)
    values = np.random.default_rng(3).normal(size=(10, 10))
    of_whole = to_pixels(whole, whole.cells(CELL_M), values)[10:35, 15:40]
    of_part = to_pixels(part, part.cells(CELL_M), values[2:7, 3:8])
    np.testing.assert_allclose(of_part[3:-3, 3:-3], of_whole[3:-3, 3:-3], atol=1e-6)


def test_coarse_takes_the_same_places() -> None:
    """Block centres of 4 x 4 pixels; few pixels are taken more than once."""
    assert coarse(np.arange(16).reshape(4, 4), 2).tolist() == [[5, 7], [13, 15]]
    assert coarse(np.arange(4).reshape(2, 2), 4)[:, 0].tolist() == [0, 0, 2, 2]
