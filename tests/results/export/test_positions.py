"""Positions of every 4 km tell those of all pixels, also across 180 degrees."""

import numpy as np
import pytest
import xarray as xr

from seaice.core.grids.pixel_grid import PixelGrid
from seaice.results.export import positions
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


def moved(latitude: float, longitude: float, side_km: float = 16):
    """A change of a scene of about this size: it lies in the plane around a pole, as real ones."""
    pole_km, turn = (90 - latitude) * 111.0, np.radians(longitude)
    middle = pole_km * np.cos(turn), pole_km * np.sin(turn)

    def change(arrays: dict) -> None:
        shape = arrays["sar_grid2d_latitude"].shape
        y, x = np.meshgrid(
            *(np.linspace(-side_km / 2, side_km / 2, size) for size in shape), indexing="ij"
        )
        x, y = middle[0] + x, middle[1] + y
        arrays["sar_grid2d_latitude"] = 90 - np.hypot(x, y) / 111.0
        arrays["sar_grid2d_longitude"] = np.degrees(np.arctan2(y, x))

    return change


def written(path, scene: Scene, grid: PixelGrid, dims=DIMS, **options: bool) -> xr.Dataset:
    with new_file(path) as file:
        add_dimensions(file, dims, grid)
        add_positions(file, scene, grid, dims, **options)
        add_variable(file, "SOD", "u1", dims)[:] = 0
    with xr.open_dataset(path) as dataset:
        return dataset.load()


@pytest.mark.parametrize(("latitude", "longitude"), [(66.0, -52.0), (81.0, 179.9), (84.5, -179.9)])
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
    assert inside.max() < 5


def test_they_are_no_closer_than_they_have_to_be(make_scene, tmp_path, monkeypatch):
    """Twice as far apart, they would be off by four times as much."""
    monkeypatch.setattr(positions, "STEP_M", 8000.0)
    scene = Scene.open(make_scene(105, 112, change=moved(84.5, -179.9, 42)))
    file = written(tmp_path / "x.nc", scene, scene.grid)
    at = {f"position_{name}": np.arange(file.sizes[name]) for name in ("lines", "samples")}
    each = file[["latitude", "longitude"]].interp(at)
    found = each.latitude.values, each.longitude.values
    assert metres_apart(found, read_positions(scene)).max() > 10


@pytest.mark.parametrize("lines", [3, 11, 12, 21, 22, 42])
def test_no_two_lie_beside_each_other(make_scene, tmp_path, lines):
    """The conventions would take that for an edge."""
    scene = Scene.open(make_scene(lines, 44))
    file = written(tmp_path / "x.nc", scene, scene.grid)
    indices = file.position_lines.values
    assert (indices[0], indices[-1]) == (0, lines - 1)
    assert np.diff(indices).min() >= 2


def broken(arrays: dict) -> None:
    arrays["sar_grid2d_longitude"][0, 0] = np.nan


@pytest.mark.parametrize(
    "change", [moved(89.9, 0.0), moved(86.0, 20.0), moved(-86.0, 20.0), broken]
)
def test_where_angles_cannot_be_interpolated_each_pixel_has_its_own(make_scene, tmp_path, change):
    scene = Scene.open(make_scene(37, 44, change=change))
    file = written(tmp_path / "x.nc", scene, scene.grid)
    assert file.latitude.dims == DIMS


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


@pytest.mark.parametrize("spacing_m", [800.0, 1600.0, 4000.0])
def test_small_grids_have_the_positions_of_each_pixel(make_scene, tmp_path, spacing_m):
    scene = Scene.open(make_scene(4, 44))
    file = written(tmp_path / "x.nc", scene, scene.grid.at(spacing_m))
    latitude, _ = read_positions(scene, spacing_m)
    np.testing.assert_allclose(file.latitude, latitude, atol=1e-4)


def test_positions_of_each_pixel(make_scene, tmp_path):
    scene = Scene.open(make_scene(37, 44))
    file = written(tmp_path / "x.nc", scene, scene.grid, of_each_pixel=True)
    assert file.SOD.coords["latitude"].dims == DIMS
    latitude, longitude = read_positions(scene)
    np.testing.assert_allclose(file.latitude, latitude, atol=1e-4)
    np.testing.assert_allclose(file.longitude, longitude, atol=1e-4)
    assert "position_interpolation" not in file
