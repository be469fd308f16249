"""Random fields: fixed to the ground, independent by name, of unit variance."""

import numpy as np
import pytest

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.simulate.noise import Fields, floe_cells, hashed, smoothstep, stream


def test_hash_is_uniform_and_fixed() -> None:
    """Hashed values fill [0, 1) evenly, take negative nodes, and depend on the seed."""
    values = hashed(5, np.arange(-100, 100)[:, None], np.arange(300))
    assert values.min() >= 0
    assert values.max() < 1
    assert values.mean() == pytest.approx(0.5, abs=0.01)
    assert values.std() == pytest.approx(12**-0.5, abs=0.01)
    assert abs(np.corrcoef(values[:-1].ravel(), values[1:].ravel())[0, 1]) < 0.02
    assert not np.array_equal(values, hashed(6, np.arange(-100, 100)[:, None], np.arange(300)))


def test_same_ground_at_two_spacings() -> None:
    """A field at 200 m, averaged over 2 x 2 pixels, is the field at 400 m."""
    fine = Fields(PixelGrid(200, 240, 200.0), 4, "m").fractal("f", 40, 1)
    rough = Fields(PixelGrid(100, 120, 400.0), 4, "m").fractal("f", 40, 1)
    assert np.abs(fine.reshape(100, 2, 120, 2).mean((1, 3)) - rough).max() < 0.05
    assert rough.std() > 0.3


def test_unresolved_octaves_are_left_out() -> None:
    """Octaves below the pixel spacing vanish instead of aliasing."""
    fine = Fields(PixelGrid(400, 400, 100.0), 4, "m").fractal("f", 8, 0.1, 0.0)
    rough = Fields(PixelGrid(40, 40, 1000.0), 4, "m").fractal("f", 8, 0.1, 0.0)
    assert rough.std() < 0.85 * fine.std()


def test_unit_variance() -> None:
    """Over many names a field has mean 0 and standard deviation 1."""
    fields = Fields(PixelGrid(40, 40, 1000.0), 1, "m")
    values = np.stack([fields.fractal(str(k), 10, 2) for k in range(60)])
    assert values.mean() == pytest.approx(0, abs=0.1)
    assert values.std() == pytest.approx(1, abs=0.1)


def test_field_at_points_is_the_field() -> None:
    """`fractal_at` pixel centres gives what `fractal` gives."""
    grid = PixelGrid(30, 50, 500.0)
    fields = Fields(grid, 2, "m")
    at_points = fields.fractal_at("f", *grid.mesh_km(), (8, 1))
    np.testing.assert_allclose(at_points, fields.fractal("f", 8, 1), atol=2e-4)


def test_names_and_modules_are_independent() -> None:
    """Another name, module or seed gives another field."""
    grid = PixelGrid(20, 20, 1000.0)
    base = Fields(grid, 1, "m").fractal("a", 8, 2)
    for other in (Fields(grid, 1, "n"), Fields(grid, 2, "m")):
        assert not np.allclose(base, other.fractal("a", 8, 2))
    assert not np.allclose(base, Fields(grid, 1, "m").fractal("b", 8, 2))
    assert stream(1, "a").random() == stream(1, "a").random() != stream(1, "b").random()


def test_floe_cells_have_the_asked_size() -> None:
    """Cells of 2 km: about one in 4 km2, sides at most about 2 km away, 0 at the sides."""
    y_km, x_km = PixelGrid(200, 200, 200.0).mesh_km()
    identity, side_km = floe_cells(y_km.ravel(), x_km.ravel(), 2.0, 9)
    count = len(np.unique(identity))
    assert 0.7 * 400 < count < 1.3 * 441
    assert side_km.min() >= 0
    assert 0.15 < np.median(side_km) < 0.5
    assert side_km.max() < 3.0
    # Crossing from one cell into the next passes a side: neither pixel is far from it.
    row = identity.reshape(200, 200)
    crossing = row[:, 1:] != row[:, :-1]
    assert side_km.reshape(200, 200)[:, 1:][crossing].max() < 0.25


def test_smoothstep() -> None:
    """0 below, 1 above, half in the middle."""
    assert smoothstep(1, 3, np.array([0.0, 1, 2, 3, 4])).tolist() == [0, 0, 0.5, 1, 1]
