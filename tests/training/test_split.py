import json
import logging
from pathlib import Path

import netCDF4
import pytest

from seaice.ai4arctic.names import prep_name_of
from seaice.core.errors import ConfigError, MissingChannelsError, NoScenesError
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder
from seaice.training.split import split_scenes, warn_of_implausible


def test_the_split_is_seeded_and_disjoint(folder: Path, config):
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


def test_listed_scenes_validate_and_never_train(folder: Path, tmp_path: Path, caplog, config):
    caplog.set_level(logging.INFO)
    both = {
        "train_list": write_list(tmp_path / "train.json", 4, 1, 2),
        "validation_list": write_list(tmp_path / "validation.json", 3, 2),
    }
    training, validation = split_scenes(config(folder, **both))
    # Training in the folder's order, whatever the list's.
    assert ids(training) == ["20180321T000000_dmi", "20180324T000000_dmi"]
    assert ids(validation) == ["20180323T000000_dmi", "20180322T000000_dmi"]
    assert "1 of 3 scenes is used for validation, not for training" in caplog.text
    assert "only 2 validation scenes" in caplog.text


def test_scenes_in_a_folder_for_tests_never_train(folder: Path, tmp_path: Path, caplog, config):
    caplog.set_level(logging.INFO)
    parts = {"train": (1, 2), "Test": (3,), "val": (4,)}
    for part, days in parts.items():
        (folder / part).mkdir()
        for day in days:
            name = f"2018032{day}T000000_dmi_prep.nc"
            (folder / name).rename(folder / part / name)
    training, validation = split_scenes(config(folder))
    assert ids(training) == ["20180321T000000_dmi", "20180322T000000_dmi"]
    assert ids(validation) == ["20180324T000000_dmi"]
    assert "2 scenes in folders for validation or test are not trained on" in caplog.text
    # A list may name them, and then a fraction validates.
    listed = write_list(tmp_path / "train.json", 1, 3)
    training, validation = split_scenes(config(folder, train_list=listed, validation_share=0.5))
    assert sorted(ids(training) + ids(validation)) == ["20180321T000000_dmi", "20180323T000000_dmi"]
    # The folder itself is what you name.
    assert ids(split_scenes(config(folder / "Test"))[0]) == ["20180323T000000_dmi"]
    for path in (folder / "train").iterdir():
        path.unlink()
    with pytest.raises(NoScenesError, match="are in folders for validation or test"):
        split_scenes(config(folder))


def test_a_table_of_an_archive_splits_it(folder: Path, tmp_path: Path, config):
    table = tmp_path / "metadata.csv"
    rows = zip(range(1, 5), ("train", "train", "val", "test"), strict=True)
    lines = [f"2018,{part},x/2018032{day}T000000_dmi_prep.nc" for day, part in rows]
    table.write_text("\n".join(["date,split,input_path", *lines]))
    listed = {"train_list": str(table), "validation_list": str(table)}
    training, validation = split_scenes(config(folder, **listed))
    assert ids(training) == ["20180321T000000_dmi", "20180322T000000_dmi"]
    assert ids(validation) == ["20180323T000000_dmi"]


def test_a_share_is_held_back_of_the_listed_scenes(folder: Path, tmp_path: Path, config):
    listed = write_list(tmp_path / "train.json", 4, 1, 2)
    training, validation = split_scenes(
        config(folder, train_list=listed, validation_share=0.5, seed=1)
    )
    assert len(validation) == 2
    assert sorted(ids(training) + ids(validation)) == [
        f"2018032{day}T000000_dmi" for day in (1, 2, 4)
    ]


