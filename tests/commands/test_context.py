"""`seaice context`: curves of networks and baselines, their table, and bad input."""

import json
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

from seaice.core.errors import SceneError
from seaice.experiment.context_files import read_curve, write_curve


@pytest.fixture
def data(make_scene, tmp_path: Path) -> Path:
    for day in (1, 2):
        name = f"2018030{day}T194759_dmi_prep.nc"
        make_scene(seed=day, name=name, folder=tmp_path / "data")
    return tmp_path / "data"


def test_a_network_is_measured_and_its_table_read_back(seaice, data, make_checkpoint, tmp_path):
    checkpoint, out = make_checkpoint((1,), stride=4), tmp_path / "curve.parquet"
    options = "--data", data, "--radii", "2,6,100", "--shuffles", 1
    status, text, said = seaice("context", checkpoint, *options, "--out", out, "--json")
    facts = json.loads(text)
    assert (status, facts["left_out"], len(facts["scenes"])) == (0, [], 2)
    assert (facts["rates"], facts["reach_max_km"]) == ([1], 1.6)
    assert f"wrote {out}" in said
    points = facts["curves"]["all"]["combined"]["points"]
    assert [point["r_km"] for point in points] == [2, 6, 100]
    assert [point["pixels"] > 0 for point in points] == [True, True, False]
    assert points[-1]["loss"] == 0
    assert set(facts["curves"]) == {"all"}
    assert set(facts["strata"]["season"]) == {"MAM"}
    assert all(0 < km < facts["reach_km"] for km in facts["gradient"].values())
    curve = read_curve(out)
    assert curve.gradient_km == facts["gradient"]
    # Parts without pixels at a radius, where nothing is known to be lost, are left out.
    replaced = curve.frame[curve.frame["kind"] == "replaced"]
    radii = replaced.groupby(["stratum", "value"])["r_km"].nunique()
    assert set(radii) == {1, 2}
    for (stratum, value), count in radii.drop(("all", "")).items():
        assert (value in facts["strata"][stratum]) == (count == 2), value
    assert (curve.radii_km, curve.reach_km) == ((2, 6, 100), facts["reach_km"])
    assert [point.loss for point in curve.part().points()] == [p["loss"] for p in points]
    write_curve(tmp_path / "curve.csv", curve)
    table = pd.read_csv(tmp_path / "curve.csv")
    counts = table["confusion"].map(lambda text: sum(map(int, text.split())))
    assert counts.tolist() == curve.frame["pixels"].tolist() == table["pixels"].tolist()
    text = seaice("context", checkpoint, *options, "--no-gradient")[1]
    assert "score where everything farther than r km is foreign" in text
    assert "gradient" not in text


def test_a_full_disk_takes_the_table_and_not_the_result(
    seaice, data, make_checkpoint, small_disk, leave_room
):
    options = "--data", data, "--radii", 2, "--shuffles", 1, "--no-gradient", "--json"
    files = small_disk / "curve.parquet", small_disk / "curve.csv"
    for out in files:
        out.write_text("earlier")
    leave_room(0)
    for out in files:
        checkpoint = make_checkpoint((1,), stride=4)
        status, text, said = seaice("context", checkpoint, *options, "--out", out)
        assert (status, json.loads(text)["shuffles"]) == (2, 1)
        assert said[-1].startswith(f"{out} cannot be written (")
        assert "No space left on device" in said[-1]
        assert out.read_text() == "earlier"
        assert list(small_disk.glob(".*.part")) == []


def test_a_baseline_has_no_gradient(seaice, data, tmp_path):
    where = "--data", data, "--models", tmp_path / "models"
    seaice("baseline", "linear", "--channels", "sar", *where)
    path = tmp_path / "models" / "baselines" / "sar_linear.safetensors"
    status, text, _ = seaice("context", path, "--data", data)
    assert status == 0
    assert "context used to benefit" in text
    assert "none: it looks no farther than 0 km" in text
    assert "gradient" not in text


@pytest.mark.parametrize("command", ["context", "channels"])
def test_a_single_scene_is_refused_before_anything_is_read(
    seaice, make_scene, make_checkpoint, tmp_path, command
):
    """A raw scene would be converted first, which takes minutes."""
    one, checkpoint = tmp_path / "one", make_checkpoint((1,), stride=4)
    make_scene(folder=one)
    refused = "A part of each scene is replaced by that of other scenes. Give at least two scenes"
    with patch("seaice.commands.context.usable_scenes", side_effect=AssertionError):
        status, _, said = seaice(command, checkpoint, "--data", one)
    assert (status, said) == (2, [f"{refused} with charts, not 1."])
    make_scene(folder=one, name="20180302T194759_dmi_prep.nc", without=("SIC", "SOD", "FLOE"))
    status, _, said = seaice(command, checkpoint, "--data", one)
    assert (status, said[-1]) == (2, f"{refused} with charts, not 1.")
    assert "measuring" not in " ".join(said)


def test_bad_input_is_a_sentence(seaice, data, make_scene, make_checkpoint, tmp_path):
    checkpoint = make_checkpoint((1,), stride=4)

    def last(*arguments: object) -> str:
        status, text, said = seaice("context", *arguments)
        assert (status, text) == (2, "")
        return said[-1]

    assert "is not there" in last(tmp_path / "none.safetensors", "--data", data)
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"x" * 100)
    assert str(damaged) in last(damaged, "--data", data)
    assert "not 0" in last(checkpoint, "--data", data, "--radii", "0,3")
    assert "is a list of km such as 3,10,30" in last(checkpoint, "--radii", "near")
    assert "must end in .csv or .parquet" in last(checkpoint, "--out", tmp_path / "curve.txt")
    assert "No group of channels 'sonar'" in last(checkpoint, "--groups", "sonar")
    for day in (1, 2):
        name = f"2018030{day}T194759_dmi_prep.nc"
        make_scene(folder=tmp_path / "bare", name=name, without=("SIC", "SOD", "FLOE"))
    assert "has charts and the channels" in last(checkpoint, "--data", tmp_path / "bare")
    with pytest.raises(SceneError, match="is not there"):
        read_curve(tmp_path / "none.parquet")
    with pytest.raises(SceneError, match="no Parquet file"):
        read_curve(damaged)
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(SceneError, match="no context curve"):
        read_curve(tmp_path / "other.parquet")
