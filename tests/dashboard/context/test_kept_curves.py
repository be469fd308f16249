"""Curves that a first visit shows are computed before it, once."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seaice.dashboard.context import kept_curves
from seaice.dashboard.context.kept_curves import compute_first_curves, kept_curve, kept_drawn
from seaice.experiment.context_files import write_curve
from seaice.experiment.context_parts import WHOLE
from seaice.experiment.evaluated import EvaluatedSweep


def every_step(steps: Iterator[None]) -> None:
    """Take them all."""
    deque(steps, maxlen=0)


def test_what_is_computed_before_a_visit_is_not_computed_again(
    tmp_path: Path, make_curve, monkeypatch
):
    file = tmp_path / "context" / "a.parquet"
    write_curve(file, make_curve("a.safetensors"))
    sweep = EvaluatedSweep("a", tmp_path, tmp_path / "scores.parquet")
    every_step(compute_first_curves(sweep, "SOD"))
    monkeypatch.delattr(kept_curves, "read_curve")
    monkeypatch.delattr(kept_curves, "drawn_curve")
    assert kept_drawn(kept_curve(file), WHOLE, "all", "SOD").label == "a"


def test_a_curve_that_lacks_a_radius_and_a_damaged_file_are_left_to_the_page(
    tmp_path: Path, make_curve
):
    curve = make_curve("b.safetensors")
    near = (curve.frame["kind"] == "replaced") & (curve.frame["r_km"] == curve.radii_km[0])
    write_curve(tmp_path / "context" / "a.parquet", replace(curve, frame=curve.frame[~near]))
    (tmp_path / "context" / "b.parquet").write_text("damaged")
    sweep = EvaluatedSweep("a", tmp_path, tmp_path / "scores.parquet")
    every_step(compute_first_curves(sweep, "SOD"))
