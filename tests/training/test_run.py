import json
import logging
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from seaice.cache import Store
from seaice.catalogue import read_catalogue
from seaice.checkpoint import load_checkpoint, read_info
from seaice.convert.names import ready_name
from seaice.data.patches import PatchDataset
from seaice.data.scene import Scene
from seaice.errors import CheckpointError, ConfigError, MissingChannelsError, NoScenesError
from seaice.evaluation import pooled, score
from seaice.simulate import simulate_folder
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


def test_the_patches_are_drawn_as_the_settings_say(folder: Path, tmp_path: Path, monkeypatch):
    made = []

    class Watched(PatchDataset):
        def __init__(self, *arguments: object, **settings: object) -> None:
            made.append(settings)
            super().__init__(*arguments, **settings)

    monkeypatch.setattr("seaice.training.run.PatchDataset", Watched)
    train(config(folder, steps=1, sampling="balanced", augment=False), tmp_path / "m")
    (settings,) = made
    assert (settings["sampling"], settings["augment"]) == ("balanced", False)
    # What labels there are is found once for all runs.
    assert isinstance(settings["store"], Store)


def test_a_checkpoint_never_goes_over_another(folder: Path, tmp_path: Path):
    names = [train(config(folder, steps=1), tmp_path / "m", "mine").path.name for _ in range(2)]
    assert names == ["mine.safetensors", "mine-2.safetensors"]


def test_the_split_is_seeded_and_disjoint(folder: Path):
    training, validation = split_scenes(config(folder, validation_share=0.5))
    assert len(training) == len(validation) == 2
    assert not {scene.id for scene in training} & {scene.id for scene in validation}
    assert (training, validation) == split_scenes(config(folder, validation_share=0.5))


def ids(scenes: list[Scene]) -> list[str]:
    return [scene.id for scene in scenes]


def write_list(path: Path, *days: int) -> str:
    """A list of scenes of `folder` by day."""
    path.write_text(json.dumps([f"2018032{day}T000000_dmi_prep.nc" for day in days]))
    return str(path)


def test_listed_scenes_validate_and_never_train(folder: Path, tmp_path: Path, caplog):
    caplog.set_level(logging.INFO)
    both = {
        "train_list": write_list(tmp_path / "train.json", 4, 1, 2),
        "validation_list": write_list(tmp_path / "validation.json", 3, 2),
    }
    training, validation = split_scenes(config(folder, **both))
    # Training in the folder's order, whatever the list's.
    assert ids(training) == ["20180321T000000_dmi", "20180324T000000_dmi"]
    assert ids(validation) == ["20180323T000000_dmi", "20180322T000000_dmi"]
    assert "taken out of the training scenes, as they validate: 1 of 3" in caplog.text
    assert "only 2 scenes validate" in caplog.text


def test_a_share_is_held_back_of_the_listed_scenes(folder: Path, tmp_path: Path):
    listed = write_list(tmp_path / "train.json", 4, 1, 2)
    training, validation = split_scenes(
        config(folder, train_list=listed, validation_share=0.5, seed=1)
    )
    assert len(validation) == 2
    assert sorted(ids(training) + ids(validation)) == [
        f"2018032{day}T000000_dmi" for day in (1, 2, 4)
    ]


def test_a_validation_list_is_of_the_validation_folder(
    folder: Path, make_scene, tmp_path: Path, caplog
):
    other = tmp_path / "other"
    for day in (3, 7):
        make_scene(folder=other, name=f"2018032{day}T000000_dmi_prep.nc")
    listed = write_list(tmp_path / "validation.json", 7, 2)
    training, validation = split_scenes(
        config(folder, validation=str(other), validation_list=listed)
    )
    assert [scene.path.parent for scene in validation] == [other]
    # The missing one is meant to validate: it does not train either. The third, in both
    # folders, is not listed.
    assert ids(training) == [f"2018032{day}T000000_dmi" for day in (1, 3, 4)]
    assert "1 of the 2 listed scenes is not there: 20180322T000000_dmi" in caplog.text


def test_a_scene_of_both_folders_does_not_train(folder: Path, make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "other", name="20180322T000000_dmi_prep.nc")
    training, validation = split_scenes(config(folder, validation=str(tmp_path / "other")))
    assert ids(training) == [f"2018032{day}T000000_dmi" for day in (1, 3, 4)]
    assert len(validation) == 1
    with pytest.raises(NoScenesError, match="none is left"):
        split_scenes(config(folder, validation=str(folder)))


def test_lists_that_are_none_are_refused(folder: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match=r"gone\.json cannot be read"):
        split_scenes(config(folder, train_list="gone.json"))
    with pytest.raises(NoScenesError, match="Not one of the 1 scenes"):
        split_scenes(config(folder, validation_list=write_list(tmp_path / "v.json", 9)))


def test_a_validation_scene_without_a_chart_is_left_out(
    folder: Path, make_scene, tmp_path: Path, caplog
):
    bare = {"folder": folder, "without": ("SIC", "SOD", "FLOE")}
    make_scene(name="20180325T000000_dmi_prep.nc", **bare)
    listed = write_list(tmp_path / "v.json", 1, 2, 5)
    assert len(split_scenes(config(folder, validation_list=listed))[1]) == 2
    assert "no chart to be scored with: 20180325T000000_dmi" in caplog.text
    with pytest.raises(NoScenesError, match="chart to be scored with"):
        split_scenes(config(folder, validation_list=write_list(tmp_path / "v.json", 5)))


def test_raw_scenes_are_left_out_with_what_makes_them_ready(folder: Path, tmp_path: Path, caplog):
    raw = tmp_path / "raw"
    simulate_folder(raw, 1, 3, spacing_m=1000, lines=40, samples=48, raw=True)
    for prepared in raw.glob("*_prep.nc"):
        prepared.unlink()
    with pytest.raises(NoScenesError, match=r"is raw\. .*`seaice prepare .*raw OUT`"):
        split_scenes(config(raw))
    (path,) = raw.iterdir()
    path.rename(folder / path.name)
    training, validation = split_scenes(config(folder))
    assert len(training) + len(validation) == 4
    (line,) = (each for each in caplog.messages if "raw scenes" in each)
    assert ready_name(path.name).removesuffix("_prep.nc") in line
    assert f"`seaice prepare {folder} OUT`" in line


@pytest.mark.parametrize(
    ("share", "words"), [(0.5, "only 2 scenes validate"), (0, "no scene validates"), (0.75, "")]
)
def test_few_validation_scenes_are_said(folder: Path, caplog, share: float, words: str):
    split_scenes(config(folder, validation_share=share))
    said = [each for each in caplog.messages if "scenes validate" in each or "no scene" in each]
    assert len(said) == bool(words)
    assert all(words in each for each in said)


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
