"""What ships shows what it is there to show, and says where it came from."""

from pathlib import Path

import numpy as np
import pytest
import ship
import xarray as xr

from seaice.ai4arctic.charts import FILL
from seaice.baselines.baseline import load_baseline
from seaice.baselines.files import baseline_path, list_baselines
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.sweep_settings import read_settings, shares_encoder
from seaice.experiment.table import read_table
from seaice.network.checkpoint_files import file_sha256, list_checkpoints
from seaice.network.rates import rates_name
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.read import read_chart, read_positions
from seaice.scenes.scene import Scene
from seaice.simulate.scene import SIMULATOR_VERSION
from seaice.simulate.season import season_of

DATA = Path(__file__).resolve().parents[1] / "data"
MODELS = DATA.with_name("models")


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    catalogue = read_catalogue(DATA)
    assert not catalogue.problems
    return list(catalogue.scenes)


@pytest.fixture(scope="module")
def classes(scenes) -> list[set[int]]:
    """Classes of SIC in each scene."""
    return [set(np.unique(read_chart(scene, "SIC")).tolist()) - {FILL} for scene in scenes]


def test_all_seasons_and_both_services(scenes) -> None:
    assert len(scenes) >= 8
    assert {season_of(scene.time.month) for scene in scenes} == {0, 1, 2, 3}
    assert {scene.service for scene in scenes} == {"dmi", "cis"}


def test_one_scene_without_ice_and_one_without_water(classes) -> None:
    assert {0} in classes
    assert any(0 not in found for found in classes)
    assert set.union(*classes) == set(range(11))


def test_one_scene_lies_across_180_degrees(scenes) -> None:
    crossing = []
    for scene in scenes:
        _, longitude = read_positions(scene, 8000.0)
        crossing.append(longitude.min() < -170 and longitude.max() > 170)
    assert any(crossing)


def test_they_are_small_and_of_this_simulator(scenes) -> None:
    assert sum(scene.path.stat().st_size for scene in scenes) < 60e6
    for scene in scenes:
        assert scene.simulated
        with xr.open_dataset(scene.path) as dataset:
            assert dataset.attrs["simulator_version"] == SIMULATOR_VERSION


def test_models_are_small_together() -> None:
    sizes = [path.stat().st_size for path in MODELS.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) < 60e6


def test_baselines_ship_and_are_small(scenes) -> None:
    files, problems = list_baselines(MODELS)
    assert not problems
    expected = {
        baseline_path(MODELS, kind, channel_set, windows=windows)
        for kind, channel_set, windows in ship.BASELINES
    }
    ceiling = baseline_path(MODELS, "ceiling", "", windows=False)
    assert {each.path for each in files} == {*expected, ceiling}
    assert sum(each.path.stat().st_size for each in files) < 6e6
    for each in files:
        load_baseline(each.path)
        assert each.info.fit["data"] == "data/training"
    linear = load_baseline(baseline_path(MODELS, "linear", "sar+amsr2", windows=False))
    assert linear.score(scenes[1]).scores.SIC.value > 80


NOT_TRAINED = {
    "sweep": set[str](),
    "frozen": {"amsr2_centre_seed1"},
}
"""By folder of the table: cells that `models/README.md` says are missing."""
THIRD_SEEDS = {
    "sweep": {f"{name}_{rates_name(rates)}_seed2" for name, rates in ship.THIRD_SEEDS},
    "frozen": {f"sar_{rates_name(each)}_seed2" for each in ship.RATES},
}
"""By folder of the table: networks with a third seed, as `models/README.md` says."""


@pytest.mark.parametrize(
    ("folder", "table", "expected", "shared"),
    [
        (MODELS, MODELS / "sweep", ship.shipped_sweep(), False),
        (ship.FROZEN, ship.FROZEN, ship.frozen_sweep(), True),
    ],
)
def test_a_shipped_sweep_says_how_it_was_trained(folder, table, expected, shared) -> None:
    values = read_settings(table / "sweep.json")
    assert values == expected
    assert shares_encoder(values) is shared
    files, problems = list_checkpoints(folder)
    assert not problems
    planned = {cell.name for cell in plan_of(values, "sweep.json").cells}
    trained = {file.path.stem for file in files}
    assert planned - trained == NOT_TRAINED[table.name]
    thirds = {name for name in trained - planned if name.endswith("_seed2")}
    assert thirds == THIRD_SEEDS[table.name]
    for file in files:
        own = file.info.training
        settings = {name: own[name] for name in values["settings"] if name in own}
        # Where precision was left to the machine, that had no units for bfloat16.
        settings["precision"] = settings["precision"].replace("auto", "float32")
        assert settings.keys() >= {"steps", "patch", "batch", "precision"}
        assert settings.items() <= values["settings"].items()
    scored = set(read_table(table / "evaluation.parquet", kind="network", chart="SIC").sha256)
    assert {file_sha256(file.path) for file in files} == scored
