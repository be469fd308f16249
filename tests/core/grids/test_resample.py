import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from seaice.ai4arctic.cells import cells_to_pixels
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.core.grids.resample import (
    bilinear,
    bilinear_by_weights,
    bilinear_valid,
    centres,
    coordinates_among,
    nearest,
    subsampled,
    window_centres,
)

CELL_M = 2000.0


def test_centre_of_a_pixel_in_the_cell_grid():
    # Pixel 0 of 80 m: its centre lies 40 m from the corner, the first cell's at 1000 m.
    assert centres(1, 80, 0, 2000)[0] == pytest.approx(40 / 2000 - 0.5)
    # Pixel 12 of 25 to a cell is the middle one.
    assert centres(1, 80, 12, 2000)[0] == pytest.approx(0)


def test_bilinear_matches_scipy():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(7, 9))
    line_at, sample_at = rng.uniform(-1, 8, 20), rng.uniform(-1, 10, 15)
    expected = map_coordinates(
        values, np.meshgrid(line_at, sample_at, indexing="ij"), order=1, mode="nearest"
    )
    np.testing.assert_allclose(bilinear(values, line_at, sample_at), expected, atol=1e-6)


@given(
    offset=st.integers(0, 60),
    size=st.integers(1, 40),
    spacing_m=st.sampled_from([80.0, 200.0, 400.0, 800.0]),
)
def test_a_crop_gets_what_the_whole_has_there(offset: int, size: int, spacing_m: float):
    cells = np.random.default_rng(1).normal(size=(12, 12)).astype(np.float32)
    whole = cells_to_pixels(cells, (slice(0, 100), slice(0, 100)), spacing_m)
    part = slice(offset, offset + size)
    crop = cells_to_pixels(cells, (part, slice(3, 50)), spacing_m)
    np.testing.assert_array_equal(crop, whole[part, 3:50])


def test_sub_cell_offsets_are_kept():
    """The shift of public loaders: they begin every crop at a whole cell."""
    ramp = np.arange(20, dtype=np.float64)[:, None].repeat(20, 1)
    # 25 pixels of 80 m to a cell; a crop that begins 20 pixels into one.
    crop = cells_to_pixels(ramp, (slice(45, 70), slice(0, 25)), 80)
    centre_of_first = (45 + 0.5) * 80 / 2000 - 0.5
    assert crop[0, 0] == pytest.approx(centre_of_first)
    # The fault would give int(45 / 25) - its first cell - as if the crop began there.
    begun_at_whole_cell = (25 + 0.5) * 80 / 2000 - 0.5
    assert abs(crop[0, 0] - begun_at_whole_cell) == pytest.approx(20 / 25)


def test_edges_are_held():
    cells = np.array([[1.0, 2.0]])
    row = cells_to_pixels(cells, (slice(0, 1), slice(0, 10)), 400)[0]
    assert row[0] == row[1] == 1
    assert row[-1] == row[-2] == 2


def test_invalid_pixels_have_no_weight():
    values = np.array([[1.0, 100.0]], np.float32)
    valid = np.array([[True, False]])
    at = np.array([0.0]), np.array([0.25, 0.9, 1.0])
    np.testing.assert_allclose(bilinear_valid(values, valid, *at, fill=-7), [[1, 1, -7]])


def test_nearest_takes_the_closest_pixel():
    values = np.array([[1, 2, 3]])
    found = nearest(values, np.array([0.0]), np.array([-3.0, 0.4, 0.6, 9.0]))
    np.testing.assert_array_equal(found, [[1, 1, 2, 3]])


@given(size=st.integers(1, 6), more=st.integers(1, 2))
def test_cells_held_beyond_the_edge_change_no_bit(size: int, more: int):
    """What lets a grid be padded."""
    cells = np.random.default_rng(size).normal(size=(size, 2)).astype(np.float32)
    window = slice(0, size * 5), slice(0, 12)
    padded = np.pad(cells, [(0, more), (0, more)], "edge")
    np.testing.assert_array_equal(
        cells_to_pixels(cells, window, 400), cells_to_pixels(padded, window, 400)
    )


def test_constants_stay_what_they_are():
    values = np.full((5, 6), 0.1, np.float32)
    found = bilinear(values, np.linspace(-1, 6, 40), np.linspace(-1, 7, 30))
    assert (found == np.float32(0.1)).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_type_of_the_values_is_kept(dtype):
    values = np.arange(6, dtype=dtype).reshape(2, 3)
    found = bilinear(values, np.array([0.25]), np.array([0.5]))
    assert found.dtype == dtype
    assert found[0, 0] == 1.25


