import csv
import json


def test_it_prints_what_each_group_of_channels_is_worth(
    seaice, make_scene, make_checkpoint, tmp_path
):
    data, out = tmp_path / "data", tmp_path / "channels.csv"
    for day in range(2):
        make_scene(48, 64, folder=data, name=f"2018032{day}T000000_dmi_prep.nc", seed=day)
    arguments = "channels", make_checkpoint((1,)), "--data", data
    status, table, messages = seaice(*arguments, "--out", out)
    assert (status, messages[-2:]) == (0, ["scene 2/2", f"wrote {out}"])
    assert [line[:15].strip() for line in table.splitlines()[3:]] == [
        "untouched",
        "HH",
        "HV",
        "Incidence angle",
    ]
    assert table.splitlines()[0] == "rates 1 · 3 km, channels sar"
    assert table.splitlines()[1].endswith("those of other scenes (intervals take 5 scenes)")
    facts = json.loads(seaice(*arguments, "--json")[1])
    assert len(facts["scenes"]) == 2
    assert (facts["rates"], facts["reach_max_km"]) == ([1], 3.2)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["channels"] for row in rows[::4]] == ["HH", "HV", "Incidence angle"]
    assert [float(row["loss"]) for row in rows if row["task"] == "SOD"] == [
        row["loss"] for row in facts["losses"] if row["task"] == "SOD"
    ]
    assert facts["losses"][0]["low"] is None


def test_a_table_must_end_in_csv(seaice, make_checkpoint, tmp_path):
    status, _, (line,) = seaice("channels", make_checkpoint(), "--out", tmp_path / "table.txt")
    assert (status, "does not end in .csv" in line) == (2, True)
