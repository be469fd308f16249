"""Sizes, extents and pixel centres of grids, and grids of another spacing."""

import pytest

from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import PixelGrid

CELL_M = 2000.0


def test_extents_and_centres() -> None:
    """Extents in km, their geometric mean, and pixel centres half a pixel from the corner."""
    grid = PixelGrid(4, 9, 500.0)
    assert (grid.height_km, grid.width_km, grid.size_km) == (2.0, 4.5, 3.0)
    assert grid.y_km.tolist() == [0.25, 0.75, 1.25, 1.75]
    y_km, x_km = grid.mesh_km()
    assert y_km.shape == x_km.shape == (4, 9)
    assert (y_km[2, 5], x_km[2, 5]) == (1.25, 2.75)


def test_cells_cover_the_grid() -> None:
    """The 2 km grid covers whole cells exactly, and a partial one at the end counts."""
    assert PixelGrid(1000, 1040, 400.0).at(CELL_M) == PixelGrid(200, 208, CELL_M)
    assert PixelGrid(5003, 5228, 80.0).at(CELL_M) == PixelGrid(201, 210, CELL_M)
    assert PixelGrid(6, 8, 333.3).at(CELL_M) == PixelGrid(1, 2, CELL_M)
    assert PixelGrid(3, 4, 400.0).at(200.0) == PixelGrid(6, 8, 200.0)


@pytest.mark.parametrize("spacing_m", [0.0, -400.0])
def test_a_spacing_is_positive(spacing_m: float) -> None:
    with pytest.raises(ConfigError, match="positive"):
        PixelGrid(3, 4, 400.0).at(spacing_m)
