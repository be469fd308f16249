"""The benchmarks measure what they say."""

import runpy
import sys
from pathlib import Path

import numpy as np

from seaice.explain.branch_means import branch_means
from seaice.explain.branches import branch_shares
from seaice.network.checkpoint import load_checkpoint
from seaice.scenes.scene import Scene

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def test_branch_shares_are_measured_as_the_page_takes_them(
    make_scene, make_checkpoint, monkeypatch
):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    works = runpy.run_path(str(BENCHMARKS / "explanations.py"))["works"]
    names = [f"201803{day}T194759_dmi_prep.nc" for day in range(10, 16)]
    scenes = [Scene.open(make_scene(64, 96, name=name, seed=i)) for i, name in enumerate(names)]
    checkpoint = load_checkpoint(make_checkpoint((1, 3)))
    by_name = {name: work for name, _, work in works(checkpoint, scenes)}
    found = by_name["branch shares, means of 5 scenes"]()
    means = branch_means(scenes[:5], checkpoint, "SOD")
    expected = branch_shares(scenes[0], checkpoint, "SOD", means=means).loss
    np.testing.assert_array_equal(found.loss, expected)
    assert not np.array_equal(by_name["branch shares"]().loss, expected, equal_nan=True)
