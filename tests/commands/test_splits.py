"""Lists of scenes on the command line: what trains, what validates, what is scored."""

import json
from pathlib import Path

import pytest

from seaice.network.checkpoint_info import read_info
from seaice.simulate import simulate_folder

SEVENTH = (
    "S1A_EW_GRDM_1SDH_20180327T000000_20180327T000100_021205_024755_0A1B"
    "_icechart_dmi_201803270000_SouthEast_RIC.nc"
)


@pytest.fixture
def folder(make_scene, tmp_path: Path) -> Path:
    """Four scenes, 21 to 24 March 2018."""
    for day in range(1, 5):
        make_scene(folder=tmp_path / "scenes", name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
    return tmp_path / "scenes"


def write_list(path: Path, *entries: object) -> Path:
    path.write_text(json.dumps([f"2018032{e}T000000_dmi" if e in range(9) else e for e in entries]))
    return path


def test_a_run_trains_and_validates_with_the_listed_scenes(seaice, folder, tmp_path):
    lists = (
        *("--train-list", write_list(tmp_path / "train.json", 4, 1, 2)),
        *("--validation-list", write_list(tmp_path / "validation.json", 3, 1)),
    )
    small = "--steps", 1, "--batch", 1, "--patch", 64, "--norm-patches", 2, "--workers", 0
    small = *small, "--precision", "float32"
    drawn = "--sampling", "balanced", "--no-augment", "--validation-share", 0.5
    folders = "--data", folder, "--models", tmp_path / "m", "--json"
    status, answer, lines = seaice(
        *("train", "--rates", "1-2", "--channels", "sar"), *lists, *small, *drawn, *folders
    )
    assert status == 0, lines
    info = read_info(Path(json.loads(answer)["checkpoint"]))
    assert info.training["scene_ids"] == ["20180322T000000_dmi", "20180324T000000_dmi"]
    assert info.scores["scenes"] == ["20180323T000000_dmi", "20180321T000000_dmi"]
    assert info.training["train_list"] == str(tmp_path / "train.json")
    assert (info.training["sampling"], info.training["augment"]) == ("balanced", False)
    assert info.training["validation_share"] == 0.5


def test_bad_lists_and_settings_of_a_run_are_one_line(seaice, folder, tmp_path):
    command = "train", "--rates", 1, "--channels", "sar", "--data", folder, "--patch", 64
    models = "--models", tmp_path / "m"
    for setting, value, words in (
        ("--train-list", tmp_path / "gone.json", "gone.json cannot be read"),
        ("--train-list", write_list(tmp_path / "e.json"), "e.json is an empty list"),
        ("--validation-list", write_list(tmp_path / "n.json", 7), "None of the 1 scenes"),
        ("--validation-share", 0.95, "validation_share must be between 0 and 0.9"),
        ("--sampling", "random", "sampling must be one of uniform, balanced"),
    ):
        status, answer, lines = seaice(*command, *models, setting, value)
        assert (status, answer, len(lines)) == (2, "", 1), lines
        assert words in lines[0]


def test_the_listed_scenes_are_scored_in_the_lists_order(seaice, folder, make_checkpoint, tmp_path):
    checkpoint = make_checkpoint()
    listed = write_list(tmp_path / "list.json", 3, SEVENTH, 1, 3)
    status, answer, lines = seaice(
        "evaluate", checkpoint, "--data", folder, "--list", listed, "--json"
    )
    assert status == 0
    facts = json.loads(answer)
    assert list(facts["scenes"]) == ["20180323T000000_dmi", "20180321T000000_dmi"]
    assert facts["missing"] == ["20180327T000000_dmi"]
    missing, *others = lines
    assert missing == "1 of the 3 listed scenes is missing: 20180327T000000_dmi."
    scored = [line.split()[:3] for line in others if line.startswith("scored ")]
    assert scored == [
        ["scored", "1/2", "20180323T000000_dmi"],
        ["scored", "2/2", "20180321T000000_dmi"],
    ]
    pixels = [each["SOD"]["pixels"] for each in facts["scenes"].values()]
    assert facts["pooled"]["SOD"]["pixels"] == sum(pixels)
    status, answer, _ = seaice("evaluate", checkpoint, "--data", folder, "--json")
    assert (len(json.loads(answer)["scenes"]), json.loads(answer)["missing"]) == (4, [])
    status, answer, lines = seaice("evaluate", checkpoint, "--data", folder, "--list", folder)
    assert (status, answer, len(lines)) == (2, "", 1)
    assert "cannot be read as a list of scenes" in lines[0]


def test_a_raw_scene_is_scored_like_what_it_is_made_into(seaice, make_checkpoint, tmp_path):
    both = tmp_path / "both"
    simulate_folder(both, 1, 3, spacing_m=1000, lines=40, samples=48, raw=True)
    (raw,) = (each for each in both.iterdir() if "_icechart_" in each.name)
    alone = tmp_path / "raw" / raw.name
    alone.parent.mkdir()
    raw.rename(alone)
    (tmp_path / "raw" / SEVENTH).write_bytes(alone.read_bytes()[:5000])
    status, _, _ = seaice("convert", alone, tmp_path / "converted")
    assert status == 0
    listed = write_list(tmp_path / "list.json", raw.name)
    checkpoint = make_checkpoint(spacing_m=1000)
    answers = [
        seaice("evaluate", checkpoint, "--data", tmp_path / each, "--list", listed, "--json")
        for each in ("raw", "converted")
    ]
    assert [status for status, _, _ in answers] == [0, 0]
    ours, theirs = (json.loads(answer) for _, answer, _ in answers)
    assert len(ours["scenes"]) == 1
    assert ours["scenes"] == theirs["scenes"]
    assert len(ours["left_out"]) == 1
    assert sorted(each.name for each in alone.parent.iterdir()) == sorted([raw.name, SEVENTH])
