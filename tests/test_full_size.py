"""A scene of the archive's own size: 5000 x 5200 pixels at 80 m."""

import os
import subprocess
import sys

import netCDF4
import numpy as np
import pytest

_FOUR_GIB = 4 * 2**30


@pytest.mark.slow
def test_a_full_size_scene_is_predicted_within_its_memory(make_scene, make_checkpoint, tmp_path):
    scene = make_scene(5003, 5228, 80)
    command = [sys.executable, "-m", "seaice", "predict"]
    child = subprocess.Popen([*command, make_checkpoint(), scene, "--out", tmp_path / "out"])
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0
    assert usage.ru_maxrss * 1024 < _FOUR_GIB
    (written,) = (tmp_path / "out").glob("*.nc")
    with netCDF4.Dataset(written) as file:
        assert file["SOD"].shape == (5003, 5228)
        assert file["SOD_probability"].shape == (6, 1001, 1046)
        # The left eighth is masked; its last samples lie in a block that is part valid.
        assert np.ma.getmaskarray(file["SOD"][::500, :600]).all()
        assert not np.ma.getmaskarray(file["SOD"][::500, 700:]).any()
