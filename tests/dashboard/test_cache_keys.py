"""What the dashboard caches, and by which keys."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.runtime.caching import hashing
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import POSITIONS, SAR
from seaice.core.errors import SceneError
from seaice.dashboard import cached
from seaice.dashboard.scene_view import SceneView
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene
from seaice.scenes.undecoded import OpenFile


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    """Begin with empty caches."""
    st.cache_resource.clear()


@pytest.fixture
def radar_reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each variable of the full grid is read."""
    reads: Counter[str] = Counter()
    pixels = OpenFile.pixels

    def counted(self: OpenFile, name: str, part: tuple[slice, slice]) -> np.ndarray:
        reads[name] += 1
        return pixels(self, name, part)

    monkeypatch.setattr(OpenFile, "pixels", counted)
    return reads


def test_radar_is_read_once_for_all_channels_of_a_view(make_scene, radar_reads):
    scene = Scene.open(make_scene())
    names = [name for name in scene.channels if name not in POSITIONS]
    view = SceneView(scene)
    for name in names:
        view.channel(name)
    assert view.valid.any()
    assert view.land.shape == view.shape
    SceneView(scene).channels(names)
    assert radar_reads == {**dict.fromkeys(SAR, 1), "distance_map": 1}
    # A region is another view.
    assert SceneView(scene, Region((0, 20), (8, 30))).valid.shape == (50, 55)
    assert radar_reads[SAR[0]] == 2


def test_compare_reads_radar_once_for_the_maps_and_thrice_for_each_network(
    dashboard: AppTest, radar_reads
):
    """A network needs it for prediction, heatmap and scores, a baseline for the first and last.

    A file is looked at once, in three small windows, for whether its values are plausible.
    """
    dashboard.run()
    assert {radar_reads[name] for name in SAR} == {1 + 3 * 2 + 2 + 3}
    dashboard.run()
    assert {radar_reads[name] for name in SAR} == {1 + 3 * 2 + 2 + 3}


def test_no_array_is_ever_hashed(dashboard: AppTest, monkeypatch):
    hashed = []
    to_bytes = hashing._CacheFuncHasher._to_bytes
    monkeypatch.setattr(
        hashing._CacheFuncHasher,
        "_to_bytes",
        lambda self, thing: hashed.append(type(thing).__name__) or to_bytes(self, thing),
    )
    app = dashboard.run()
    app.switch_page("pages/scenes.py").run()
    assert not app.exception
    # Keys are counted at all, and objects with arrays are among what is hashed.
    assert {"SceneView", "NetworkResult", "Prediction"} <= set(hashed)
    assert "ndarray" not in hashed


def test_a_scene_whose_file_is_gone_says_so_in_an_error_that_pages_show(make_scene):
    scene = Scene.open(make_scene())
    scene.path.unlink()
    with pytest.raises(SceneError):
        SceneView(scene).channel(SAR[0])


def test_checkpoints_are_listed_again_when_a_file_changes(make_checkpoint, tmp_path: Path):
    path = make_checkpoint((1, 2), folder=tmp_path)
    first = cached.checkpoints(tmp_path)
    assert cached.checkpoints(tmp_path) is first
    make_checkpoint((3, 6), folder=tmp_path)
    assert [file.info.rates for file in cached.checkpoints(tmp_path)[0]] == [(1, 2), (3, 6)]
    path.unlink()
    assert [file.info.rates for file in cached.checkpoints(tmp_path)[0]] == [(3, 6)]
