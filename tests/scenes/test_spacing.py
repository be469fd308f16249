"""A spacing that a file does not state, and inputs that were brought to the full grid."""

from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import AMSR2
from seaice.core.errors import SceneError
from seaice.scenes.prepare import prepare_scene
from seaice.scenes.read import read_channels
from seaice.scenes.scene import Scene
from seaice.scenes.spacing import spacing_between, spacing_of_cells

SceneWriter = Callable[..., Path]
PLACES = "sar_grid2d_latitude", "sar_grid2d_longitude"


def without_spacing(path: Path) -> Path:
    with netCDF4.Dataset(path, "a") as file:
        del file.pixel_spacing
    return path


@pytest.mark.parametrize(
    ("without", "source"), [((), "positions"), (PLACES, "2 km grid"), (AMSR2, "positions")]
)
def test_a_spacing_that_is_not_stated(make_scene: SceneWriter, without, source: str) -> None:
    path = without_spacing(make_scene(200, 240, spacing_m=80, without=without))
    scene = Scene.open(path)
    assert scene.grid.spacing_m == 80
    words = f"{path.name}: pixel_spacing is missing; 80 m comes from the {source}."
    assert scene.notice == words


def test_nothing_says_it(make_scene: SceneWriter) -> None:
    only = without_spacing(
        make_scene(without=(*PLACES, *AMSR2, "u10m_rotated", "v10m_rotated", "t2m", "skt"))
    )
    with netCDF4.Dataset(only) as file:
        assert "2km_grid_lines" in file.dimensions
    bare = only.with_name("bare.nc")
    with netCDF4.Dataset(bare, "w") as file, netCDF4.Dataset(only) as given:
        for dim in ("sar_lines", "sar_samples"):
            file.createDimension(dim, len(given.dimensions[dim]))
        file.createVariable("distance_map", "f4", ("sar_lines", "sar_samples"))[:] = 1
    with pytest.raises(SceneError, match="has pixel_spacing None"):
        Scene.open(bare)


def test_spacings_against_known_ones() -> None:
    # Along the equator and a meridian, 0.1 degrees are 11.12 km.
    longitude, latitude = np.meshgrid(np.linspace(0, 0.1, 21), np.linspace(0, 0.1, 21))
    assert spacing_between(latitude, longitude, (140, 140)) == 80
    assert spacing_between(latitude, longitude, (131, 131)) == pytest.approx(85.5, abs=0.1)
    # Sides that differ, and positions that are none.
    assert spacing_between(latitude, longitude, (140, 70)) is None
    assert spacing_between(latitude * np.nan, longitude, (140, 140)) is None
    assert spacing_between(latitude[:1], longitude[:1], (140, 140)) is None
    assert spacing_of_cells((40, 42), (1000, 1040)) == 80
    assert spacing_of_cells((40, 42), (200, 208)) == 400
    assert spacing_of_cells((40, 20), (200, 208)) is None


def test_inputs_on_the_full_grid_are_read_as_they_are(
    make_scene: SceneWriter, tmp_path: Path
) -> None:
    name = "btemp_18_7h"
    given = make_scene(folder=tmp_path / "a")
    path = make_scene(folder=tmp_path / "b", without=(name,))
    cells = read_channels(Scene.open(given), [name, "btemp_18_7v"])
    with netCDF4.Dataset(path, "a") as file:
        file.createVariable(name, "f4", ("sar_lines", "sar_samples"))[:] = cells[0]
    scene = Scene.open(path)
    mixed = ["btemp_10_7v", name, "nersc_sar_primary", "btemp_18_7v"]
    np.testing.assert_array_equal(
        read_channels(scene, mixed), read_channels(Scene.open(given), mixed)
    )
    window = slice(10, 30), slice(5, 50)
    np.testing.assert_array_equal(read_channels(scene, [name], window=window)[0], cells[0][window])
    # Coarser by blocks, and the same once it is prepared.
    coarse = read_channels(scene, [name], 800)
    np.testing.assert_allclose(coarse[0, 0, 0], cells[0][:2, :2].mean(), rtol=1e-5, atol=1e-6)
    prepare_scene(scene, tmp_path / "c" / path.name)
    prepared = Scene.open(tmp_path / "c" / path.name)
    np.testing.assert_array_equal(read_channels(prepared, mixed), read_channels(scene, mixed))
