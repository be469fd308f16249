from dataclasses import replace

import numpy as np
import pytest

from seaice.ai4arctic.channels import HH
from seaice.network.checkpoint import load_checkpoint, save_checkpoint
from seaice.network.training_range import UNKNOWN_RANGE, ChannelStatistics
from seaice.results import inference
from seaice.results.inference import Prediction, predict
from seaice.scenes.scene import Scene


@pytest.fixture
def absent(make_scene, make_checkpoint) -> str:
    """A class of SOD, by number, that the network gives no pixel of the scene."""
    prediction = predict(Scene.open(make_scene(64, 64)), load_checkpoint(make_checkpoint()))
    present = np.unique(prediction.classes("SOD")[prediction.valid])
    return str(next(index for index in range(6) if index not in present))


@pytest.mark.parametrize("suffix", ["nc", "tif"])
def test_nothing_to_explain_is_said_and_no_empty_map_is_written(
    seaice, make_scene, make_checkpoint, tmp_path, absent, suffix
):
    out = tmp_path / "maps" / f"heat.{suffix}"
    arguments = "explain", make_checkpoint(), make_scene(64, 64), "--out", out
    status, _, lines = seaice(*arguments, "--chart", "SOD", "--class", absent)
    assert (status, lines[-1].startswith("The network predicts no ")) == (2, True)
    # The left eighth of the scene is masked.
    window = "--window", 0, 32, 0, 4
    status, _, lines = seaice(*arguments, "--chart", "SIC", "--class", "more", *window)
    words = "There is no valid pixel here. So there is no map of it to write."
    assert (status, lines[-1]) == (2, words)
    assert not out.exists()


def test_a_map_of_another_kind_of_file_is_refused(seaice, make_scene, make_checkpoint, tmp_path):
    arguments = (
        "explain",
        make_checkpoint(),
        make_scene(64, 64),
        "--chart",
        "SIC",
        "--class",
        "more",
    )
    status, _, (line,) = seaice(*arguments, "--out", tmp_path / "heat.png")
    assert (status, "ends in neither .nc nor .tif" in line) == (2, True)


def test_a_region_is_explained_without_a_prediction_of_the_scene(
    seaice, make_scene, make_checkpoint, tmp_path, monkeypatch
):
    path = make_checkpoint()
    arguments = "explain", path, make_scene(64, 64), "--chart", "SIC", "--class", "more"
    arguments = *arguments, "--out", tmp_path / "heat.nc"
    # Without statistics there is nothing to compare it with, region or not.
    for more in ((), ("--window", 0, 32, 20, 60)):
        status, _, lines = seaice(*arguments, *more)
        assert (status, lines.count(UNKNOWN_RANGE)) == (0, 1)
    loaded = load_checkpoint(path)
    known = replace(loaded.info, statistics={HH: ChannelStatistics(0, -1, 1)})
    save_checkpoint(path, loaded.network, known)
    predicted: list[Scene] = []

    def noted(scene: Scene, *others: object) -> Prediction:
        predicted.append(scene)
        return predict(scene, *others)

    monkeypatch.setattr(inference, "predict", noted)
    status, _, lines = seaice(*arguments, "--window", 0, 32, 20, 60)
    assert (status, predicted) == (0, [])
    assert any(line.startswith("With --window, the scene is not compared") for line in lines)
    status, _, lines = seaice(*arguments)
    assert (status, len(predicted)) == (0, 1)
    assert not any("--window" in line or line == UNKNOWN_RANGE for line in lines)
