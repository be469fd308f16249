"""NetCDF files from elsewhere: scenes, packages and predictions, damaged anywhere.

Only the guarded reader opens them first. What it lets pass is read in this process.
"""

import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.results.autoice.package import read_package
from seaice.results.autoice.predictions import open_prediction
from seaice.results.autoice.scores import score_scene
from seaice.results.evaluation import SceneScores
from seaice.scenes.catalogue import checked, inspect_scene
from seaice.scenes.catalogue.index import require_openable
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder

sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_bytes import bounded, mutated, require_read_or_said

pytestmark = pytest.mark.slow

_DIMS = ("lines", "samples")


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A scene, raw and ready-to-train."""
    written: list[Path] = []
    folder = tmp_path_factory.mktemp("scenes")
    simulate_folder(folder, 1, 1, lines=60, samples=64, raw=True, on_scene=written.append)
    raw, ready = written
    return raw, ready


def use(path: Path) -> None:
    """Open a scene as the catalogue does, look at its values and read what a network would."""
    scene = checked(inspect_scene(path))
    if scene.raw is None and (names := [each for each in scene.channels if each.startswith("n")]):
        read_inputs(scene, names, scene.grid.spacing_m)


@bounded
@given(data=st.data())
@pytest.mark.parametrize("kind", [0, 1], ids=["raw", "ready"])
def test_a_scene(scenes, tmp_path: Path, kind: int, data: st.DataObject):
    path = tmp_path / scenes[kind].name
    path.write_bytes(data.draw(mutated(scenes[kind].read_bytes())))
    require_read_or_said(lambda: use(path))


def write_classes(path: Path, shape: tuple[int, int], names: dict[str, str], scene_id: str) -> Path:
    """Random classes in a file whose maps have these names, on dimensions of these names."""
    rng = np.random.default_rng(1)
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({"scene": scene_id, "pixel_spacing": 80.0})
        for chart in CHARTS:
            name = names[chart]
            dims = [f"{name}_dim{axis}" for axis in (0, 1)] if scene_id in name else list(_DIMS)
            for dim, size in zip(dims, shape, strict=True):
                if dim not in file.dimensions:
                    file.createDimension(dim, size)
            values = rng.integers(0, CHART[chart].n_classes, shape)
            file.createVariable(name, "u1", dims, compression="zlib")[:] = values
    return path


@pytest.fixture(scope="module")
def package(scenes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An AutoICE package of the scene."""
    scene, folder = Scene.open(scenes[1]), tmp_path_factory.mktemp("package")
    names = {chart: f"{scene.id}_{chart}" for chart in CHARTS}
    return write_classes(folder / "package.nc", scene.grid.at(80.0).shape, names, scene.id)


@pytest.fixture(scope="module")
def prediction(scenes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What of a prediction a package is made from."""
    scene, folder = Scene.open(scenes[1]), tmp_path_factory.mktemp("prediction")
    names = {"SIC": "SIC_class", "SOD": "SOD", "FLOE": "FLOE"}
    return write_classes(folder / "prediction.nc", (40, 44), names, scene.id)


def score(package: Path, scene: Scene) -> SceneScores:
    """Score a package as `seaice evaluate` does."""
    require_openable(package)
    return score_scene(read_package(package), scene)


def strips(prediction: Path) -> list[object]:
    """Read a prediction as `seaice export-autoice` does."""
    require_openable(prediction)
    return list(open_prediction(prediction).strips(512))


@bounded
@given(data=st.data())
def test_a_package(scenes, package: Path, tmp_path: Path, data: st.DataObject):
    path, scene = tmp_path / "package.nc", Scene.open(scenes[1])
    path.write_bytes(data.draw(mutated(package.read_bytes())))
    require_read_or_said(lambda: score(path, scene))


@bounded
@given(data=st.data())
def test_a_prediction(prediction: Path, tmp_path: Path, data: st.DataObject):
    path = tmp_path / "prediction.nc"
    path.write_bytes(data.draw(mutated(prediction.read_bytes())))
    require_read_or_said(lambda: strips(path))


def test_the_whole_ones_are_read(scenes, package: Path, prediction: Path):
    """Otherwise nothing above would be tested."""
    for path in scenes:
        use(path)
    assert score(package, Scene.open(scenes[1])).sums
    assert len(strips(prediction)) == len(CHARTS)
