"""How often two networks disagree, and that it is kept."""

import numpy as np
import pytest

from seaice.core.cache import Store
from seaice.network.checkpoint import load_checkpoint
from seaice.results import kept_agreement
from seaice.results.agreement import disagreement
from seaice.results.inference import predict
from seaice.results.kept_agreement import keep_disagreement, known_disagreement
from seaice.results.maps import ChartMaps
from seaice.scenes.scene import Scene


@pytest.fixture
def predictions(make_scene, make_checkpoint):
    scene = Scene.open(make_scene())
    networks = [load_checkpoint(make_checkpoint((1, 2, 3), "sar", seed=seed)) for seed in (0, 1)]
    return [predict(scene, network) for network in networks]


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
def test_disagreement_by_hand(make_scene, sic, classes, expected):
    scene = Scene.open(make_scene())
    assert disagreement(_maps(scene, 4.0, 2), _maps(scene, sic, classes)) == expected


def test_what_is_kept_is_known_as_long_as_nothing_changes(predictions, make_scene):
    one, other = predictions
    scene = one.scene
    assert known_disagreement([scene], one.sha256, other.sha256) == {}
    keep_disagreement(one, other)
    known = known_disagreement([scene], one.sha256, other.sha256)
    assert known == {scene: disagreement(one, other)}
    assert any(known[scene].values())
    assert known_disagreement([scene], other.sha256, one.sha256) == {}
    changed = Scene.open(make_scene(seed=5))
    assert changed.path == scene.path
    assert known_disagreement([changed], one.sha256, other.sha256) == {}
    scene.path.unlink()
    assert known_disagreement([scene], one.sha256, other.sha256) == {}


@pytest.mark.parametrize("entry", [b"", b"{}", b"[1]", b'{"SIC": "much"}', b"\xff"])
def test_a_damaged_entry_is_not_known(predictions, entry):
    one, other = predictions
    key = kept_agreement._key(one.scene, one.sha256, other.sha256)
    Store().put(kept_agreement._KIND, key, entry)
    assert known_disagreement([one.scene], one.sha256, other.sha256) == {}
