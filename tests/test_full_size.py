"""A scene of the archive's own size: 5000 x 5200 pixels at 80 m."""

import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest

pytestmark = pytest.mark.slow

_GIB = 2**30
SHAPE = 5003, 5228
SHIPPED = Path(__file__).parents[1] / "models" / "sar_1-2-3_seed0.safetensors"


# What is started from here would be charged with the memory that this process has.
MEASURE = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "seaice", *sys.argv[1:]], stdout=sys.stderr)
_, status, usage = os.wait4(child.pid, 0)
print(usage.ru_maxrss * 1024)
sys.exit(status != 0)
"""


def peak_of(checkpoint: Path, scene: Path, out: Path) -> tuple[float, Path]:
    """Peak memory of `seaice predict`, GiB, and the file that it has written."""
    words = map(str, ("predict", checkpoint, scene, "--out", out))
    command = [sys.executable, "-c", MEASURE, *words]
    measured = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    (written,) = out.glob("*.nc")
    return int(measured.stdout) / _GIB, written


def test_a_full_size_scene_is_predicted_within_its_memory(make_scene, tmp_path):
    """By a network that ships, at 400 m. docs/speed.md has 1.30 GiB."""
    peak, written = peak_of(SHIPPED, make_scene(*SHAPE, 80), tmp_path / "out")
    assert peak < 1.6
    with netCDF4.Dataset(written) as file:
        assert file["SOD"].shape == SHAPE
        assert file["SOD_probability"].shape == (6, 1001, 1046)
        # The left eighth is masked; its last samples lie in a block that is part valid.
        assert np.ma.getmaskarray(file["SOD"][::500, :600]).all()
        assert not np.ma.getmaskarray(file["SOD"][::500, 700:]).any()
