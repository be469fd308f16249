"""What a point of the main figures opens on Compare."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seaice.dashboard import cached
from seaice.dashboard.context import open_point as module
from seaice.dashboard.context.open_point import open_point
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.link import Link
from seaice.dashboard.sidebar import checkpoint_picker
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.results import SweepResults
from seaice.experiment.tally import TaskName

QUALITIES = {("sar", "none"): 0.5, ("sar", "1-2-3"): 0.6, ("amsr2", "3-6-9"): 0.7}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict]]:
    """Where the page switches to."""
    switches: list[tuple[str, dict]] = []
    handed: list[Link] = []
    monkeypatch.setattr(module, "hand_over", handed.append)
    monkeypatch.setattr(
        module, "switch_to", lambda name: switches.append((name, handed.pop().query()))
    )
    return switches


@pytest.fixture
def results(make_table: Callable, monkeypatch: pytest.MonkeyPatch) -> SweepResults:
    """Three cells of two seeds, all but one file at hand; hashes begin with rates and seed."""
    at_hand = ["a0000000", "a1000000", "b0000000", "b1000000", "c0000000"]
    monkeypatch.setattr(cached, "checkpoints", lambda folder: (at_hand, ()))
    monkeypatch.setattr(checkpoint_picker, "link_hash", lambda file: file)
    table = make_table(QUALITIES, scenes=4, seeds=(0, 1))
    names = {"none": "a", "1-2-3": "b", "3-6-9": "c"}
    table["sha256"] = [
        f"{names[rates]}{seed}".ljust(64, "0")
        for rates, seed in zip(table["rates"], table["seed"], strict=True)
    ]
    return SweepResults(table, {})


def _scope(results: SweepResults, folder: Path, task: TaskName) -> Scope:
    sweep = EvaluatedSweep("x", folder, folder / "scores.parquet")
    return Scope(sweep, results, None, task, "chart")


@pytest.mark.parametrize(
    ("point", "task", "query"),
    [
        (
            ["sar", "1-2-3", 1],
            "SOD",
            {
                "channels": "sar",
                "rates": "none 1-2-3",
                "checkpoints": "a1000000 b1000000",
                "task": "SOD",
            },
        ),
        # A mean stands for its first seed; the combined score is no task of Compare.
        (
            ["sar", "1-2-3", None],
            "combined",
            {"channels": "sar", "rates": "none 1-2-3", "checkpoints": "a0000000 b0000000"},
        ),
        # The control itself, and a set without one, stand alone.
        (
            ["sar", "none", 1],
            "SIC",
            {"channels": "sar", "rates": "none", "checkpoints": "a1000000", "task": "SIC"},
        ),
        (
            ["amsr2", "3-6-9", 0],
            "SIC",
            {"channels": "amsr2", "rates": "3-6-9", "checkpoints": "c0000000", "task": "SIC"},
        ),
    ],
)
def test_a_point_opens_its_network_beside_the_control(
    results, opened, tmp_path, point, task, query
):
    open_point(point, _scope(results, tmp_path, task))
    assert opened == [("compare", query)]


def test_a_network_that_is_not_at_hand_opens_nothing_else(results, opened, tmp_path, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(module.st, "info", said.append)
    point = ["amsr2", "3-6-9", 1]
    open_point(point, _scope(results, tmp_path, "SOD"))
    (tmp_path / "amsr2_3-6-9_seed1.safetensors").touch()
    open_point(point, _scope(results, tmp_path, "SOD"))
    assert not opened
    assert "These networks (amsr2" in said[0].replace("\\", "")
    assert "--models FOLDER" in said[0].replace("\\", "")
    assert f"--models {tmp_path}" in said[1].replace("\\", "")


def test_without_a_point_nothing_opens(results, opened, tmp_path):
    open_point(None, _scope(results, tmp_path, "SOD"))
    assert not opened
