"""Positions of every 4 km tell those of all pixels, also across 180 degrees."""

import numpy as np
import pytest
import xarray as xr

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.results.export.cf import DIMS, NETWORK_DIMS, add_dimensions, add_variable, new_file
from seaice.results.export.positions import add_positions
from seaice.scenes.read import read_positions
from seaice.scenes.scene import Scene

EARTH_M = 6_371_000.0


def metres_apart(first: tuple, second: tuple) -> np.ndarray:
    """Distance of positions on the sphere, by the haversine."""
    (lat1, lon1), (lat2, lon2) = (np.radians(each) for each in (first, second))
    half = np.sin((lat2 - lat1) / 2) ** 2
    half = half + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * np.arcsin(np.sqrt(half))


def moved(latitude: float, longitude: float):
    """A change of a scene of 40 by 50 km: it goes north and east from here."""

    def change(arrays: dict) -> None:
        shape = arrays["sar_grid2d_latitude"].shape
        north, east = np.meshgrid(*(np.linspace(0, 1, size) for size in shape), indexing="ij")
        arrays["sar_grid2d_latitude"] = latitude + north * 40 / 111
        wide = 50 / (111 * np.cos(np.radians(latitude)))
        degrees = longitude + east * wide + north * wide / 4
        arrays["sar_grid2d_longitude"] = (degrees + 180) % 360 - 180

    return change


def written(path, scene: Scene, grid: PixelGrid, dims=DIMS, **options: bool) -> xr.Dataset:
    with new_file(path) as file:
        add_dimensions(file, dims, grid)
        add_positions(file, scene, grid, dims, **options)
        add_variable(file, "SOD", "u1", dims)[:] = 0
    with xr.open_dataset(path) as dataset:
        return dataset.load()


@pytest.mark.parametrize(("latitude", "longitude"), [(66.0, -52.0), (81.0, 179.0), (86.0, -179.9)])
@pytest.mark.parametrize(("spacing_m", "of_m"), [(80.0, 80.0), (80.0, 400.0), (400.0, 400.0)])
def test_positions_between_are_interpolated(
    make_scene, tmp_path, latitude, longitude, spacing_m, of_m
):
    size = 37 if spacing_m == 400 else 205
    path = make_scene(size, size + 7, spacing_m, change=moved(latitude, longitude))
    scene = Scene.open(path)
    grid = scene.grid.at(of_m)
    file = written(tmp_path / "x.nc", scene, grid)
    assert file.latitude.size < 100
    each = file[["latitude", "longitude"]].interp(
        position_lines=np.arange(file.sizes["lines"]),
        position_samples=np.arange(file.sizes["samples"]),
    )
    found = each.latitude.values, each.longitude.values
    assert found[0].shape == grid.shape
    apart = metres_apart(found, read_positions(scene, of_m))
    # The coarser grid's last samples have their centres beyond the scene's, where it has none.
    inside = apart if of_m == spacing_m else apart[:, :-1]
    assert inside.max() < 3


def test_a_file_says_how_to_interpolate(make_scene, tmp_path):
    scene = Scene.open(make_scene(37, 44))
    file = written(tmp_path / "x.nc", scene, scene.grid, NETWORK_DIMS)
    assert file.SOD.attrs["coordinate_interpolation"] == (
        "network_latitude: network_longitude: network_position_interpolation"
    )
    how = file.network_position_interpolation.attrs
    assert how["interpolation_name"] == "bi_linear"
    assert how["tie_point_mapping"] == (
        "network_lines: network_position_lines network_position_lines "
        "network_samples: network_position_samples network_position_samples"
    )
    assert file.network_position_lines.values.tolist() == [0, 10, 20, 30, 36]
    assert file.network_latitude.dims == ("network_position_lines", "network_position_samples")
    assert file.network_longitude.attrs["units"] == "degrees_east"


def test_a_grid_of_one_pixel_has_one_position(make_scene, tmp_path):
    scene = Scene.open(make_scene(4, 4))
    file = written(tmp_path / "x.nc", scene, scene.grid.at(1600.0))
    assert file.latitude.shape == (1, 1)
    assert float(file.latitude[0, 0]) == float(read_positions(scene, 1600.0)[0][0, 0])


def test_positions_of_each_pixel(make_scene, tmp_path):
    scene = Scene.open(make_scene(37, 44))
    file = written(tmp_path / "x.nc", scene, scene.grid, of_each_pixel=True)
    assert file.SOD.coords["latitude"].dims == DIMS
    latitude, longitude = read_positions(scene)
    np.testing.assert_allclose(file.latitude, latitude, atol=1e-4)
    np.testing.assert_allclose(file.longitude, longitude, atol=1e-4)
    assert "position_interpolation" not in file
