"""The picture of context curves: what stands where, and that it can be drawn without intervals."""

import io
import math

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from seaice.figures.context_curves import RadiusCurve
from seaice.figures.context_picture import ContextPanel, _draw, context_picture
from seaice.figures.picture_parts import halves
from seaice.figures.series import colour

NAN = math.nan


def curve(label: str, used_km: float = NAN, gradient_km: float = NAN) -> RadiusCurve:
    return RadiusCurve(
        label, [3.0, 30.0], [80.0, 90.0], [78.0, NAN], [83.0, NAN], used_km, gradient_km
    )


def test_radii_stand_in_the_colours_of_their_curves():
    axes = Figure().subplots()
    _draw(axes, ContextPanel("Radar", {0: curve("a", 9.0, 20.0), 2: curve("b", 12.0)}))
    handles, labels = axes.get_legend_handles_labels()
    assert labels == ["a", "b"]
    # Its number, not its place in the panel, gives a curve its colour.
    inks = [colour(0, dark=False), colour(2, dark=False)]
    assert [to_hex(each.lines[0].get_color()) for each in handles] == inks
    upright = [each for each in axes.lines if len(set(each.get_xdata())) == 1]
    drawn = [(each.get_xdata()[0], to_hex(each.get_color())) for each in upright]
    assert drawn == [(9.0, inks[0]), (20.0, inks[0]), (12.0, inks[1])]
    assert [each.get_ydata()[1] for each in upright] == [1, pytest.approx(0.07), 1]
    assert axes.get_xscale() == "log"
    assert axes.get_xlabel().endswith("short: 90 % of the gradient")


def test_a_radius_that_is_not_known_is_not_drawn():
    axes = Figure().subplots()
    _draw(axes, ContextPanel("", {0: curve("a"), 1: curve("b", math.inf, 0.0)}))
    assert not [each for each in axes.lines if len(set(each.get_xdata())) == 1]
    assert axes.get_xlabel().endswith("context used")


def test_curves_of_a_panel_stand_side_by_side_around_the_radii_that_they_share():
    axes = Figure().subplots()
    _draw(axes, ContextPanel("", {0: curve("a"), 3: curve("b")}))
    left, right = (bar.lines[0].get_xdata() for bar in axes.containers)
    assert (left < [3.0, 30.0]).all()
    assert (right > [3.0, 30.0]).all()
    assert left * right == pytest.approx([9.0, 900.0])


def test_panels_stand_side_by_side_and_undefined_scores_leave_gaps():
    undefined = RadiusCurve("c", [3.0, 30.0], [NAN, NAN], [NAN, NAN], [NAN, NAN], NAN)
    panels = [ContextPanel(title, {0: curve("a"), 1: undefined}) for title in "xyz"]
    for count, width in ((1, 1800), (3, 2700)):
        with Image.open(io.BytesIO(context_picture(panels[:count], "Score", "note"))) as picture:
            assert picture.size == (width, 690)


def test_error_bars_have_no_negative_length():
    """A percentile interval need not hold the score; matplotlib refuses the length below 0."""
    points = [(80.0, 78.0, 83.0), (80.0, 81.0, 83.0), (80.0, NAN, NAN)]
    assert halves(points) == [[2.0, 0.0, 0.0], [3.0, 3.0, 0.0]]
