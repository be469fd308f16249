"""Places for results that a person may hand over by mistake, at the command line and on the pages.

Either it is refused in one sentence that names the file, or it is used with a word of warning;
never a traceback, never a half-written file, and the good files beside it stay usable.
"""

import os


def test_a_models_folder_that_cannot_be_written_to(seaice, folders, tmp_path):
    """A file in the way: as root every folder can be written to."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    status, _, lines = seaice(
        "train", "--rates", "1", "--channels", "sar", "--data", folders[0], "--models", blocked
    )
    assert status == 2
    assert "cannot be written" in lines[-1]
    assert blocked.read_text() == ""


def test_results_replace_nothing_but_their_own_kind(seaice, folders, tmp_path):
    """Somebody who mistypes --out loses no scene, no checkpoint and no pipe."""
    data, models = folders
    checkpoint, scene = next(models.iterdir()), next(data.iterdir())
    explain = "explain", checkpoint, scene, "--chart", "SIC", "--class", 0, "--out"
    for out, words in ((scene, "is not a heatmap"), (checkpoint, "neither .nc nor .tif")):
        before = out.read_bytes()
        status, _, lines = seaice(*explain, out)
        assert (status, len(lines)) == (2, 1)
        assert words in lines[0]
        assert out.read_bytes() == before
    target = tmp_path / "pipe.nc"
    os.mkfifo(target)
    assert seaice(*explain, target)[0] == 2
    assert target.is_fifo()
    for _ in range(2):
        assert seaice(*explain, tmp_path / "heatmap.nc")[0] == 0
    seaice("predict", checkpoint, scene, "--out", tmp_path / "out")
    (prediction,) = (tmp_path / "out").iterdir()
    simulate = "simulate", tmp_path / "sim", "--scenes", 1, "--seed", 1, "--spacing-m", 1000
    seaice(*simulate, "--lines", 40, "--samples", 48)
    (simulated,) = (tmp_path / "sim").iterdir()
    before = simulated.read_bytes()
    status, _, lines = seaice("export-autoice", prediction, "--out", simulated)
    assert status == 2
    assert "exists and is not a package" in lines[0]
    assert simulated.read_bytes() == before
    assert "is not an AutoICE package" in seaice("evaluate", simulated)[2][-1]
