"""The context curve against predictors whose context is known, and against one pixel at a time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import maximum_filter

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.baselines.baseline import load_baseline
from seaice.baselines.make import make_baseline
from seaice.core.errors import ConfigError, MissingChannelsError, NoScenesError
from seaice.experiment.context_curve import context_curve
from seaice.experiment.context_mosaic import (
    angle_profile,
    columns_at,
    foreign_inputs,
    kept_pixels,
    matched,
    mosaic,
    place_sites,
)
from seaice.experiment.context_predictors import Maps, Predictor, baseline_predictor
from seaice.experiment.context_settings import ContextSettings
from seaice.results.scoring import ScoreSums
from seaice.scenes.read import Inputs, read_chart, read_inputs
from seaice.scenes.scene import Scene

CHANNELS = CHANNEL_SETS["sar+amsr2-18-36"]
COLUMNS = np.linspace(-1.5, 1.5, 96)


def largest_within(radius_px: int, channel: int = 0) -> Callable[[Inputs], Maps]:
    """A predictor whose answer is ice where a channel is high anywhere in a square."""

    def predict(inputs: Inputs) -> Maps:
        high = (inputs.values[channel] > 3.2).astype(np.uint8)
        ice = maximum_filter(high, size=2 * radius_px + 1, mode="constant")
        return {"SIC": ice * np.float32(10), "SOD": ice * 4, "FLOE": ice * 5}

    return predict


def predictor_of(predict: Callable[[Inputs], Maps], reach_km: float) -> Predictor:
    return Predictor("cue", "", "sar+amsr2-18-36", CHANNELS, 400.0, reach_km, predict)


@pytest.fixture
def scenes(make_scene, tmp_path: Path) -> list[Scene]:
    """Scenes whose charts say ice within 10 pixels (4 km) of a bright pixel, else water."""

    def rule(arrays: dict) -> None:
        arrays["nersc_sar_primary"] = np.abs(arrays["nersc_sar_primary"])
        arrays["sar_incidenceangle"] = np.where(arrays["nersc_sar_primary"] > 0, COLUMNS, 0).astype(
            np.float32
        )
        answer = largest_within(10)(Inputs(arrays["nersc_sar_primary"][None], np.ones(1, bool)))
        for name, layer in answer.items():
            arrays[name] = np.where(arrays[name] == 255, 255, layer).astype(np.uint8)

    paths = [
        make_scene(96, 96, seed=seed, name=f"201803{seed + 1:02}T194759_dmi_prep.nc", change=rule)
        for seed in range(4)
    ]
    return [Scene.open(path) for path in paths]


def test_a_predictor_gains_up_to_its_radius_and_not_beyond(scenes):
    predictor = predictor_of(largest_within(10), reach_km=5)
    settings = ContextSettings(radii_km=(0.4, 1.2, 2.4, 4.0, 6.0, 10.0), shuffles=4)
    curve = context_curve(predictor, scenes, settings)
    points = curve.points(task="SOD")
    assert [point.loss > 5 for point in points] == [True, True, True, False, False, False]
    assert [point.loss == 0 for point in points] == [False, False, False, True, True, True]
    assert points[-1].score == 100
    # Nothing is measured beyond the reach, where nothing can change.
    assert [point.pixels > 0 for point in points] == [True] * 4 + [False] * 2
    used = curve.used(task="SOD")
    assert 2.4 < used.low <= used.km <= used.high <= 4.0
    assert used.gain == points[0].loss
    # It sees nothing of the radiometer's channels; the radar's are all that it uses.
    assert all(point.loss == 0 for point in curve.points("radiometer", "SOD"))
    assert curve.points("radar", "SOD") == points
    assert "too small to be sure of" in curve.used("radiometer").reason
    with pytest.raises(ConfigError, match="Group 'wind' was not measured"):
        curve.points("wind")


def test_the_same_seed_gives_the_same_curve_and_another_one_does_not(scenes):
    predictor = predictor_of(largest_within(10), reach_km=20)
    first, second, other = (
        context_curve(predictor, scenes, ContextSettings((2.4,), ("all",), 1, seed))
        for seed in (0, 0, 1)
    )
    assert first.points() == second.points() != other.points()
    assert first.frame.equals(second.frame)


def test_what_looks_no_farther_than_a_pixel_has_a_flat_curve(scenes, tmp_path):
    path = tmp_path / "linear.safetensors"
    make_baseline("linear", "sar", tmp_path, path, windows=False, seed=0)
    predictor = baseline_predictor(load_baseline(path))
    assert predictor.reach_km == 0
    curve = context_curve(predictor, scenes, ContextSettings((1.0, 10.0)))
    assert curve.measured_km == ()
    assert {point.loss for point in curve.points()} == {0.0}
    assert curve.used().reason == "it looks no farther than 0 km"
    # Measured, as if it were not known that it does not look.
    unknown = Predictor(**{**vars(predictor), "reach_km": 12.0})
    measured = context_curve(unknown, scenes, ContextSettings((1.0, 10.0)))
    assert measured.measured_km == (1.0, 10.0)
    assert {point.loss for point in measured.points()} == {0.0}


def test_a_mosaic_scores_what_one_pixel_at_a_time_does(scenes):
    """Each pixel of a core sees its own scene within its square, and foreign pixels beyond."""
    host, donor = (read_inputs(scene, CHANNELS, 400.0) for scene in scenes[:2])
    foreign = foreign_inputs(host.valid, iter([donor]))
    reach, radii = 14, (3, 9)
    predict = largest_within(reach)
    rng = np.random.default_rng(5)
    sites = place_sites(host.valid.shape, radii, reach, rng)
    assert len(sites) > 4
    kept = kept_pixels(host.valid.shape, sites)
    fast = predict(mosaic(host, foreign, kept, CHANNELS, CHANNELS))["SOD"]
    changed = 0
    for site in sites:
        own = np.zeros(kept.shape, bool)
        own[site.kept] = True
        slow = predict(mosaic(host, foreign, own, CHANNELS, CHANNELS))["SOD"]
        assert np.array_equal(fast[site.core], slow[site.core])
        for pixel in np.ndindex(*slow[site.core].shape):
            line, sample = (at + part.start for at, part in zip(pixel, site.core, strict=True))
            radius = radii[site.radius]
            around = (slice(max(0, each - radius), each + radius + 1) for each in (line, sample))
            near = np.zeros(kept.shape, bool)
            near[tuple(around)] = True
            assert own[near].all()
        changed += (fast != predict(host)["SOD"])[site.core].sum()
    assert changed > 0


def test_sums_are_those_of_the_cores(scenes):
    predictor = predictor_of(largest_within(10), reach_km=20)
    curve = context_curve(predictor, scenes, ContextSettings((2.4,), ("all",), 1))
    total = ScoreSums()
    for scene in scenes:
        inputs = read_inputs(scene, CHANNELS, 400.0)
        truth = np.where(inputs.valid, read_chart(scene, "SOD"), 255)
        total.add("SOD", truth, predictor.predict(inputs)["SOD"])
    frame = curve.part().frame
    whole = frame[(frame["kind"] == "whole") & (frame["chart"] == "SOD")]
    assert sum(whole["confusion"].map(np.array)).tolist() == total.confusion["SOD"].ravel().tolist()
    replaced = frame[frame["kind"] == "replaced"]
    untouched = frame[frame["kind"] == "untouched"]
    assert replaced["pixels"].tolist() == untouched["pixels"].tolist()
    # Values of a stratum add up to the whole.
    by_stratum = curve.frame.groupby(["kind", "chart", "stratum"])["pixels"].sum().unstack()
    assert by_stratum.eq(by_stratum["all"], axis=0).all().all()
    assert curve.part(stratum="border", value="> 10 km").frame["pixels"].sum() > 0
    # A core of 2 x 2 pixels each 54 x 54.
    assert 0 < replaced["pixels"].max() <= 9 * 4


def test_sites_cover_every_pixel_alike_and_do_not_see_each_other():
    counts = np.zeros((30, 40))
    for draw in range(3000):
        sites = place_sites((30, 40), (1, 2), 8, np.random.default_rng(draw), draw)
        for site in sites:
            counts[site.core] += 1
            others = kept_pixels((30, 40), [each for each in sites if each is not site])
            seen = tuple(slice(max(0, part.start - 8), part.stop + 8) for part in site.core)
            assert not others[seen].any()
    middle = counts[2:-2, 2:-2]
    assert middle.std() < 1.4 * middle.mean() ** 0.5
    # One that sees everything is alone.
    assert len(place_sites((30, 40), (1,), np.inf, np.random.default_rng(0))) == 1


def test_donors_are_taken_at_the_same_incidence_angle():
    angle = np.linspace(-1, 1, 21)
    columns, found = columns_at(angle + 0.2, angle)
    assert np.allclose(angle[columns[found]], (angle + 0.2)[found])
    assert found.sum() == 19
    # A scene seen from the other side is mirrored.
    mirrored, found = columns_at(angle, angle[::-1])
    assert found.all()
    assert mirrored.tolist() == list(range(20, -1, -1))
    assert not columns_at(angle, np.full(5, np.nan))[1].any()
    valid = np.ones((2, 3), bool)
    valid[:, 1] = False
    profile = angle_profile(np.array([[1.0, 5, 3], [1, 5, 4]]), valid)
    assert np.array_equal(profile, [1, np.nan, 3.5], equal_nan=True)


def test_a_donor_without_data_is_passed_over():
    def inputs(value: float, valid: list[bool]) -> Inputs:
        return Inputs(np.full((1, 1, 4), value, np.float32), np.array([valid]))

    needed = np.array([[True, True, True, False]])
    first, second = inputs(1, [True, False, False, True]), inputs(2, [True, True, False, True])
    foreign = foreign_inputs(needed, iter([first, second]))
    assert foreign.values[0, 0, [0, 1, 3]].tolist() == [1, 2, 1]
    assert foreign.valid.tolist() == [[True, True, False, True]]
    scene = inputs(9, [True, True, True, False])
    kept = np.zeros((1, 4), bool)
    made = mosaic(scene, foreign, kept, ("nersc_sar_primary",), ("nersc_sar_primary",))
    # The last two have no data: nobody else has any there, and the scene itself has none.
    assert made.values.tolist() == [[[1, 2, 0, 0]]]
    assert made.valid.tolist() == [[True, True, False, False]]
    # A shorter donor holds its last line, which is no data of its own.
    tall = matched(first, (2, 4), np.arange(4), np.ones(4, bool))
    assert tall.valid.tolist() == [[True, False, False, True], [False] * 4]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"radii_km": (0.0, 3.0)}, "more than 0 and at most 2000 km, not 0"),
        ({"radii_km": (-1.0,)}, "not -1"),
        ({"radii_km": ()}, "not none"),
        ({"radii_km": (5.0, 3.0)}, "The radii must rise"),
        ({"groups": ("sonar",)}, "No group of channels 'sonar'. There are: all, radar, radiometer"),
        ({"shuffles": 0}, "shuffles must be at least 1"),
    ],
)
def test_wrong_settings_are_a_sentence(settings, words):
    with pytest.raises(ConfigError, match=words):
        ContextSettings(**settings)


def test_scenes_that_do_not_do_are_a_sentence(scenes, make_scene, tmp_path):
    predictor = predictor_of(largest_within(1), reach_km=2)
    with pytest.raises(NoScenesError, match="at least two scenes with charts, not 1"):
        context_curve(predictor, scenes[:1])
    bare = Scene.open(make_scene(96, 96, folder=tmp_path / "bare", without=("SIC", "SOD", "FLOE")))
    with pytest.raises(NoScenesError, match="has no charts"):
        context_curve(predictor, [*scenes, bare])
    lacking = make_scene(96, 96, folder=tmp_path / "l", without=("btemp_18_7h",))
    with pytest.raises(MissingChannelsError):
        context_curve(predictor, [*scenes, Scene.open(lacking)])
    radar = Predictor(**{**vars(predictor), "channels": CHANNEL_SETS["sar"], "channel_set": "sar"})
    with pytest.raises(ConfigError, match="This predictor's groups are: all"):
        context_curve(radar, scenes, ContextSettings(groups=("radar",)))


def test_the_context_used_is_computed_once_for_each_group_and_task(make_curve):
    curve = make_curve("a.safetensors", ("all", "radar"))
    used = [curve.used(group, task) for group in ("all", "radar") for task in ("SOD", "SIC")]
    again = [curve.used(group, task) for group in ("all", "radar") for task in ("SOD", "SIC")]
    assert all(one is other for one, other in zip(used, again, strict=True))
    assert len({id(each) for each in used}) == 4
