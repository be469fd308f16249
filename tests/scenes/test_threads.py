"""Reading from several threads, as the dashboard does."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene
from seaice.ai4arctic.channels import CHANNEL_SETS

def work(number):
    scene = Scene.open(sys.argv[1 + number % 2])
    values = read_inputs(scene, CHANNEL_SETS["autoice18"]).values
    return number % 2, float(values.sum()), int(read_chart(scene, "SOD").sum())

with ThreadPoolExecutor(16) as pool:
    results = set(pool.map(work, range(400)))
assert len(results) == 2, results
"""


@pytest.mark.slow
def test_many_threads_read_without_a_crash(make_scene):
    """In a process of its own: what this guards against ends the process."""
    paths = [make_scene(name=f"2018032{day}T000000_dmi_prep.nc", seed=day) for day in (1, 2)]
    command = [sys.executable, "-c", PROGRAM, *map(str, paths)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-2000:]
