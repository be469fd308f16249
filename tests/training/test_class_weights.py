"""Weights of the classes, by hand."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from seaice.ai4arctic.charts import CHARTS
from seaice.scenes.scene import Scene
from seaice.training.class_weights import class_weights, weights_of_run
from seaice.training.config import TrainingConfig
from seaice.training.loader import patches
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


@pytest.fixture
def rare(make_scene) -> Scene:
    """A scene of which one corner, less than a hundredth, is old ice and the rest water."""

    def change(arrays: dict) -> None:
        for name in CHARTS:
            arrays[name][:] = 0
        arrays["SOD"][-10:, -10:] = 5

    return Scene.open(make_scene(change=change))


@pytest.fixture
def config(tmp_path, tiny_config) -> Callable[..., TrainingConfig]:
    def make(**changes: object) -> TrainingConfig:
        return tiny_config(
            tmp_path, **{"patch": 32, "batch": 4, "steps": 20, "class_balance": 0.5, **changes}
        )

    return make


def test_uniform_sampling_counts_the_scenes(rare: Scene, config):
    setting = config(sampling="uniform")
    weights = weights_of_run(setting, patches(setting, [rare]))["SOD"]
    assert (weights[5] / weights[0]).item() == pytest.approx((12188 / 100) ** 0.5, rel=1e-6)


def test_balanced_sampling_counts_the_patches(rare: Scene, config):
    """So that the frequency of a class is not corrected twice."""
    setting = config(sampling="balanced")
    drawn = patches(setting, [rare])
    labels = torch.stack([drawn[index]["charts"][1] for index in range(len(drawn))])
    water, old = (int((labels == value).sum()) for value in (0, 5))
    weights = weights_of_run(setting, drawn)["SOD"]
    ratio = (weights[5] / weights[0]).item()
    assert ratio == pytest.approx((water / old) ** 0.5, rel=1e-6)
    # About half as strong as for the same scene sampled uniformly.
    assert 1 < ratio < 0.75 * (12188 / 100) ** 0.5
    assert weights_of_run(config(sampling="balanced", class_balance=0.0), drawn) == {}
