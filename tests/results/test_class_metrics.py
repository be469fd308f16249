"""Accuracy, F1 and IoU against scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, jaccard_score

from seaice.results.class_metrics import accuracy, class_f1, class_facts, class_iou, macro


def test_all_equal_scikit_learn():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 5, 3000)
    guess = np.where(rng.random(3000) < 0.6, truth, rng.integers(0, 5, 3000))
    # A sixth class never occurs, which scikit-learn leaves out, too.
    confusion = confusion_matrix(truth, guess, labels=range(6))
    assert accuracy(confusion) == pytest.approx(100 * accuracy_score(truth, guess))
    for metric, reference in ((class_f1, f1_score), (class_iou, jaccard_score)):
        by_class = metric(confusion)
        np.testing.assert_allclose(by_class[:5], 100 * reference(truth, guess, average=None))
        assert np.isnan(by_class[5])
        assert macro(by_class) == pytest.approx(100 * reference(truth, guess, average="macro"))


def test_a_class_that_is_only_predicted_counts_as_wrong():
    np.testing.assert_allclose(class_f1(np.array([[1, 1], [0, 0]])), [200 / 3, 0])
    np.testing.assert_allclose(class_iou(np.array([[1, 1], [0, 0]])), [50, 0])


def test_nothing_to_count_is_not_defined():
    nothing = np.zeros((3, 3), np.int64)
    assert np.isnan(accuracy(nothing))
    facts = class_facts({"SOD": nothing})
    assert facts["mean_IoU"] == {"SOD": None}
    assert facts["F1_by_class"] == {"SOD": [None] * 3}
