"""Baselines on scenes: drawn pixels, predictions, the truth, and what stands beside a network."""

from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.baselines import beside
from seaice.baselines.baseline import load_baseline, save_baseline
from seaice.baselines.files import baseline_path
from seaice.baselines.info import read_baseline_info
from seaice.baselines.make import describe_baseline, make_baseline
from seaice.baselines.sample import draw_sample
from seaice.baselines.truth import all_water, best_sigma_km, smoothed_truth
from seaice.core.errors import ConfigError, MissingChannelsError, NoScenesError, SceneError
from seaice.results.evaluation import score_prediction
from seaice.results.scoring import ScoreSums
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene

NAMES = ("20180325T194759_dmi_prep.nc", "20190325T194759_cis_prep.nc")


def informative(arrays: dict) -> None:
    """Charts that follow from HH: SIC in four steps, SOD and FLOE of two classes each."""
    steps = np.digitize(arrays["nersc_sar_primary"], (-0.7, 0, 0.7))
    known = arrays["SIC"] != 255
    for name, classes in (("SIC", (0, 3, 7, 10)), ("SOD", (0, 0, 4, 4)), ("FLOE", (0, 0, 5, 5))):
        arrays[name] = np.where(known, np.array(classes)[steps], 255).astype(np.uint8)


@pytest.fixture
def folder(make_scene, tmp_path: Path) -> Path:
    for seed, name in enumerate(NAMES):
        make_scene(name=name, seed=seed, folder=tmp_path / "data", change=informative)
    return tmp_path / "data"


def with_truth(path: Path, **layers: np.ndarray) -> Scene:
    """The scene with the truth added: its own charts, or what you give."""
    with netCDF4.Dataset(path, "a") as file:
        for name in ("SIC", "SOD", "FLOE"):
            values = layers.get(name, file[name][:].filled(255))
            file.createVariable(f"true_{name}", "u1", file[name].dimensions)[:] = values
    return Scene.open(path)


@pytest.mark.parametrize(("kind", "windows"), [("linear", False), ("trees", True)])
def test_a_baseline_learns_what_a_pixel_says(folder: Path, kind, windows):
    out = baseline_path(folder, kind, "sar", windows=windows)
    info, left_out = make_baseline(kind, "sar", folder, out, windows=windows)
    assert left_out == []
    assert info.fit["scene_ids"] == [name.removesuffix("_prep.nc") for name in NAMES]
    baseline, scene = load_baseline(out), Scene.open(folder / NAMES[0])
    maps = baseline.predict(scene)
    np.testing.assert_array_equal(maps.valid, read_inputs(scene, ()).valid)
    shares = maps.probabilities["SOD"].astype(float).sum(axis=0)
    np.testing.assert_allclose(shares[maps.valid], 1, atol=2e-3)
    scores = baseline.score(scene).scores
    assert scores.SIC.value > 80
    assert scores.SOD.value > 90
    assert scores.FLOE.value > 90


def test_a_coarser_grid_is_brought_to_the_scenes_own(make_scene, tmp_path: Path):
    make_scene(192, 256, 200, folder=tmp_path / "fine", change=informative)
    out = tmp_path / "x.safetensors"
    make_baseline("linear", "sar", tmp_path / "fine", out)
    scene = Scene.open(tmp_path / "fine" / NAMES[0])
    maps = load_baseline(out).predict(scene)
    assert maps.grid.spacing_m == 400
    assert maps.on(scene.grid, "SOD").shape == scene.grid.shape


def test_a_draw_is_the_same_for_a_seed_and_serves_fewer_channels(folder: Path):
    scenes = [Scene.open(folder / name) for name in NAMES]
    more = describe_baseline("trees", "all", windows=True)
    less = describe_baseline("linear", "amsr2")
    sample = draw_sample(scenes, more, seed=3)
    np.testing.assert_array_equal(sample.inputs, draw_sample(scenes, more, seed=3).inputs)
    own = draw_sample(scenes, less, seed=3)
    np.testing.assert_array_equal(sample.seen_by(less).inputs, own.inputs)
    np.testing.assert_array_equal(sample.labels["SOD"], own.labels["SOD"])
    # Another seed means other pixels where there are more than are drawn.
    assert (own.labels["SIC"] < 255).any()


def test_scenes_that_cannot_be_fitted_on(make_scene, tmp_path: Path):
    data, out = tmp_path / "data", tmp_path / "x.safetensors"
    make_scene(name=NAMES[0], folder=data, without=("SIC", "SOD", "FLOE"))
    with pytest.raises(NoScenesError, match=r"None of 1 scenes .* has no labelled pixels"):
        make_baseline("linear", "sar", data, out)
    make_scene(name=NAMES[1], folder=data, without=("btemp_6_9h",), change=informative)
    with pytest.raises(NoScenesError, match="None of 2 scenes can be fitted on"):
        make_baseline("trees", "amsr2", data, out)
    _, left_out = make_baseline("linear", "sar", data, out)
    assert len(left_out) == 1
    assert "has no labelled pixels" in left_out[0]
    lacking = Scene.open(make_scene(folder=tmp_path, without=("sar_incidenceangle",)))
    with pytest.raises(MissingChannelsError, match="lacks sar_incidenceangle"):
        load_baseline(out).predict(lacking)


