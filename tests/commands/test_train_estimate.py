"""`seaice train --estimate` as a user runs it."""

import json

import pytest


@pytest.mark.parametrize("option", ["--data", "--validation"])
def test_folders_are_checked_before_the_estimate(seaice, make_scene, tmp_path, option):
    data = make_scene(folder=tmp_path / "data").parent
    (tmp_path / "empty").mkdir()
    command = "train", "--rates", "1-2", "--channels", "sar", "--estimate", "--data", data
    for folder, words in (("gone", "cannot be opened as a folder"), ("empty", "no scenes in")):
        status, answer, lines = seaice(*command, option, tmp_path / folder)
        assert (status, answer, len(lines)) == (2, "", 1)
        assert words in lines[0]
        assert str(tmp_path / folder) in lines[0]


def test_norms_and_validations_are_part_of_the_time(seaice, make_scene, tmp_path):
    for day in range(1, 5):
        make_scene(folder=tmp_path / "data", name=f"2018032{day}T194759_dmi_prep.nc")
    command = "train", "--rates", "1-2", "--channels", "sar", "--data", tmp_path / "data"
    small = "--patch", 64, "--batch", 2, "--steps", 120, "--norm-patches", 4
    scored = "--validation-share", 0.5, "--validate-every", 100
    status, answer, _ = seaice(*command, *small, *scored, "--estimate", "--json")
    found = json.loads(answer)
    assert (status, found["validations"], found["scenes"], found["norm_estimates"]) == (0, 2, 2, 2)
    assert found["seconds"] == pytest.approx(
        120 * found["step_seconds"] + 2 * found["norm_seconds"] + 2 * found["validation_seconds"]
    )
