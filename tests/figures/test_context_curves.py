"""Context curves: where the lines of the context used stand, and that names do not collide."""

import math

import pytest

from seaice.figures.context_curves import RadiusCurve, context_figure


def curve(label: str, used_km: float, gradient_km: float = math.nan) -> RadiusCurve:
    ends = [80.0, 90.0]
    return RadiusCurve(label, [3.0, 30.0], ends, ends, ends, used_km, gradient_km)


def test_radii_stand_in_the_colours_of_their_curves():
    figure = context_figure([curve("a", 9.0, 20.0), curve("b", 12.0, 21.0)], "Score", dark=False)
    inks = [trace.line.color for trace in figure.data]
    lines = [(each.x0, each.x1, each.line.color) for each in figure.layout.shapes]
    assert lines[:2] == [(9.0, 9.0, inks[0]), (12.0, 12.0, inks[1])]
    assert lines[2:] == [(21.0, 21.0, inks[1]), (20.0, 20.0, inks[0])]
    names = figure.layout.annotations
    assert [each.font.color for each in names] == inks[::-1]
    # A logarithmic axis takes the logarithm for text, and the value for lines.
    assert [10**each.x for each in names] == pytest.approx([21.0, 20.0])
    # The name to the left stands above the line to the right.
    assert figure.layout.shapes[2].y1 == names[0].y < names[1].y - 0.05


def test_curves_stand_side_by_side_and_tell_the_radii_that_they_share():
    figure = context_figure([curve("a", 9.0), curve("b", 12.0)], "Score", dark=False)
    left, right = figure.data
    assert left.x[0] < 3.0 < right.x[0]
    assert left.x[0] * right.x[0] == pytest.approx(9.0)
    for trace in figure.data:
        assert trace.customdata == (3.0, 30.0)
        assert trace.hovertemplate.startswith("%{customdata:.0f} km")


@pytest.mark.parametrize("km", [math.nan, 0.0])
def test_a_radius_that_a_logarithmic_axis_does_not_have_is_not_drawn(km: float):
    figure = context_figure([curve("a", math.nan, km)], "Score", dark=False)
    assert (figure.layout.shapes, figure.layout.annotations) == ((), ())
