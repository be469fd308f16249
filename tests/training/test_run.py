import math
from pathlib import Path

import numpy as np
import pytest
import torch

from seaice.checkpoint import load_checkpoint, read_info
from seaice.data.catalogue import read_catalogue
from seaice.errors import CheckpointError, MissingChannelsError, NoScenesError
from seaice.evaluation import pooled, score
from seaice.training.config import TrainingConfig
from seaice.training.run import split_scenes, train


@pytest.fixture
def folder(make_scene, tmp_path: Path) -> Path:
    """Four scenes whose charts follow from HH, so that there is something to learn."""

    def learnable(arrays):
        ice = np.zeros((96, 128), bool)
        ice[:48] = True
        arrays["nersc_sar_primary"][:, 16:] = ice[:, 16:] * 2.0 - 1
        for name, index in (("SIC", 10), ("SOD", 4), ("FLOE", 3)):
            labelled = arrays[name] != 255
            arrays[name][labelled] = (ice * index)[labelled]

    for day in range(1, 5):
        make_scene(
            folder=tmp_path / "scenes",
            name=f"2018032{day}T000000_dmi_prep.nc",
            seed=day,
            change=learnable,
        )
    return tmp_path / "scenes"


def config(folder: Path, **changes) -> TrainingConfig:
    settings = {
        "data": str(folder),
        "rates": (1, 2),
        "channel_set": "sar",
        "patch": 64,
        "batch": 2,
        "steps": 3,
        "workers": 0,
        "precision": "float32",
    }
    return TrainingConfig(**{**settings, **changes})


def test_a_run_makes_a_checkpoint_with_the_scores_of_its_file(folder: Path, tmp_path: Path):
    told = []
    result = train(config(folder), tmp_path / "models", on_progress=told.append)
    info = read_info(result.path)
    assert result.path.name == "sar_1-2_seed0.safetensors"
    assert info.training["steps"] == 3
    assert len(info.training["scene_ids"]) == 3
    assert info.scores["simulated"] is False
    (held_back,) = info.scores["scenes"]
    assert held_back not in info.training["scene_ids"]
    scene = read_catalogue(folder)[held_back]
    again = pooled([score(load_checkpoint(result.path), scene)]).scores()
    assert info.scores["SOD"]["value"] == pytest.approx(again.SOD.value)
    assert [progress.step for progress in told] == [1, 2, 3]
    assert math.isfinite(told[-1].loss)


def test_training_learns(folder: Path, tmp_path: Path):
    result = train(config(folder, steps=60, learning_rate=1e-2), tmp_path / "models")
    assert result.scores.SOD.value > 80


def test_the_same_seed_gives_the_same_weights(folder: Path, tmp_path: Path):
    first, second, other = (
        train(config(folder, seed=seed), tmp_path / str(number)).path
        for number, seed in enumerate((5, 5, 6))
    )
    states = [load_checkpoint(path).network.state_dict() for path in (first, second, other)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_a_checkpoint_never_goes_over_another(folder: Path, tmp_path: Path):
    names = [train(config(folder, steps=1), tmp_path / "m", "mine").path.name for _ in range(2)]
    assert names == ["mine.safetensors", "mine-2.safetensors"]


def test_the_split_is_seeded_and_disjoint(folder: Path):
    training, validation = split_scenes(config(folder, validation_share=0.5))
    assert len(training) == len(validation) == 2
    assert not {scene.id for scene in training} & {scene.id for scene in validation}
    assert (training, validation) == split_scenes(config(folder, validation_share=0.5))


def test_a_validation_folder_is_taken_whole(folder: Path, make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "other")
    training, validation = split_scenes(config(folder, validation=str(tmp_path / "other")))
    assert (len(training), len(validation)) == (4, 1)


def test_one_scene_alone_is_trained_on_and_not_scored(make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "one")
    result = train(config(tmp_path / "one", steps=1), tmp_path / "models")
    assert result.scores is None
    assert read_info(result.path).scores == {}


def test_scenes_that_cannot_be_used_are_left_out_and_named(folder: Path, make_scene, caplog):
    make_scene(folder=folder, name="20200101T000000_dmi_prep.nc", without=("t2m",))
    (folder / "bad.nc").write_text("bad")
    training, validation = split_scenes(config(folder, channel_set="all"))
    assert len(training) + len(validation) == 4
    assert "20200101T000000_dmi" in caplog.text
    assert "bad.nc is not a NetCDF file" in caplog.text


def test_a_scene_is_left_to_train_with(make_scene, tmp_path: Path):
    for day in (1, 2):
        make_scene(folder=tmp_path / "two", name=f"2018032{day}T000000_dmi_prep.nc")
    training, validation = split_scenes(config(tmp_path / "two", validation_share=0.9))
    assert (len(training), len(validation)) == (1, 1)


def test_weights_that_are_not_finite_are_not_stored(folder: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(
        "seaice.training.module.total_loss",
        lambda outputs, *_: (outputs["SIC"].mean() * float("nan"), {}),
    )
    with pytest.raises(CheckpointError, match="not finite"):
        train(config(folder), tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_folders_that_cannot_feed_a_run_are_refused(make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "sets", without=("t2m",))
    with pytest.raises(MissingChannelsError, match="t2m"):
        split_scenes(config(tmp_path / "sets", channel_set="all"))
    make_scene(folder=tmp_path / "bare", without=("SIC", "SOD", "FLOE"))
    with pytest.raises(NoScenesError, match="chart to learn from"):
        split_scenes(config(tmp_path / "bare"))
    with pytest.raises(NoScenesError, match="cannot be opened as a folder"):
        split_scenes(config(tmp_path / "gone"))
