import csv
import json

import pytest

from seaice.network.checkpoint_info import read_info
from seaice.results.confidence.calibration import Calibration


@pytest.fixture
def data(make_scene, tmp_path):
    folder = tmp_path / "data"
    for number in range(2):
        make_scene(48, 64, folder=folder, name=f"2018032{number}T194759_dmi_prep.nc", seed=number)
    return folder


def test_it_prints_errors_by_class_of_networks_and_their_mean(
    seaice, data, make_checkpoint, in_float32, tmp_path
):
    paths = [make_checkpoint(seed=seed) for seed in (0, 1)]
    out = tmp_path / "calibration.csv"
    arguments = "calibrate", *paths, "--data", data, "--ensemble"
    status, text, messages = seaice(*arguments, "--out", out)
    assert status == 0
    assert f"wrote {out}" in messages
    networks, *tables = text.strip().split("\n\n")
    assert networks.splitlines() == [f"sar_1-2_seed{seed}: rates 1-2 · 3-6 km" for seed in (0, 1)]
    assert len(tables) == 6
    assert tables[0].startswith("sar_1-2_seed0: SOD, 2 scenes, temperature ")
    assert tables[4].startswith("mean of the seeds: SOD, 2 scenes\n")
    assert "never predicted" in text
    _, text, _ = seaice(*arguments, "--json")
    facts = json.loads(text)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    whole = [
        row for row in rows if (row["class"], row["tempered"], row["bin"]) == ("all", "no", "")
    ]
    assert {(*each["rates"], each["reach_max_km"]) for each in facts} == {(1, 2, 6.4)}
    errors = [each["classes"][0]["without"]["calibration_error"] for each in facts]
    assert [float(row["calibration_error"]) for row in whole] == errors
    assert facts[0]["classes"][0]["tempered"]["calibration_error"] < errors[0]


def test_it_keeps_temperatures_if_asked(seaice, data, make_checkpoint, in_float32):
    path = make_checkpoint()
    before = path.read_bytes()
    _, text, _ = seaice("calibrate", path, "--data", data, "--json")
    assert path.read_bytes() == before
    _, _, messages = seaice("calibrate", path, "--data", data, "--keep")
    info = read_info(path)
    assert [info.temperature("SOD"), info.temperature("FLOE")] == [
        each["temperature"] for each in json.loads(text)
    ]
    assert len(info.calibration["scenes"]) == 2
    assert any(line.startswith(f"kept in {path}: SOD ") for line in messages)


def test_a_temperature_that_does_not_help_is_not_kept(
    seaice, data, make_checkpoint, in_float32, monkeypatch
):
    path = make_checkpoint()
    monkeypatch.setattr(Calibration, "helps", property(lambda self: self.chart == "SOD"))
    _, _, messages = seaice("calibrate", path, "--data", data, "--keep")
    assert list(read_info(path).calibration["temperatures"]) == ["SOD"]
    assert messages[-1].endswith("FLOE none, as its error grows on other scenes")


def test_what_cannot_be_measured_is_said_in_words(
    seaice, data, make_checkpoint, make_scene, tmp_path
):
    path = make_checkpoint()
    status, _, (line,) = seaice("calibrate", path, "--data", data, "--ensemble")
    assert (status, line.split(",")[0]) == (
        2,
        "An ensemble takes two or more checkpoints that differ in the seed alone",
    )
    _, text, _ = seaice("calibrate", path, "--data", data, "--scenes", 1)
    assert text.count("A temperature is measured on other scenes than it is fitted to") == 2
    folder = tmp_path / "concentration"
    make_scene(folder=folder, without=("SOD", "FLOE"))
    status, _, lines = seaice("calibrate", path, "--data", folder)
    assert (status, lines[-1].endswith("SIC has no probabilities.")) == (2, True)
    status, _, (line,) = seaice("calibrate", path, "--data", data, "--out", tmp_path / "x.nc")
    assert (status, "does not end in .csv" in line) == (2, True)


def test_two_networks_of_one_name_keep_their_own_temperatures(
    seaice, data, make_checkpoint, tmp_path
):
    first, other = make_checkpoint(seed=0), tmp_path / "other" / "sar_1-2_seed0.safetensors"
    other.parent.mkdir()
    other.write_bytes(make_checkpoint(seed=1).read_bytes())
    assert other.name == first.name
    _, text, _ = seaice("calibrate", first, other, "--data", data, "--keep", "--json")
    facts = json.loads(text)
    assert [each["checkpoint"] for each in facts] == [str(first)] * 2 + [str(other)] * 2
    for path, of_path in ((first, facts[:2]), (other, facts[2:])):
        info = read_info(path)
        kept = info.calibration["temperatures"]
        assert kept
        assert kept.items() <= {each["chart"]: each["temperature"] for each in of_path}.items()
