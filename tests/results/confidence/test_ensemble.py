"""Seeds together, the temperature of a checkpoint, and what is not to be trusted."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from seaice.ai4arctic.charts import FILL
from seaice.core.errors import CheckpointError, ConfigError
from seaice.explain.pixel import pixel_story
from seaice.network.checkpoint import load_checkpoint, write_calibration
from seaice.network.checkpoint_info import read_info
from seaice.results.confidence.ensemble import differ_in_seed, ensemble, require_ensemble
from seaice.results.confidence.labelled import labelled_logits
from seaice.results.confidence.trust import trust
from seaice.results.inference import predict
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(96, 128))


@pytest.fixture
def seeds(make_checkpoint, in_float32):
    return [load_checkpoint(make_checkpoint((1, 3), seed=seed)) for seed in (0, 1, 2)]


def test_mean_and_spread_are_those_of_the_seeds(scene, seeds):
    each = [predict(scene, checkpoint) for checkpoint in seeds]
    found = ensemble(each)
    assert found.members == 3
    sic = np.stack([prediction.sic for prediction in each])
    np.testing.assert_allclose(found.sic, sic.mean(0), rtol=1e-5)
    np.testing.assert_allclose(found.sic_spread, 10 * np.std(sic, axis=0, ddof=1), rtol=1e-4)
    p = np.stack([prediction.probabilities["SOD"] for prediction in each]).astype(float)
    np.testing.assert_allclose(found.probabilities["SOD"], p.mean(0), atol=1e-3)
    line, sample = 50, 70
    chosen = p.mean(0)[:, line, sample].argmax()
    expected = 100 * p[:, chosen, line, sample].std(ddof=1)
    assert found.spread["SOD"][line, sample] == pytest.approx(expected, abs=0.1)
    assert found.classes("SOD")[line, sample] == chosen


def test_what_is_no_ensemble_is_refused_in_words(scene, seeds, make_checkpoint):
    one = predict(scene, seeds[0])
    with pytest.raises(ConfigError, match=r"two or more checkpoints .* not one\. Train another"):
        ensemble([one])
    with pytest.raises(ConfigError, match="or have the same one"):
        ensemble([one, one])
    other = read_info(make_checkpoint((2, 3), seed=1))
    with pytest.raises(ConfigError, match="differ in more than the seed"):
        require_ensemble([seeds[0].info, other])
    unknown = replace(other, training={})
    assert not differ_in_seed(unknown, unknown)


def test_a_temperature_changes_probabilities_and_no_class(scene, make_checkpoint, in_float32):
    path = make_checkpoint((1, 3))
    before = predict(scene, load_checkpoint(path))
    story = pixel_story(scene, load_checkpoint(path), "SOD", (20.0, 30.0))
    write_calibration(path, {"temperatures": {"SOD": 2.5}, "scenes": ["one"]})
    calibrated = load_checkpoint(path)
    assert calibrated.info.temperature("SOD") == 2.5
    assert calibrated.info.temperature("FLOE") == 1
    after = predict(scene, calibrated)
    for chart in ("SOD", "FLOE"):
        np.testing.assert_array_equal(after.classes(chart), before.classes(chart))
    np.testing.assert_array_equal(after.calibrated("FLOE"), before.calibrated("FLOE"))
    logits = np.log(before.probabilities["SOD"].astype(float))
    np.testing.assert_allclose(after.calibrated("SOD"), softmax(logits / 2.5, axis=0), atol=1e-3)
    assert (after.entropy("SOD") > before.entropy("SOD")).mean() > 0.99
    told = pixel_story(scene, calibrated, "SOD", (20.0, 30.0))
    expected = softmax(np.log(story.probabilities) / 2.5)
    np.testing.assert_allclose(told.probabilities, expected, rtol=1e-4)
    assert told.target == story.target


@pytest.mark.parametrize("bad", [0, -1, 1e9, float("nan"), "hot", None])
def test_a_temperature_out_of_bounds_is_refused(make_checkpoint, bad: object):
    path = make_checkpoint()
    info = read_info(path)
    with pytest.raises((ConfigError, TypeError)):
        replace(info, calibration={"temperatures": {"SOD": bad}})
    with pytest.raises((ConfigError, CheckpointError, TypeError)):
        write_calibration(path, {"temperatures": {"SOD": bad}})
    assert read_info(path) == info


def test_the_labelled_sample_holds_the_networks_own_outputs(scene, seeds):
    found = labelled_logits(seeds[0], scene)
    chart = read_chart(scene, "SOD")
    prediction = predict(scene, seeds[0])
    there = prediction.valid & (chart != FILL)
    np.testing.assert_array_equal(found["SOD"].labels, chart[there])
    expected = prediction.probabilities["SOD"][:, there].astype(float)
    np.testing.assert_allclose(softmax(found["SOD"].logits, axis=0), expected, atol=1e-3)
    few, same = (labelled_logits(each, scene, most=50)["FLOE"] for each in seeds[:2])
    assert few.labels.size == 50
    np.testing.assert_array_equal(few.labels, same.labels)


def test_what_is_not_sure_is_masked(scene, seeds):
    prediction = predict(scene, seeds[0])
    chart = read_chart(scene, "SOD")
    limit = float(np.median(prediction.calibrated("SOD").max(0)[prediction.valid]))
    found = trust(prediction, "SOD", limit, chart)
    sure = prediction.calibrated("SOD").max(0) >= limit
    np.testing.assert_array_equal(found.masked, prediction.valid & ~sure)
    assert found.share == pytest.approx(0.5, abs=0.02)
    left = prediction.valid & sure & (chart != FILL)
    right = prediction.classes("SOD")[left] == chart[left]
    assert (found.labelled, found.quality) == (left.sum(), pytest.approx(right.mean()))
    nothing = trust(prediction, "SOD", 1.1, chart)
    assert (nothing.share, nothing.labelled) == (1, 0)
    assert np.isnan(nothing.quality)
    assert np.isnan(trust(prediction, "SOD", 0, None).quality_of_all)


def test_concentration_is_masked_by_its_spread(scene, seeds):
    maps = ensemble([predict(scene, each) for each in seeds])
    chart = read_chart(scene, "SIC")
    found = trust(maps, "SIC", 5.0, chart)
    left = maps.valid & (maps.sic_spread <= 5) & (chart != FILL)
    error = 10 * np.abs(maps.sic[left] - chart[left])
    assert found.quality == pytest.approx(error.mean(), rel=1e-4)
    with pytest.raises(ConfigError, match="One seed alone has no spread"):
        trust(predict(scene, seeds[0]), "SIC", 5.0, chart)
