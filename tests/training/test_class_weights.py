"""Weights of the classes, by hand."""

import numpy as np
import pytest
import torch

from seaice.training.class_weights import class_weights
from seaice.training.losses import chart_loss

PIXELS = np.zeros((3, 11), np.int64)
PIXELS[0, :2] = 5, 5
PIXELS[1, [0, 5]] = 90, 10


def test_all_classes_alike():
    weights = class_weights(PIXELS, 1.0)
    # FLOE has no labels; SIC has no cross-entropy.
    assert list(weights) == ["SOD"]
    expected = [1 / 1.8, 1, 1, 1, 1, 5]
    np.testing.assert_allclose(weights["SOD"], expected, rtol=1e-6)


@pytest.mark.parametrize("balance", [0.25, 0.5, 1.0])
def test_the_mean_over_the_pixels_is_one(balance):
    weights = class_weights(PIXELS, balance)["SOD"].numpy()
    assert 0.9 * weights[0] + 0.1 * weights[5] == pytest.approx(1)
    assert weights[5] / weights[0] == pytest.approx(9**balance)


def test_without_balance_there_are_none():
    assert class_weights(PIXELS, 0.0) == {}


def test_a_weight_multiplies_the_loss_of_its_pixels():
    outputs = torch.zeros(1, 6, 1, 2)
    reference = torch.tensor([[[0, 5]]], dtype=torch.uint8)
    weights = torch.tensor([0.5, 1, 1, 1, 1, 4])
    expected = (0.5 + 4) / 2 * np.log(6)
    assert chart_loss("SOD", outputs, reference, None, weights).item() == pytest.approx(expected)
