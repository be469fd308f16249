"""The curves beside a table: which are read, what they tell of, and how it is said."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from seaice.experiment.context_beside import (
    curve_files,
    curve_text,
    drawn_curve,
    limit_text,
    measured_groups,
    of_group,
    radius_text,
    read_curves,
    shown_first,
    used_text,
)
from seaice.experiment.context_files import write_curve
from seaice.experiment.context_radius import UsedContext
from seaice.experiment.evaluated import EvaluatedSweep


def test_readable_curves_are_shown_and_others_named(make_curve, tmp_path: Path):
    sweep = EvaluatedSweep("sweep", tmp_path, tmp_path / "scores.parquet")
    for number in range(7):
        write_curve(tmp_path / "context" / f"{number}.parquet", make_curve(f"{number}.safetensors"))
    (tmp_path / "context" / "2.parquet").write_text("damaged")
    files = curve_files(sweep)
    curves, problems = read_curves(files)
    assert [curve.checkpoint[0] for curve in curves] == list("013456")
    assert len(problems) == 1
    assert "2.parquet is damaged" in problems[0]
    assert limit_text(files) == "6 of 7 curves are shown: first one of each channel set."
    assert limit_text(files[:6]) == ""


def test_curves_of_different_channel_sets_are_shown_first():
    names = [
        f"{channel_set}_{n}" for channel_set in ("all", "amsr2", "sar+amsr2") for n in range(3)
    ]
    files = [Path(f"{name}.parquet") for name in [*names, "sar_0"]]
    assert [path.stem for path in shown_first(files)] == [
        "all_0",
        "all_1",
        "amsr2_0",
        "amsr2_1",
        "sar+amsr2_0",
        "sar_0",
    ]
    assert shown_first(files[:4]) == files[:4]


def test_a_group_is_told_by_the_curves_that_hold_it(make_curve):
    one, both = make_curve("a.nc", ("all",)), make_curve("b.nc", ("all", "radiometer", "radar"))
    assert measured_groups([one, both]) == ["all", "radar", "radiometer"]
    assert measured_groups([one]) == ["all"]
    assert of_group([one, both], "radar") == [both]
    drawn = drawn_curve(both, "radar", "SOD")
    assert (drawn.label, drawn.r_km) == ("b", [3.0, 30.0])
    assert drawn.scores == [point.score for point in both.points("radar", "SOD")]
    assert drawn.scores != drawn_curve(both, "all", "SOD").scores
    assert curve_text(both, "radar", "SOD").startswith("b: ")


def test_the_radius_of_the_gradient_is_that_of_all_channels_and_one_chart(make_curve):
    curve = replace(make_curve("b.nc", ("all", "radar")), gradient_km={"SOD": 29.04, "SIC": 8.46})
    assert drawn_curve(curve, "all", "SOD").gradient_km == 29.04
    assert curve_text(curve, "all", "SOD").endswith("; 90 % of the input gradient is within 29 km")
    assert curve_text(curve, "all", "SIC").endswith("; 90 % of the input gradient is within 8.5 km")
    for group, task in (("radar", "SOD"), ("all", "combined"), ("all", "FLOE")):
        assert math.isnan(drawn_curve(curve, group, task).gradient_km)
        assert "gradient" not in curve_text(curve, group, task)


@pytest.mark.parametrize(
    ("used", "text", "cell"),
    [
        (
            UsedContext(8.94, 3.0, 137.2, 5.0),
            "context to 8.9 km is used to benefit (3.0 to 137 km)",
            "8.9 km (3.0 to 137 km)",
        ),
        (
            UsedContext(30.0, 9.5, math.inf, 5.0),
            "context to 30 km is used to benefit (9.5 km or more)",
            "30 km (9.5 km or more)",
        ),
        (
            UsedContext(30.0, math.nan, math.nan, 5.0),
            "context to 30 km is used to benefit",
            "30 km",
        ),
        (
            UsedContext(math.inf, 9.5, math.inf, 5.0),
            "more context is used than the largest radius",
            "more than measured",
        ),
        (UsedContext(math.nan, 0, 0, 0, "nothing"), "no radius, because nothing", "none: nothing"),
    ],
)
def test_the_context_used_in_words(used: UsedContext, text: str, cell: str):
    assert used_text(used) == text
    assert radius_text(used) == cell
