"""Features that were computed lately are not computed again, and are never another scene's."""

from collections.abc import Iterator

import numpy as np
import pytest
from torch import Tensor

from seaice.core.recent import Recent
from seaice.explain import gradcam
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.kept_features import KEPT_FEATURES
from seaice.network.checkpoint import load_checkpoint
from seaice.scenes.scene import Scene

CONFIG = CamConfig("SIC", 0)
REGION = np.s_[16:48, 32:96]


@pytest.fixture
def remembers(monkeypatch) -> Iterator[Recent[Tensor]]:
    """The process remembers, from nothing on."""
    monkeypatch.setattr(KEPT_FEATURES, "most_bytes", 2**24)
    yield KEPT_FEATURES
    KEPT_FEATURES.clear()


@pytest.fixture
def encoded(monkeypatch) -> list[np.ndarray]:
    """Inputs that an encoder was given."""
    inputs: list[np.ndarray] = []
    encode = gradcam.features_in_cells

    def count(checkpoint, values):
        inputs.append(values)
        return encode(checkpoint, values)

    monkeypatch.setattr(gradcam, "features_in_cells", count)
    return inputs


def test_a_region_takes_the_features_of_its_scene(
    make_scene, make_checkpoint, in_float32, remembers, encoded, monkeypatch
):
    scene, checkpoint = Scene.open(make_scene(96, 128)), load_checkpoint(make_checkpoint((1, 3)))
    explain(scene, checkpoint, CONFIG)
    kept = explain(scene, checkpoint, CONFIG, REGION)
    assert len(encoded) == 1
    monkeypatch.setattr(remembers, "most_bytes", 0)
    remembers.clear()
    plain = explain(scene, checkpoint, CONFIG, REGION)
    assert len(encoded) == 2
    assert plain.raw.any()
    np.testing.assert_array_equal(kept.raw, plain.raw)
    np.testing.assert_array_equal(kept.valid, plain.valid)
    assert kept.target_pixels == plain.target_pixels


def test_other_networks_and_files_are_encoded(
    make_scene, make_checkpoint, in_float32, remembers, encoded
):
    path, other = make_scene(96, 128), make_scene(96, 128, name="other_prep.nc", seed=3)
    networks = [load_checkpoint(make_checkpoint(rates)) for rates in ((1, 3), (1, 2))]
    for network in networks:
        explain(Scene.open(path), network, CONFIG)
    other.replace(path)
    explain(Scene.open(path), networks[0], CONFIG)
    assert len(encoded) == 3


def test_nothing_is_remembered_unless_asked_for():
    assert KEPT_FEATURES.most_bytes == 0
