"""Scores of baselines that are kept between sessions."""

import json
import os
from pathlib import Path

import pytest

from seaice.baselines.beside import Yardstick
from seaice.baselines.kept import ScoredScene, kept_scores, score_and_keep
from seaice.baselines.truth import all_water
from seaice.core.cache import Store
from seaice.results.evaluation import score_prediction
from seaice.scenes.scene import Scene

WATER = Yardstick("all water", all_water, "w")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "kept")


@pytest.fixture
def kept(make_scene, store: Store) -> tuple[Scene, ScoredScene]:
    """A scene that has been scored."""
    scene = Scene.open(make_scene())
    place = ScoredScene("w", scene.path.parent, scene.id)
    score_and_keep(WATER, scene, place, store)
    return scene, place


def test_kept_sums_are_those_of_the_scene(kept, store: Store):
    scene, place = kept
    sums = score_prediction(all_water(scene))
    others = ScoredScene("other", place.folder, place.scene), ScoredScene("w", Path("x"), "y")
    found = kept_scores([place, *others], store)
    assert list(found) == [place]
    # All numbers, not the scores alone.
    assert found[place].to_dict() == sums.to_dict()
    assert found[place].sic_squared_error == sums.sic_squared_error


@pytest.mark.parametrize("change", ["time", "size", "gone"])
def test_a_changed_scene_is_not_known(kept, store: Store, change: str):
    scene, place = kept
    status = scene.path.stat()
    if change == "gone":
        scene.path.unlink()
    elif change == "size":
        with open(scene.path, "ab") as file:
            file.write(b"0")
        os.utime(scene.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    else:
        os.utime(scene.path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert kept_scores([place], store) == {}


@pytest.mark.parametrize(
    "damage",
    [
        lambda values: [],
        lambda values: values | {"files": []},
        lambda values: values | {"files": [[]]},
        lambda values: values | {"errors": [1, 2]},
        lambda values: values | {"confusion": {}},
        lambda values: values | {"confusion": {**values["confusion"], "SOD": [[1, 2], [3, 4]]}},
        lambda values: values | {"confusion": {**values["confusion"], "SOD": [[-1] * 6] * 6}},
    ],
)
def test_a_damaged_entry_is_not_known(kept, store: Store, damage):
    _, place = kept
    values = json.loads(store.get("baseline-scores-1", place.key))
    store.put("baseline-scores-1", place.key, json.dumps(damage(values)).encode())
    assert kept_scores([place], store) == {}
