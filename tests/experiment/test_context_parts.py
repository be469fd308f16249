"""Parts of context curves: which there are, in which order, and what they hold."""

from dataclasses import replace

import pandas as pd
import pytest

from seaice.experiment.context_parts import (
    WHOLE,
    is_measured,
    measured_parts,
    part_of,
    part_words,
    parts_of,
)
from seaice.experiment.context_summary import ContextCurve
from seaice.experiment.strata import VALUES


@pytest.fixture
def curve(make_curve) -> ContextCurve:
    """Of four scenes; pixels far from a border are not scored at 30 km."""
    whole = make_curve("a.safetensors")
    near = whole.frame.assign(stratum="border", value="< 2 km")
    far = near[near["r_km"] < 30].assign(value="> 10 km")
    frame = pd.concat([whole.frame, far, near], ignore_index=True)
    return replace(whole, frame=frame, gradient_km={"SOD": 12.0})


def test_parts_are_of_scenes_and_then_of_pixels_in_order(curve: ContextCurve):
    parts = parts_of([curve, curve])
    assert [value for name, value in parts if name == "season"] == ["DJF", "JJA"]
    assert parts[-2:] == [("border", "< 2 km"), ("border", "> 10 km")]
    assert {name for name, _ in parts} == {"region", "season", "service", "border"}
    assert len(set(parts)) == len(parts)


def test_a_part_holds_its_rows_alone_and_no_gradient(curve: ContextCurve):
    summer = part_of(curve, ("season", "JJA"))
    assert summer.scenes == ("scene1", "scene3")
    assert set(summer.frame["stratum"]) == {"all"}
    assert summer.gradient_km == {}
    near = part_of(curve, ("border", "< 2 km"))
    assert set(near.frame["value"]) == {"< 2 km"}
    assert near.points("all", "SOD") == part_of(curve, WHOLE).points("all", "SOD")
    assert part_of(curve, WHOLE).gradient_km == {"SOD": 12.0}


def test_a_part_without_pixels_at_a_radius_is_not_measured(curve: ContextCurve):
    assert is_measured(curve, part_of(curve, ("border", "< 2 km")))
    assert not is_measured(curve, part_of(curve, ("border", "> 10 km")))
    assert not is_measured(curve, part_of(curve, ("season", "MAM")))
    measured = measured_parts(curve)
    assert [part for part in parts_of([curve]) if part not in measured] == [("border", "> 10 km")]
    assert measured["border", "< 2 km"].points() == part_of(curve, ("border", "< 2 km")).points()
    assert list(measured_parts(curve, ("season",))) == [("season", "DJF"), ("season", "JJA")]


def test_parts_are_told_in_words_that_tell_them_apart():
    assert part_words(WHOLE) == "All pixels"
    assert part_words(("region", "CapeFarewell")) == "Region: Cape Farewell"
    assert part_words(("service", "dmi")) == "Ice service: dmi"
    assert part_words(("edge", "< 25 km")) == "Distance to the edge of the data: < 25 km"
    labels = [part_words((name, "")) for name in VALUES]
    assert len(set(labels)) == len(VALUES)
