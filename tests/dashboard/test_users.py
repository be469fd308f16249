"""Many users at once: each sees the maps of their own scene and rates."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st

from seaice.dashboard import cached
from seaice.dashboard.compare.display import DisplaySettings
from seaice.dashboard.compare.results import NetworkResult
from seaice.dashboard.compare.rows import map_rows
from seaice.dashboard.scene_view import SceneView
from seaice.explain.gradcam import CamConfig
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.checkpoint_info import read_info
from seaice.scenes.scene import Scene

THREADS = 20


def images(scene_path: Path, checkpoint_path: Path) -> list[str]:
    """What one visit draws, from the file on."""
    scene = Scene.open(scene_path)
    file = CheckpointFile(checkpoint_path, read_info(checkpoint_path))
    prediction = cached.prediction(scene, file)
    heatmap = cached.heatmap(scene, file, CamConfig("SIC", 0))
    result = NetworkResult(("1-2",), prediction, file, heatmap)
    settings = DisplaySettings("SIC", ("Maps", "Errors", "Evidence"))
    score = cached.scores(prediction).scores().SIC_continuous.value
    rows = map_rows(SceneView(scene), settings, [result])
    return [*(each.image for row in rows for each in row.maps), f"{score:.6f}"]


@pytest.mark.usefixtures("in_float32")
def test_twenty_threads_draw_what_one_draws(make_scene, make_checkpoint, tmp_path: Path):
    scenes = [
        make_scene(name=f"2021010{i}T000000_dmi_prep.nc", seed=i, folder=tmp_path / "data")
        for i in range(1, 5)
    ]
    checkpoints = [make_checkpoint(rates, seed=9) for rates in ((1, 2), (3, 6))]
    visits = [(scene, checkpoint) for scene in scenes for checkpoint in checkpoints]
    st.cache_resource.clear()
    expected = {visit: images(*visit) for visit in visits}
    assert len({tuple(drawn) for drawn in expected.values()}) == len(visits)
    st.cache_resource.clear()
    asked = visits * (THREADS * 2 // len(visits))
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda visit: images(*visit), asked))
    for visit, drawn in zip(asked, found, strict=True):
        assert drawn == expected[visit]