def test_one_class_only(make_scene, tmp_path: Path):
    def water(arrays: dict) -> None:
        for name in ("SIC", "SOD", "FLOE"):
            arrays[name] = np.zeros_like(arrays[name])

    make_scene(folder=tmp_path / "data", change=water)
    with pytest.raises(NoScenesError, match="have one class, '0 %', so there is nothing"):
        make_baseline("linear", "sar", tmp_path / "data", tmp_path / "x.safetensors")


def test_windows_go_with_trees_of_the_radar():
    with pytest.raises(ConfigError, match="Only trees can see windows"):
        describe_baseline("linear", "sar", windows=True)
    with pytest.raises(ConfigError, match="Windows need HH and HV, which channel set amsr2 lacks"):
        describe_baseline("trees", "amsr2", windows=True)


def test_water_everywhere(folder: Path):
    scene = Scene.open(folder / NAMES[0])
    maps = all_water(scene)
    for name in ("SIC", "SOD", "FLOE"):
        assert not maps.on(scene.grid, name).any()
        assert not maps.on(scene.grid, name, (slice(3, 9), slice(1, 5))).any()


def test_the_truth_scores_what_it_is_worth(folder: Path):
    scene = with_truth(folder / NAMES[0])
    scores = score_prediction(smoothed_truth(scene, 0)).scores()
    assert scores.combined.value == pytest.approx(100)
    # Noise in place of polygons: smoothing can only hurt.
    assert best_sigma_km([scene], (0.0, 2.0))[0] == 0
    with pytest.raises(SceneError, match="does not hold the truth"):
        smoothed_truth(Scene.open(folder / NAMES[1]), 0)


def test_smoothing_follows_the_gaussian(folder: Path):
    """One pixel of ice amid water: its share of the ice falls as the Gaussian does."""
    ice = np.zeros((96, 128), np.uint8)
    ice[48, 64] = 10
    other = np.where(ice > 0, 4, 0).astype(np.uint8)
    scene = with_truth(folder / NAMES[0], SIC=ice, SOD=other, FLOE=other)
    maps = smoothed_truth(scene, 0.8)
    ratio = maps.sic[48, 66] / maps.sic[48, 64]
    assert ratio == pytest.approx(np.exp(-0.5), abs=1e-3)
    assert maps.sic.sum() == pytest.approx(10, rel=1e-3)
    assert maps.probabilities["SOD"][4, 48, 64] == pytest.approx(maps.sic[48, 64] / 10, abs=1e-3)


def test_a_ceiling_needs_the_truth(folder: Path, tmp_path: Path):
    out = tmp_path / "ceiling.safetensors"
    with pytest.raises(NoScenesError, match="holds the truth beside its charts"):
        make_baseline("ceiling", "", folder, out)
    with_truth(folder / NAMES[0])
    info, left_out = make_baseline("ceiling", "", folder, out)
    assert info.sigma_km == min(map(float, info.fit["combined"]))
    assert len(left_out) == 1
    scene = Scene.open(folder / NAMES[0])
    expected = smoothed_truth(scene, info.sigma_km)
    np.testing.assert_array_equal(load_baseline(out).predict(scene).sic, expected.sic)


def test_what_stands_beside_a_network(folder: Path):
    for kind, channels in (("linear", "sar"), ("linear", "amsr2"), ("trees", "sar")):
        make_baseline(kind, channels, folder, baseline_path(folder, kind, channels, windows=False))
    scene, other = (Scene.open(folder / name) for name in NAMES)
    standards, problems = beside.yardsticks(folder, "sar")
    assert problems == []
    labels = [each.label for each in standards]
    assert labels == [beside.WATER, beside.LINEAR, "boosted trees", beside.TRUTH]
    assert [each.quick for each in standards] == [True, True, False, False]
    assert len({each.key for each in standards}) == 4
    # The truth is not known, so it does not stand in the table.
    scored = beside.score_beside(standards, [scene, other])
    assert list(scored) == labels[:3]
    water, linear = (scored[name].scores() for name in labels[:2])
    assert beside.is_below_linear(water, scored)
    assert not beside.is_below_linear(linear, scored)
    assert not beside.is_below_linear(water, {})
    assert not beside.is_below_linear(ScoreSums().scores(), scored)


def test_a_damaged_baseline_is_named_and_the_others_stand(folder: Path):
    """Its header is sound, its arrays are not."""
    linear, trees = (
        baseline_path(folder, kind, "sar", windows=False) for kind in ("linear", "trees")
    )
    for kind, path in (("linear", linear), ("trees", trees)):
        make_baseline(kind, "sar", folder, path)
    save_baseline(trees, read_baseline_info(trees), None)
    standards, (problem,) = beside.yardsticks(folder, "sar")
    assert [each.label for each in standards] == [beside.WATER, beside.LINEAR, beside.TRUTH]
    assert f"{trees.name} has arrays that do not fit its description" in problem
