"""`seaice train --estimate` as a user runs it."""

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
