"""What a point of the main figures opens on Compare."""

from collections.abc import Callable

import pytest

from seaice.dashboard.context import open_point as module
from seaice.dashboard.context.open_point import open_point
from seaice.experiment.results import SweepResults

QUALITIES = {("sar", "none"): 0.5, ("sar", "1-2-3"): 0.6, ("amsr2", "3-6-9"): 0.7}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict]]:
    """Where the page switches to."""
    switches: list[tuple[str, dict]] = []
    monkeypatch.setattr(module, "switch_to", lambda name, query: switches.append((name, query)))
    return switches


@pytest.fixture
def results(make_table: Callable) -> SweepResults:
    """Three cells of two seeds; each file's hash begins with rates and seed."""
    table = make_table(QUALITIES, scenes=4, seeds=(0, 1))
    names = {"none": "a", "1-2-3": "b", "3-6-9": "c"}
    table["sha256"] = [
        f"{names[rates]}{seed}".ljust(64, "0")
        for rates, seed in zip(table["rates"], table["seed"], strict=True)
    ]
    return SweepResults(table, {})


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
def test_a_point_opens_its_network_beside_the_control(results, opened, point, task, query):
    open_point([{"customdata": point, "x": 32.0}], results, task, "chart")
    assert opened == [("compare", query)]


@pytest.mark.parametrize("points", [[], [{"x": 32.0, "y": 80.0}]])
def test_nothing_else_opens_anything(results, opened, points):
    open_point(points, results, "SOD", "chart")
    assert not opened
