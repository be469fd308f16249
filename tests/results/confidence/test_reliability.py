"""Reliability and calibration errors against cases that are computed by hand, and temperatures."""

import numpy as np
import pytest
from scipy.special import softmax

from seaice.core.errors import ConfigError
from seaice.results.confidence.calibration import calibrate, calibration_rows
from seaice.results.confidence.labelled import Labelled
from seaice.results.confidence.reliability import reliability
from seaice.results.confidence.temperature import fit_temperature, tempered

# Eight pixels of three classes: confidence and predicted class, and what is true.
SURE = np.array([0.9, 0.9, 0.9, 0.9, 0.55, 0.55, 0.5, 0.95])
SAYS = np.array([0, 0, 0, 0, 0, 0, 1, 1])
TRUE = np.array([0, 0, 0, 1, 0, 1, 1, 2])


def probabilities() -> np.ndarray:
    p = np.repeat(((1 - SURE) / 2)[None], 3, axis=0)
    p[SAYS, np.arange(8)] = SURE
    return p


def test_a_case_by_hand():
    found = reliability(probabilities(), TRUE, bins=10)
    # Class 0: (0.8, 0.9] holds four pixels, three right; (0.5, 0.6] two, one right.
    of_0 = (4 * abs(0.75 - 0.9) + 2 * abs(0.5 - 0.55)) / 6
    # Class 1: (0.4, 0.5] holds one right pixel, (0.9, 1] a wrong one.
    of_1 = (abs(1 - 0.5) + abs(0 - 0.95)) / 2
    assert found.error(0) == pytest.approx(of_0)
    assert found.error(1) == pytest.approx(of_1)
    # No bin is shared, so the classes' errors add up.
    assert found.error() == pytest.approx((6 * of_0 + 2 * of_1) / 8)
    assert (found.accuracy(), found.accuracy(0)) == (5 / 8, 4 / 6)
    assert found.mean_confidence(1) == pytest.approx(0.725)
    confidence, accuracy, pixels = found.curve()
    np.testing.assert_allclose(confidence, [0.5, 0.55, 0.9, 0.95])
    np.testing.assert_allclose(accuracy, [1, 0.5, 0.75, 0])
    np.testing.assert_array_equal(pixels, [1, 2, 4, 1])


def test_bins_are_pooled_over_classes_before_their_error_is_taken():
    """One class is too sure and another too little, in the same bin: together they are right."""
    p = np.array([[0.75, 0.25], [0.25, 0.75]])
    found = reliability(np.repeat(p, 2, axis=1), np.array([0, 0, 0, 1]), bins=4)
    assert found.error() == 0
    assert (found.error(0), found.error(1)) == (0.25, 0.25)


def test_a_class_that_is_never_predicted_has_no_error():
    found = reliability(probabilities(), TRUE)
    assert found.count(2) == 0
    assert np.isnan([found.error(2), found.accuracy(2), found.mean_confidence(2)]).all()
    assert found.curve(2)[2].size == 0


def drawn(temperature: float, pixels: int, seed: int = 0) -> Labelled:
    """Labels drawn from the probabilities of logits, which are then scaled by a temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (6, pixels))
    below = np.cumsum(softmax(logits, axis=0), axis=0) < rng.random(pixels)
    return Labelled((temperature * logits).astype(np.float32), below.sum(axis=0).astype(np.uint8))


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_factor_of_scaled_logits_is_found(factor: float):
    sample = drawn(factor, 40_000)
    found = fit_temperature(sample.logits, sample.labels)
    assert found == pytest.approx(factor, rel=0.03)
    after = reliability(tempered(sample.logits, found), sample.labels)
    assert after.error() < 0.01
    before = reliability(tempered(sample.logits, 1), sample.labels)
    assert (before.error() > 0.05) == (factor != 1)
    np.testing.assert_array_equal(after.pixels.sum(axis=1), before.pixels.sum(axis=1))


def test_temperatures_are_measured_on_scenes_that_they_were_not_fitted_to():
    """Two kinds of scenes, each too sure in its own way: one half's temperature hurts the other."""
    scenes = [drawn(0.5 if number % 2 else 3, 4000, number) for number in range(4)]
    result = calibrate("SOD", [scenes])
    assert 0.5 < result.temperature < 3
    assert result.tempered is not None
    assert result.tempered.error() > 0.1
    assert not result.helps
    assert result.tempered.count() == result.without.count() == 16_000
    alike = calibrate("SOD", [[drawn(3, 4000, number) for number in range(4)]])
    assert alike.tempered is not None
    assert alike.tempered.error() < alike.without.error() / 5
    assert alike.helps
    rows = list(calibration_rows(alike))
    (whole,) = [r for r in rows if (r["class"], r["tempered"], r["bin"]) == ("all", "no", "")]
    assert whole["calibration_error"] == pytest.approx(alike.without.error())
    bins = [r for r in rows if (r["class"], r["tempered"]) == ("all", "no") and r["bin"]]
    assert sum(row["pixels"] for row in bins) == whole["pixels"]


def test_the_mean_of_networks_is_measured():
    first, second = drawn(1, 2000), drawn(1, 2000)
    flipped = Labelled(second.logits[::-1].copy(), second.labels)
    result = calibrate("SOD", [[first], [flipped]])
    mean = (softmax(first.logits, axis=0) + softmax(flipped.logits, axis=0)) / 2
    assert result.without.error() == pytest.approx(reliability(mean, first.labels).error(), 1e-4)
    assert result.tempered is None
    assert np.isnan(result.temperature)


def test_without_a_label_there_is_no_temperature():
    with pytest.raises(ConfigError, match="no labelled pixel"):
        fit_temperature(np.zeros((3, 0)), np.zeros(0, np.uint8))
