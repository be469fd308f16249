import csv
import json

import pytest
import rasterio


def test_it_prints_what_each_class_loses(seaice, make_scene, make_checkpoint):
    arguments = "branches", make_checkpoint((1, 3)), make_scene(96, 128)
    status, table, _ = seaice(*arguments)
    assert status == 0
    head, names, first, *_ = table.splitlines()
    assert head == "SOD, log-odds lost without a branch (its share; below 0: against the class)"
    assert names.split()[:4] == ["cells", "1", "x", "1"]
    assert "rate 3, 9.6 km" in names
    status, text, _ = seaice(*arguments, "--json")
    facts = json.loads(text)
    assert [each["branch"] for each in facts[0]["branches"]][1:3] == [
        "rate 1, 3.2 km",
        "rate 3, 9.6 km",
    ]
    # Zero has no sign.
    assert f"{facts[0]['branches'][0]['loss']:z.2f} (" in first
    assert "-0.00" not in table
    # The left eighth is masked.
    assert sum(each["cells"] for each in facts) == 12 * 14


def test_concentration_has_one_row(seaice, make_scene, make_checkpoint, tmp_path):
    out = tmp_path / "branches.csv"
    _, text, messages = seaice(
        *("branches", make_checkpoint(), make_scene(64, 64), "--chart", "sic", "--json"),
        *("--out", out),
    )
    (row,) = json.loads(text)
    assert (row["class"], row["unit"]) == ("all ice", "percentage points")
    assert sum(each["share"] for each in row["branches"]) == pytest.approx(1)
    assert f"wrote {out}" in messages
    tidy = list(csv.DictReader(out.read_text().splitlines()))
    assert [each["branch"] for each in tidy] == [each["branch"] for each in row["branches"]]
    assert [float(each["loss"]) for each in tidy] == [each["loss"] for each in row["branches"]]


def test_its_map_is_written_with_the_names_of_branches(
    seaice, make_scene, make_checkpoint, tmp_path
):
    arguments = "branches", make_checkpoint((1, 3)), make_scene(64, 64), "--map"
    _, _, messages = seaice(*arguments, tmp_path / "leading.tif")
    assert f"wrote {tmp_path / 'leading.tif'}" in messages
    with rasterio.open(tmp_path / "leading.tif") as file:
        assert "2 rate 3, 9.6 km" in file.tags(1)["classes"]
    status, _, (line,) = seaice(*arguments, tmp_path / "leading.png")
    assert (status, "ends in neither .nc nor .tif" in line) == (2, True)


def test_another_chart_is_refused(seaice, make_scene, make_checkpoint):
    status, _, (line,) = seaice("branches", make_checkpoint(), make_scene(), "--chart", "ice")
    assert (status, line) == (2, "No chart 'ice'. There are: SIC, SOD, FLOE.")


def test_a_map_takes_no_scene_s_place(seaice, make_scene, make_checkpoint):
    scene = make_scene(64, 64)
    content = scene.read_bytes()
    status, _, (line,) = seaice("branches", make_checkpoint(), scene, "--map", scene)
    assert (status, scene.read_bytes()) == (2, content)
    assert line == f"{scene} exists and is not a map. It was not overwritten. Choose another name."


def test_a_map_replaces_a_map(seaice, make_scene, make_checkpoint, tmp_path):
    command = "branches", make_checkpoint(), make_scene(64, 64), "--map", tmp_path / "leading.nc"
    assert [seaice(*command)[0] for _ in range(2)] == [0, 0]