def test_an_array_to_fill_is_filled():
    cells = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    window, out = (slice(2, 9), slice(1, 12)), np.full((7, 11), np.nan, np.float32)
    assert cells_to_pixels(cells, window, 400, out) is out
    np.testing.assert_array_equal(out, cells_to_pixels(cells, window, 400))


def test_a_stack_gets_what_each_of_its_layers_gets():
    cells = np.random.default_rng(0).normal(size=(3, 6, 7)).astype(np.float32)
    window = slice(2, 30), slice(1, 12)
    found = cells_to_pixels(cells, window, 400)
    for layer, expected in zip(found, cells, strict=True):
        np.testing.assert_array_equal(layer, cells_to_pixels(expected, window, 400))


def test_no_coordinates_no_values():
    assert bilinear(np.ones((2, 2)), np.array([]), np.array([1.0])).shape == (0, 1)


def test_uneven_knots():
    """Shares of unequal steps; beyond the ends the outermost steps continue."""
    knots = np.array([0.0, 40, 90, 99])
    places = np.array([-20, 0, 10, 40, 65, 94.5, 99, 103.5])
    expected = [-0.5, 0, 0.25, 1, 1.5, 2.5, 3, 3.5]
    np.testing.assert_allclose(coordinates_among(knots, places), expected, rtol=1e-15)


def test_planes_are_extrapolated():
    """Outer slopes continue where asked for; otherwise the edge is held."""
    line, sample = np.meshgrid(np.arange(3.0), np.arange(4.0), indexing="ij")
    values = 2 * line - sample
    line_at, sample_at = np.array([-1.5, 0.5, 2.5]), np.array([-0.5, 1.25, 4.0])
    plane = 2 * line_at[:, None] - sample_at
    found = bilinear(values, line_at, sample_at, extrapolate=True)
    np.testing.assert_allclose(found, plane, atol=1e-12)
    held = 2 * line_at.clip(0, 2)[:, None] - sample_at.clip(0, 3)
    np.testing.assert_allclose(bilinear(values, line_at, sample_at), held, atol=1e-12)


def test_one_value_is_extrapolated_as_itself():
    found = bilinear(np.array([[7.0]]), np.array([-1.0, 0, 2]), np.zeros(1), extrapolate=True)
    assert (found == 7).all()


@pytest.mark.parametrize("spacing_m", [80.0, 333.3, 400.0, 1000.0, 1900.0, 3000.0])
def test_weighted_sums_round_otherwise_alone(spacing_m: float) -> None:
    """`bilinear_by_weights` is `bilinear` to float32's rounding, at the edges too."""
    grid = PixelGrid(57, 83, spacing_m)
    values = np.random.default_rng(2).normal(size=grid.at(CELL_M).shape).astype(np.float32)
    at = window_centres(grid.whole, spacing_m, CELL_M)
    found = bilinear_by_weights(values, *at)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, bilinear(values, *at), atol=1e-6)


def test_half_weights_are_rounded_as_sums() -> None:
    """Half of each, rounded once: what ties of simulated polygons hang on."""
    values = np.array([[0.1, 0.7], [0.3, 0.2]], np.float32)
    half = np.float32(0.5)
    lines = half * values[0] + half * values[1]
    expected = half * lines[0] + half * lines[1]
    assert bilinear_by_weights(values, np.array([0.5]), np.array([0.5])) == expected


def test_window_centres_of_a_crop_are_those_of_the_whole():
    grid = PixelGrid(50, 40, 400.0)
    line_at, sample_at = window_centres(grid.whole, 400.0, CELL_M)
    crop = window_centres((slice(10, 20), slice(7, 40)), 400.0, CELL_M)
    np.testing.assert_array_equal(crop[0], line_at[10:20])
    np.testing.assert_array_equal(crop[1], sample_at[7:])


def test_subsampling_takes_the_same_places() -> None:
    """Block centres of 4 x 4 pixels; if there are few pixels, some are taken more than once."""
    assert subsampled(np.arange(16).reshape(4, 4), 2).tolist() == [[5, 7], [13, 15]]
    assert subsampled(np.arange(4).reshape(2, 2), 4)[:, 0].tolist() == [0, 0, 2, 2]
