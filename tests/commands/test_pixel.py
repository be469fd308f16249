"""`seaice pixel` and `seaice check-map` say what the page Explain says."""

import csv
import json

import netCDF4
import pytest

from seaice.ai4arctic.charts import CHART
from seaice.explain.faithful import try_map
from seaice.explain.gradcam import CamConfig
from seaice.explain.pixel import pixel_story
from seaice.explain.verdicts import verdicts
from seaice.network.checkpoint import load_checkpoint
from seaice.scenes.scene import Scene

AT = "--at", 12, 20


def test_a_pixel_is_told(seaice, make_scene, make_checkpoint, tmp_path):
    def label(arrays):
        arrays["SOD"][:] = 4

    checkpoint, out = make_checkpoint((1, 3)), tmp_path / "pixel.csv"
    scene = make_scene(64, 96, change=label)
    status, text, _ = seaice("pixel", checkpoint, scene, *AT, "--json", "--out", out)
    assert status == 0
    facts = json.loads(text)
    story = pixel_story(Scene.open(scene), load_checkpoint(checkpoint), "SOD", (12.0, 20.0))
    assert facts["says"] == story.says
    assert sum(facts["probabilities"].values()) == pytest.approx(1)
    assert facts["gradient_90_km"] == pytest.approx(story.radius_km(), rel=1e-4)
    assert facts["chart_says"] == CHART["SOD"].class_names[4]
    assert facts["truth"] is None
    assert sum(each["cells"] for each in facts["branches"].values()) == len(story.taps)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert {row["what"] for row in rows} == {"probability", "cell", "gradient"}
    _, text, _ = seaice("pixel", checkpoint, scene, *AT, "--chart", "SIC")
    said = pixel_story(Scene.open(scene), load_checkpoint(checkpoint), "SIC", (12.0, 20.0)).says
    assert text.splitlines()[:2] == ["rates 1-3 · 3-10 km", f"SIC at 12.2 km, 20.2 km: {said}"]
    assert (facts["rates"], facts["reach_min_km"], facts["reach_max_km"]) == ([1, 3], 3.2, 9.6)


def test_a_map_is_tested(seaice, make_scene, make_checkpoint, tmp_path):
    checkpoint, scene, maps = make_checkpoint((1, 3)), make_scene(64, 96), tmp_path / "maps.nc"
    status, text, _ = seaice(
        "check-map", checkpoint, scene, *AT, "--chart", "SIC", "--json", "--map", maps
    )
    assert status == 0
    facts = json.loads(text)
    assert [each["test"] for each in facts["tests"]] == [
        "Deletion",
        "Insertion",
        "Random weights",
        "Other method",
        "Field",
        "True ice",
    ]
    assert facts["tests"][4]["outcome"] == "passed"
    assert facts["target"] == "more ice"
    assert (facts["rates"], facts["reach_min_km"], facts["reach_max_km"]) == ([1, 3], 3.2, 9.6)
    with netCDF4.Dataset(maps) as file:
        names = {"evidence", "random_weights", "without_each_block"}
        assert names <= set(file.variables)
        assert file["evidence"].shape == (64, 96)


def test_the_map_of_a_region_by_another_method_and_layer_is_tested(
    seaice, make_scene, make_checkpoint, tmp_path
):
    checkpoint, scene, out = make_checkpoint((1, 3)), make_scene(64, 96), tmp_path / "tests.csv"
    how = "--method", "LayerCAM", "--layer", "projection", "--window", 16, 32, 40, 64
    sic = "--chart", "SIC", "--class", "less"
    command = "check-map", checkpoint, scene
    status, text, _ = seaice(*command, *how, *sic, "--json", "--out", out)
    assert status == 0
    facts = json.loads(text)
    assert (facts["target"], facts["window"], facts["at_km"]) == (
        "less ice",
        [16, 32, 40, 64],
        None,
    )
    assert facts["pixels"] == 16 * 24
    (row,) = {(each["layer"], each["method"]) for each in csv.DictReader(out.open())}
    assert row == (facts["layer"], facts["method"]) == ("projection", "LayerCAM")
    window = slice(16, 32), slice(40, 64)
    config = CamConfig("SIC", 1, "projection", "LayerCAM")
    trial = try_map(Scene.open(scene), load_checkpoint(checkpoint), config, window)
    assert [each["text"] for each in facts["tests"]] == [each.text for each in verdicts(trial)]
    _, _, (line,) = seaice(*command, *AT, "--chart", "SIC", "--method", "GradCAM")
    assert "GradCAM cannot show evidence for a region" in line
    assert "Name a pixel with --at" in seaice(*command, *how)[2][-1]
    assert "Name a pixel with --at" in seaice(*command, *sic)[2][-1]
    assert "leave out --at" in seaice(*command, *AT, *how, *sic)[2][-1]
    assert "No layer 'deepest'" in seaice(*command, *AT, *sic, "--layer", "deepest")[2][-1]
    assert "No method 'CAM'" in seaice(*command, *AT, *sic, "--method", "CAM")[2][-1]


@pytest.mark.parametrize("command", ["pixel", "check-map"])
def test_a_bad_place_is_told_in_a_line(seaice, make_scene, make_checkpoint, command: str):
    arguments = command, make_checkpoint(), make_scene(64, 96), "--at"
    status, _, (line,) = seaice(*arguments, 12, 2000)
    assert (status, "lies beyond the scene" in line) == (2, True)
    status, _, (line,) = seaice(*arguments, 12, 0.5)
    assert (status, "There is no data at 12 km, 0.5 km" in line) == (2, True)
