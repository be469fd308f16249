"""Scores of scenes that are kept between starts."""

import numpy as np
import pytest

from seaice.ai4arctic.charts import CHARTS
from seaice.core.cache import Store
from seaice.network.checkpoint import load_checkpoint
from seaice.results import kept_scores
from seaice.results.agreement import disagreement
from seaice.results.evaluation import score
from seaice.results.kept_scores import known_scores, score_and_keep
from seaice.results.maps import ChartMaps
from seaice.scenes.scene import Scene


@pytest.fixture
def networks(make_checkpoint):
    return [load_checkpoint(make_checkpoint((1, 2, 3), "sar", seed=seed)) for seed in (0, 1)]


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene())


def _maps(scene: Scene, sic: float, classes: int) -> ChartMaps:
    """The same everywhere."""
    shape = scene.grid.shape
    probabilities = {
        name: np.eye(6, dtype=np.float16)[classes][:, None, None] * np.ones(shape, np.float16)
        for name in ("SOD", "FLOE")
    }
    return ChartMaps(
        scene=scene,
        grid=scene.grid,
        valid=np.ones(shape, bool),
        sic=np.full(shape, sic, np.float32),
        probabilities=probabilities,
        seconds=0.0,
        notice="",
    )


def test_what_is_kept_is_what_was_scored(scene, networks):
    network, other = networks
    assert known_scores([scene], network.sha256) == {}
    score_and_keep(scene, network)
    kept = known_scores([scene], network.sha256)[scene.id]
    expected = score(network, scene).sums
    for name in CHARTS:
        np.testing.assert_array_equal(kept.sums.confusion[name], expected.confusion[name])
    assert kept.sums.scores() == expected.scores()
    assert kept.sums.sic_errors() == expected.sic_errors()
    assert kept.disagreement == {}
    assert known_scores([scene], other.sha256) == {}
    assert known_scores([scene], network.sha256, other.sha256) == {}


def test_a_changed_scene_is_not_known(scene, networks, make_scene):
    score_and_keep(scene, networks[0])
    changed = Scene.open(make_scene(seed=5))
    assert changed.path == scene.path
    assert known_scores([changed], networks[0].sha256) == {}
    scene.path.unlink()
    assert known_scores([scene], networks[0].sha256) == {}


def test_two_networks_disagree_as_often_as_their_maps(scene, networks):
    network, other = networks
    kept = score_and_keep(scene, network, other)
    assert (
        kept.disagreement
        == known_scores([scene], network.sha256, other.sha256)[scene.id].disagreement
    )
    same = score_and_keep(scene, network, network)
    assert set(same.disagreement.values()) == {0.0}


@pytest.mark.parametrize(
    ("sic", "classes", "expected"),
    [
        (4.0, 2, {"SIC": 0.0, "SOD": 0.0, "FLOE": 0.0}),
        # One class of 10 % apart is within what a chart can tell.
        (5.4, 3, {"SIC": 0.0, "SOD": 1.0, "FLOE": 1.0}),
        (6.0, 2, {"SIC": 1.0, "SOD": 0.0, "FLOE": 0.0}),
        (2.4, 2, {"SIC": 1.0, "SOD": 0.0, "FLOE": 0.0}),
    ],
)
def test_disagreement_by_hand(scene, sic, classes, expected):
    assert disagreement(_maps(scene, 4.0, 2), _maps(scene, sic, classes)) == expected


@pytest.mark.parametrize("entry", [b"", b"{}", b"[1]", b'{"confusion": 1}', b"\xff"])
def test_a_damaged_entry_is_not_known(scene, networks, entry):
    key = kept_scores._key(scene, networks[0].sha256, "")
    Store().put(kept_scores._KIND, key, entry)
    assert known_scores([scene], networks[0].sha256) == {}