def test_a_validation_list_is_of_the_validation_folder(
    folder: Path, make_scene, tmp_path: Path, caplog, config
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
    assert "1 of the 2 listed scenes is missing: 20180322T000000_dmi" in caplog.text


def test_a_scene_of_both_folders_does_not_train(folder: Path, make_scene, tmp_path: Path, config):
    make_scene(folder=tmp_path / "other", name="20180322T000000_dmi_prep.nc")
    training, validation = split_scenes(config(folder, validation=str(tmp_path / "other")))
    assert ids(training) == [f"2018032{day}T000000_dmi" for day in (1, 3, 4)]
    assert len(validation) == 1
    with pytest.raises(NoScenesError, match=r"All training scenes in .* are also validation"):
        split_scenes(config(folder, validation=str(folder)))


def test_lists_that_are_none_are_refused(folder: Path, tmp_path: Path, config):
    with pytest.raises(ConfigError, match=r"gone\.json cannot be read"):
        split_scenes(config(folder, train_list="gone.json"))
    with pytest.raises(NoScenesError, match="None of the 1 scenes"):
        split_scenes(config(folder, validation_list=write_list(tmp_path / "v.json", 9)))


def test_a_validation_scene_without_a_chart_is_left_out(
    folder: Path, make_scene, tmp_path: Path, caplog, config
):
    bare = {"folder": folder, "without": ("SIC", "SOD", "FLOE")}
    make_scene(name="20180325T000000_dmi_prep.nc", **bare)
    listed = write_list(tmp_path / "v.json", 1, 2, 5)
    assert len(split_scenes(config(folder, validation_list=listed))[1]) == 2
    assert "skipped 20180325T000000_dmi: no ice chart to validate with" in caplog.text
    with pytest.raises(NoScenesError, match="has an ice chart to validate with"):
        split_scenes(config(folder, validation_list=write_list(tmp_path / "v.json", 5)))


def test_raw_scenes_are_left_out_with_what_makes_them_ready(
    folder: Path, tmp_path: Path, caplog, config
):
    raw = tmp_path / "raw"
    simulate_folder(raw, 1, 3, spacing_m=1000, lines=40, samples=48, raw=True)
    for prepared in raw.glob("*_prep.nc"):
        prepared.unlink()
    with pytest.raises(NoScenesError, match=r"are raw\. .*`seaice prepare .*raw OUT`"):
        split_scenes(config(raw))
    (path,) = raw.iterdir()
    path.rename(folder / path.name)
    training, validation = split_scenes(config(folder))
    assert len(training) + len(validation) == 4
    (line,) = (each for each in caplog.messages if "raw scenes" in each)
    assert prep_name_of(path.name).removesuffix("_prep.nc") in line
    assert f"`seaice prepare {folder} OUT`" in line


@pytest.mark.parametrize(
    ("share", "words"), [(0.5, "only 2 validation scenes"), (0, "no validation scenes"), (0.75, "")]
)
def test_few_validation_scenes_are_said(folder: Path, caplog, share: float, words: str, config):
    split_scenes(config(folder, validation_share=share))
    warnings = [each for each in caplog.messages if "validation scenes" in each]
    assert len(warnings) == bool(words)
    assert all(words in each for each in warnings)


def test_a_validation_folder_is_taken_whole(folder: Path, make_scene, tmp_path: Path, config):
    make_scene(folder=tmp_path / "other")
    training, validation = split_scenes(config(folder, validation=str(tmp_path / "other")))
    assert (len(training), len(validation)) == (4, 1)


def test_scenes_that_cannot_be_used_are_left_out_and_named(
    folder: Path, make_scene, caplog, config
):
    make_scene(folder=folder, name="20200101T000000_dmi_prep.nc", without=("t2m",))
    (folder / "bad.nc").write_text("bad")
    training, validation = split_scenes(config(folder, channel_set="all"))
    assert len(training) + len(validation) == 4
    assert "skipped 20200101T000000_dmi: channels of all are missing" in caplog.text
    assert "bad.nc is not a NetCDF file" in caplog.text


def test_a_scene_is_left_to_train_with(make_scene, tmp_path: Path, config):
    for day in (1, 2):
        make_scene(folder=tmp_path / "two", name=f"2018032{day}T000000_dmi_prep.nc")
    training, validation = split_scenes(config(tmp_path / "two", validation_share=0.9))
    assert (len(training), len(validation)) == (1, 1)


def test_folders_that_cannot_feed_a_run_are_refused(make_scene, tmp_path: Path, config):
    make_scene(folder=tmp_path / "sets", without=("t2m",))
    with pytest.raises(MissingChannelsError, match="t2m"):
        split_scenes(config(tmp_path / "sets", channel_set="all"))
    make_scene(folder=tmp_path / "bare", without=("SIC", "SOD", "FLOE"))
    with pytest.raises(NoScenesError, match="has an ice chart to train on"):
        split_scenes(config(tmp_path / "bare"))
    with pytest.raises(NoScenesError, match="cannot be opened as a folder"):
        split_scenes(config(tmp_path / "gone"))


def test_what_is_implausible_is_said_of_the_first_scenes(folder: Path, caplog, config):
    for path in sorted(folder.glob("*.nc"))[:3]:
        with netCDF4.Dataset(path, "a") as file:
            file["nersc_sar_primary"][:] += 50
    training, validation = split_scenes(config(folder, validation_share=0.5))
    caplog.clear()
    warn_of_implausible([*training, *validation])
    assert len(caplog.messages) == 3
    assert all("nersc_sar_primary (median" in message for message in caplog.messages)
    caplog.clear()
    warn_of_implausible([*training, *validation] * 2)
    assert len(caplog.messages) == 6
    assert caplog.messages[-1] == "1 more scenes have notices. `seaice info` shows them."
