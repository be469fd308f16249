import csv
import json

import pytest


def test_it_prints_radii_of_all_pixels_classes_and_channels(
    seaice, make_scene, make_checkpoint, tmp_path
):
    out = tmp_path / "field.csv"
    arguments = "field", make_checkpoint((1,)), make_scene(96, 128), "--pixels", 3
    status, table, messages = seaice(*arguments, "--out", out)
    assert status == 0
    assert messages[-2:] == ["pixel 3/3", f"wrote {out}"]
    rates, first, second, head, everything, *_ = table.splitlines()
    assert rates == "rates 1 · 3 km"
    assert first.startswith("SOD, 3 pixels of 1 scene: km around a pixel")
    assert second.startswith("in theory the field is")
    assert head.split()[:5] == ["pixels", "50%", "68%", "90%", "95%"]
    assert everything.split()[-1] == "100%"
    _, text, _ = seaice(*arguments, "--json")
    facts = json.loads(text)
    assert (facts["rates"], facts["reach_max_km"]) == ([1], 3.2)
    by_name = {row["name"]: row for row in facts["fields"]}
    assert [f"{km:.1f}" for km in by_name[""]["radii_km"].values()] == everything.split()[2:6]
    assert sum(by_name[name]["share"] for name in ("HH", "HV", "Incidence angle")) == pytest.approx(
        1
    )
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert {row["channels"] for row in rows} == {"HH", "HV", "Incidence angle"}
    total = sum(float(row["gradient"]) for row in rows)
    within = sum(
        float(row["gradient"])
        for row in rows
        if float(row["distance_km"]) <= by_name[""]["radii_km"]["95%"]
    )
    assert within / total == pytest.approx(0.95, abs=0.05)
    assert rows[0]["atrous_rates"] == "1"


def test_bad_input_is_told_in_a_line(seaice, make_scene, make_checkpoint, tmp_path):
    arguments = "field", make_checkpoint(), make_scene()
    assert seaice(*arguments, "--chart", "ice")[2] == ["No chart 'ice'. There are: SIC, SOD, FLOE."]
    status, _, (line,) = seaice(*arguments, "--out", tmp_path / "field.nc")
    assert (status, line.endswith("field.nc does not end in .csv. Name a file that does.")) == (
        2,
        True,
    )
    status, _, lines = seaice(*arguments, "--class", 9)
    assert (status, lines[-1].startswith("SOD has no target '9'.")) == (2, True)


def test_a_scene_that_is_named_twice_counts_once(seaice, make_scene, make_checkpoint):
    scene = make_scene(64, 64)
    _, text, _ = seaice("field", make_checkpoint(), scene, scene, "--pixels", 2)
    assert text.splitlines()[1].startswith("SOD, 2 pixels of 1 scene:")


def test_a_table_that_cannot_be_written_is_said_before_the_work(
    seaice, make_scene, make_checkpoint
):
    scene = make_scene(64, 64)
    status, _, (line,) = seaice("field", make_checkpoint(), scene, "--out", scene / "field.csv")
    assert (status, line.split(". ")[0]) == (2, f"{scene} cannot be written (Not a directory)")
