import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    f1_score,
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from seaice.ai4arctic.charts import CHART, CHARTS, FILL
from seaice.results.class_metrics import class_f1
from seaice.results.scoring import ScoreSums, sic_classes


def random_maps(seed: int, size: int = 4000):
    rng = np.random.default_rng(seed)
    reference, predicted = {}, {}
    for name in CHARTS:
        n_classes = CHART[name].n_classes
        truth = rng.integers(0, n_classes, size)
        noise = rng.integers(-1, 2, size) * (rng.random(size) < 0.6)
        guess = np.clip(truth + noise, 0, n_classes - 1)
        reference[name] = np.where(rng.random(size) < 0.3, FILL, truth).astype(np.uint8)
        predicted[name] = guess.astype(np.uint8)
    predicted["SIC"] = predicted["SIC"] + rng.normal(0, 1.5, size).astype(np.float32)
    return reference, predicted


def scikit_learn(reference, predicted):
    """The reference implementation over all pixels at once."""
    kept = {name: reference[name] != FILL for name in CHARTS}
    sic = np.clip(predicted["SIC"].astype(np.float64), 0, 10)[kept["SIC"]]
    truth = reference["SIC"][kept["SIC"]].astype(np.float64)
    f1 = {
        name: 100
        * f1_score(reference[name][kept[name]], predicted[name][kept[name]], average="weighted")
        for name in ("SOD", "FLOE")
    }
    return {
        "SIC": 100 * r2_score(truth, np.round(sic)),
        "SIC_continuous": 100 * r2_score(truth, sic),
        **f1,
    }


@pytest.mark.parametrize("seed", range(4))
def test_scores_equal_scikit_learn_to_nine_digits(seed: int):
    reference, predicted = random_maps(seed)
    sums = ScoreSums()
    for name in CHARTS:
        sums.add(name, reference[name], predicted[name])
    scores = dict(sums.scores().items())
    expected = scikit_learn(reference, predicted)
    for name, value in expected.items():
        assert scores[name].value == pytest.approx(value, rel=1e-9), name
    combined = (2 * expected["SIC"] + 2 * expected["SOD"] + expected["FLOE"]) / 5
    assert scores["combined"].value == pytest.approx(combined, rel=1e-9)
    assert scores["SOD"].pixels == int((reference["SOD"] != FILL).sum())


@pytest.mark.parametrize("seed", range(4))
def test_errors_of_concentration_equal_scikit_learn(seed: int):
    reference, predicted = random_maps(seed)
    kept = reference["SIC"] != FILL
    truth = 10.0 * reference["SIC"][kept]
    guess = 10.0 * np.clip(predicted["SIC"][kept].astype(np.float64), 0, 10)
    sums, half = ScoreSums(), len(kept) // 2
    for part in (slice(half), slice(half, None)):
        one = ScoreSums()
        one.add("SIC", reference["SIC"][part], predicted["SIC"][part])
        sums += one
    errors = sums.sic_errors()
    assert errors.mean == pytest.approx(np.mean(guess - truth), rel=1e-9)
    assert errors.absolute == pytest.approx(mean_absolute_error(truth, guess), rel=1e-9)
    assert errors.rms == pytest.approx(root_mean_squared_error(truth, guess), rel=1e-9)
    assert errors.pixels == kept.sum()


def test_without_a_labelled_pixel_there_is_no_error():
    assert ScoreSums().sic_errors().rms is None


def test_pooled_scenes_equal_all_pixels_at_once():
    parts = [random_maps(seed, size) for seed, size in ((1, 50), (2, 3000), (3, 700))]
    pooled = ScoreSums()
    for reference, predicted in parts:
        one = ScoreSums()
        for name in CHARTS:
            one.add(name, reference[name], predicted[name])
        pooled += one
    together = [
        {name: np.concatenate([part[side][name] for part in parts]) for name in CHARTS}
        for side in (0, 1)
    ]
    for name, value in scikit_learn(*together).items():
        assert dict(pooled.scores().items())[name].value == pytest.approx(value, rel=1e-9)


def test_a_case_by_hand():
    sums = ScoreSums()
    # Chart 0, 10, 10, unlabelled; predicted -3 (clipped to 0), 10, 7.6 (class 8), 5.
    sums.add("SIC", np.array([0, 10, 10, FILL], np.uint8), np.array([-3, 10, 7.6, 5]))
    spread = 2 * (10 / 3) ** 2 + (20 / 3) ** 2
    assert sums.scores().SIC.value == pytest.approx(100 * (1 - 4 / spread))
    assert sums.scores().SIC_continuous.value == pytest.approx(100 * (1 - 2.4**2 / spread))
    assert sums.scores().SIC.pixels == 3


def test_a_missing_chart_is_not_defined_and_so_is_the_combined_score():
    sums = ScoreSums()
    sums.add("SIC", np.array([0, 10], np.uint8), np.array([0.0, 10.0]))
    sums.add("SOD", np.array([FILL, FILL], np.uint8), np.array([1, 1], np.uint8))
    scores = sums.scores()
    assert scores.SIC.value == 100
    assert (scores.SOD.value, scores.SOD.reason) == (None, "no labelled pixel")
    assert scores.combined.value is None
    assert scores.combined.reason == "SOD, FLOE not defined"


def test_a_constant_chart_has_no_r2():
    sums = ScoreSums()
    sums.add("SIC", np.full(9, 10, np.uint8), np.linspace(9, 10, 9))
    assert sums.scores().SIC.value is None
    assert sums.scores().SIC.reason == "the chart has one class only"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_sic_classes_are_clipped_and_rounded(values: list[float]):
    classes = sic_classes(np.array(values))
    assert classes.dtype == np.uint8
    np.testing.assert_array_equal(classes, np.round(np.clip(values, 0, 10)))


def test_a_class_that_never_occurs_has_no_f1():
    assert np.isnan(class_f1(np.diag([3, 0, 5]))[1])
    np.testing.assert_allclose(class_f1(np.array([[1, 1], [0, 2]])), [200 / 3, 80])
