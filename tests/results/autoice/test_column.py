"""Another system's maps of a scene, from a package and from a prediction."""

from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.core.errors import SceneError
from seaice.results.autoice.column import open_maps, read_maps, score_maps
from seaice.results.autoice.package import export_package, read_package
from seaice.results.autoice.scores import score_scene
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene

NAMES = {"SIC": "SIC_class", "SOD": "SOD", "FLOE": "FLOE"}


def write_maps(path: Path, scene: Scene) -> dict[str, np.ndarray]:
    """Write a prediction of random classes, a corner without any; its maps."""
    rng = np.random.default_rng(5)
    maps = {name: rng.integers(0, 6, scene.grid.shape).astype(np.uint8) for name in CHARTS}
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({"scene": scene.id, "pixel_spacing": scene.grid.spacing_m})
        for dim, size in zip(("lines", "samples"), scene.grid.shape, strict=True):
            file.createDimension(dim, size)
        for name, values in maps.items():
            values[:20, -20:] = FILL
            file.createVariable(NAMES[name], "u1", ("lines", "samples"))[:] = values
    return maps


@pytest.mark.parametrize("spacing_m", [80, 400])
def test_a_package_and_a_prediction_show_the_same_maps(
    make_scene, tmp_path: Path, spacing_m: float
):
    scene = Scene.open(make_scene(60, 80, spacing_m))
    written = write_maps(tmp_path / "prediction.nc", scene)
    export_package([tmp_path / "prediction.nc"], tmp_path / "package.nc", "")
    for name in ("prediction.nc", "package.nc"):
        file = open_maps(tmp_path / name)
        assert file.scenes == (scene.id,)
        maps = read_maps(file, scene)
        for chart in CHARTS:
            np.testing.assert_array_equal(maps.classes(chart), written[chart])
        np.testing.assert_array_equal(np.isnan(maps.sic), written["SIC"] == FILL)
        np.testing.assert_array_equal(maps.valid, read_valid(scene))
        scored = score_maps(maps)
        expected = score_scene(read_package(tmp_path / "package.nc"), scene).sums
        for chart in CHARTS:
            np.testing.assert_array_equal(scored.confusion[chart], expected.confusion[chart])
        half = score_maps(maps, (slice(0, 30), slice(0, 80)))
        assert 0 < half.confusion["SOD"].sum() < scored.confusion["SOD"].sum()


def test_maps_of_another_scene_or_size_are_refused(make_scene, tmp_path: Path):
    scene = Scene.open(make_scene(60, 80, 400))
    write_maps(tmp_path / "maps.nc", scene)
    file = open_maps(tmp_path / "maps.nc")
    other = Scene.open(make_scene(60, 80, 400, name="20200101T000000_cis_prep.nc"))
    with pytest.raises(SceneError, match="holds no maps of scene 20200101T000000_cis"):
        read_maps(file, other)
    wider = Scene.open(make_scene(60, 90, 400, folder=tmp_path / "wider"))
    with pytest.raises(SceneError, match="60 x 80 pixels of 400 m, which do not cover"):
        read_maps(file, wider)


def test_a_scene_is_not_taken_for_maps(make_scene):
    with pytest.raises(SceneError, match="is not an AutoICE package"):
        open_maps(make_scene())
