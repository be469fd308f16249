"""`seaice evaluate` of one checkpoint and of several, as a user runs it."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seaice.ai4arctic.channels import HH
from seaice.ai4arctic.charts import FILL
from seaice.network.checkpoint import load_checkpoint, save_checkpoint
from seaice.network.training_range import UNKNOWN_RANGE, ChannelStatistics

BOTH = ["all water", "per-pixel linear model"]


@pytest.fixture
def data(make_scene, tmp_path: Path) -> tuple[object, ...]:
    for day in (1, 2):
        make_scene(folder=tmp_path / "data", name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
    return "--data", tmp_path / "data", "--models", tmp_path / "models"


def test_several_checkpoints_stand_in_one_table(seaice, data, make_checkpoint, tmp_path: Path):
    paths = [make_checkpoint((1,)), make_checkpoint((2, 3))]
    table = tmp_path / "new" / "scores.csv"
    # One that is named twice is scored once.
    status, text, said = seaice("evaluate", *paths, paths[0], *data, "--csv", table)
    assert status == 0
    lines = text.splitlines()
    assert lines[0] == "channels sar, pooled over 2 scenes"
    assert lines[1].split() == ["combined", "SIC", "SOD", "FLOE"]
    assert [line.split()[0] for line in lines[2:]] == [*map(str, paths), "all"]
    assert [line.split("  ")[-1] for line in lines[2:4]] == ["1 · 3 km", "2-3 · 6-10 km"]
    assert [line.split()[1] for line in said if line.startswith("scored ")] == ["1/2", "2/2"] * 2
    alone = [json.loads(seaice("evaluate", path, *data, "--json")[1]) for path in paths]
    assert json.loads(seaice("evaluate", *paths, *data, "--json")[1]) == alone
    with open(table) as file:
        rows = list(csv.DictReader(file))
    assert {row["source"] for row in rows} == {*map(str, paths), "all water (sar)"}
    for path, facts in zip(paths, alone, strict=True):
        own = [row for row in rows if row["source"] == str(path)]
        assert {row["scene"] for row in own} == {*facts["scenes"], "pooled"}
        (f1,) = (
            row["value"]
            for row in own
            if (row["scene"], row["chart"], row["metric"]) == ("pooled", "SOD", "macro_F1")
        )
        assert float(f1) == pytest.approx(facts["pooled"]["macro_F1"]["SOD"], abs=1e-4)


def test_more_metrics_and_classes_are_printed_on_request(seaice, data, make_checkpoint):
    path = make_checkpoint()
    plain = seaice("evaluate", path, *data)[1]
    assert "mean IoU" not in plain
    assert "Young ice" not in plain
    text = seaice("evaluate", path, *data, "--more-metrics", "--by-class")[1]
    facts = json.loads(seaice("evaluate", path, *data, "--json")[1])["pooled"]
    lines = [line.split() for line in text.partition("accuracy")[2].splitlines()]
    sic = lines[1][1:]
    values = [facts[name]["SIC"] for name in ("accuracy", "macro_F1", "mean_IoU")]
    assert sic == [f"{value:.3f}" for value in values]
    (young,) = (line for line in lines if line[:3] == ["SOD", "Young", "ice"])
    f1, iou = facts["F1_by_class"]["SOD"][2], facts["IoU_by_class"]["SOD"][2]
    pixels = sum(facts["confusion"]["SOD"][2])
    assert young[3:] == [f"{f1:.3f}", f"{iou:.3f}", str(pixels)]


def test_a_mistake_is_said_before_anything_is_scored(seaice, data, make_checkpoint, tmp_path: Path):
    path, gone = make_checkpoint(), tmp_path / "gone.safetensors"
    status, text, (line,) = seaice("evaluate", path, gone, *data)
    assert (status, text) == (2, "")
    assert str(gone) in line
    status, text, (line,) = seaice("evaluate", path, *data, "--csv", tmp_path)
    assert (status, text) == (2, "")
    assert line == f"{tmp_path} is a folder. Name a file for the table, such as scores.csv."


def test_a_table_takes_no_checkpoint_s_place(seaice, data, make_checkpoint):
    """As where someone takes --csv for an option without a file."""
    path = make_checkpoint()
    content = path.read_bytes()
    status, text, (line,) = seaice("evaluate", "--csv", path, path, *data)
    assert (status, text, path.read_bytes()) == (2, "", content)
    assert line == f"{path} does not end in .csv. Name a file that does."


def test_scored_scenes_are_kept_until_they_change(
    seaice, data, make_scene, make_checkpoint, tmp_path: Path
):
    command = "evaluate", make_checkpoint(), *data, "--baselines", "none", "--json"
    first = seaice(*command)
    status, answer, said = seaice(*command)
    assert (status, answer) == first[:2]
    assert said[0] == "2 of 2 scenes are scored already; --again scores them once more."
    assert not any(line.startswith("scored ") for line in said)
    make_scene(folder=tmp_path / "data", name="20180321T000000_dmi_prep.nc", seed=7)
    _, changed, said = seaice(*command)
    assert [line.split()[:3] for line in said[:2]] == [
        ["1", "of", "2"],
        ["scored", "2/2", "20180321T000000_dmi"],
    ]
    assert json.loads(changed) != json.loads(answer)
    said = seaice(*command, "--again")[2]
    assert [line.split()[1] for line in said if line.startswith("scored ")] == ["1/2", "2/2"]


def test_a_chart_whose_concentration_hardly_varies_is_told(
    seaice, make_scene, make_checkpoint, tmp_path: Path
):
    def nearly_one_class(arrays: dict) -> None:
        sic = arrays["SIC"]
        arrays["SIC"] = np.where((sic == FILL) | (sic == 10), sic, 9).astype(np.uint8)

    paths = [make_checkpoint((1,)), make_checkpoint((2, 3))]
    folder = tmp_path / "data"
    data = "--data", folder, "--baselines", "none"
    make_scene(folder=folder, name="20180321T000000_dmi_prep.nc", change=nearly_one_class)
    text = seaice("evaluate", paths[0], *data)[1]
    # Of the scene, and so not again of all scenes together.
    assert text.count("The SIC of the chart hardly varies here") == 1
    assert seaice("evaluate", *paths, *data)[1].count("hardly varies here") == 1
    make_scene(folder=folder, name="20180322T000000_dmi_prep.nc")
    text = seaice("evaluate", paths[0], *data)[1]
    assert text.count("hardly varies here") == 1
    assert "hardly varies" not in seaice("evaluate", *paths, *data)[1]


def test_a_checkpoint_without_statistics_is_told_apart(seaice, data, make_checkpoint):
    path = make_checkpoint()
    command = "evaluate", path, *data, "--baselines", "none"
    assert UNKNOWN_RANGE in seaice(*command)[2]
    loaded = load_checkpoint(path)
    known = replace(loaded.info, statistics={HH: ChannelStatistics(0, -1, 1)})
    save_checkpoint(path, loaded.network, known)
    assert UNKNOWN_RANGE not in seaice(*command)[2]


def test_the_baselines_beside_a_checkpoint_are_found_from_any_folder(
    seaice, data, make_checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As a newcomer does who has left the project's folder."""
    scenes, models = data[:2], tmp_path / "models"
    path = make_checkpoint(folder=models)
    seaice("baseline", "linear", "--channels", "sar", *data)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    status, text, said = seaice("evaluate", path, *scenes)
    assert (status, _baselines(text)) == (0, BOTH)
    assert "scoring 2 baselines ..." in said
    assert not any("per-pixel linear model" in line for line in said)
    # A baseline lies in a folder of its own.
    linear = models / "baselines" / "sar_linear.safetensors"
    assert _baselines(seaice("evaluate", linear, *scenes)[1]) == BOTH
    # Beside one that has none, as after a training elsewhere.
    monkeypatch.chdir(tmp_path)
    other = make_checkpoint((3,), folder=tmp_path / "others")
    assert _baselines(seaice("evaluate", other, *scenes)[1]) == BOTH


def test_a_baseline_that_is_not_there_is_told(
    seaice, data, make_checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    scenes, path = data[:2], make_checkpoint()
    help_ = "name the folder of checkpoints that holds them with --models, or fit them with "
    help_ += "`seaice baseline`."
    said = seaice("evaluate", path, *scenes)[2]
    places = f"{path.parent / 'baselines'} or models/baselines"
    assert f"no per-pixel linear model of sar in {places}: {help_}" in said
    assert "scoring 1 baseline ..." in said
    said = seaice("evaluate", path, *data, "--baselines", "all")[2]
    places = data[-1] / "baselines"
    what = "no per-pixel linear model of sar, boosted trees of sar"
    assert f"{what} in {places}: {help_}" in said
    assert not any(
        "no per" in line for line in seaice("evaluate", path, *data, "--baselines", "none")[2]
    )


def _baselines(text: str) -> list[str]:
    """Those whose scores stand in the table below a checkpoint's."""
    rows = text.partition("baselines over the same scenes\n")[2].splitlines()[1:]
    return [row.strip().split("  ")[0] for row in rows]
