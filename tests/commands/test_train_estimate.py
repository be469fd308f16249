"""`seaice train --estimate` as a user runs it."""

import json
import re

import pytest

from seaice.ai4arctic.channels import SAR


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


def test_masked_cells_count_as_taps_without_data(seaice, make_scene, tmp_path, monkeypatch):
    # That nothing was timed is told, and the rest stays.
    monkeypatch.setattr("seaice.training.cost.free_gib", lambda: 0.0)

    def masked(arrays: dict) -> None:
        for name in SAR:
            arrays[name][:, :96] = 0

    command = "train", "--rates", "1-2", "--channels", "sar", "--patch", 128, "--estimate"
    shares = []
    for change in (lambda arrays: None, masked):
        data = make_scene(folder=tmp_path / change.__name__, change=change).parent
        _, answer, _ = seaice(*command, "--data", data, "--json")
        shares.append(json.loads(answer)["taps_without_data"])
    assert list(shares[0]) == ["1", "2"]
    assert all(shares[0][rate] < shares[1][rate] < 1 for rate in shares[0])
    _, answer, _ = seaice(*command, "--data", data)
    line = rf"^share of taps on padding or masked cells, .*{shares[1]['2']:.0%} of rate 2$"
    assert re.search(line, answer, re.MULTILINE)


def test_a_patch_larger_than_all_scenes_is_told_before_the_run(seaice, make_scene, tmp_path):
    data = make_scene(folder=tmp_path / "data").parent
    command = "train", "--rates", "1", "--channels", "sar", "--data", data, "--estimate"
    status, answer, lines = seaice(*command, "--patch", 512)
    assert (status, answer) == (2, "")
    assert lines[-1].startswith("A patch of 512 pixels is larger than every scene")
