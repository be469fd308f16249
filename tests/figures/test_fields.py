import math

import pytest

from seaice.figures.fields import FieldLine, FieldPoint, field_figure, gain_figure


def _line(label: str, scores: dict[str, float], **controls: float) -> FieldLine:
    def point(rates: str, km: float, score: float) -> FieldPoint:
        return FieldPoint(rates, km, score, score - 3, score + 3, {0: score - 1, 1: score + 1})

    kilometres = {"1-2": 30.0, "3-6": 60.0}
    return FieldLine(
        label,
        tuple(point(rates, kilometres[rates], score) for rates, score in scores.items()),
        *(
            point(name, 20.0, controls[name]) if name in controls else None
            for name in ("none", "centre")
        ),
    )


def test_baselines_have_the_colours_and_symbols_of_their_channel_sets():
    """Their names stand in the legend, once for each kind: beside the lines they covered others."""
    lines = [_line("sar", {"1-2": 80.0}), _line("amsr2", {"1-2": 85.0})]
    baselines = {
        "linear \N{MIDDLE DOT} amsr2": 82.0,
        "linear \N{MIDDLE DOT} sar": 79.0,
        "trees \N{MIDDLE DOT} all": 83.0,
        "water": 78.0,
    }
    figure = field_figure(lines, baselines, "Score", dark=False)
    drawn = {trace.text[0]: trace for trace in figure.data if trace.text}
    of_amsr2 = next(trace for trace in figure.data if trace.name == "amsr2")
    linear = drawn["linear \N{MIDDLE DOT} amsr2: 82.0"]
    assert (linear.line.color, linear.marker.symbol) == (of_amsr2.line.color, "square-open")
    trees = drawn["trees \N{MIDDLE DOT} all: 83.0"]
    assert trees.line.color not in {t.line.color for t in figure.data if t.name in ("sar", "amsr2")}
    legend = {trace.name: trace.line.dash for trace in figure.data if trace.showlegend is not False}
    assert list(legend) == ["sar", "amsr2", "trees", "linear", "water"]
    assert len({legend[kind] for kind in ("trees", "linear", "water")}) == 3
    assert (linear.line.dash, trees.line.dash) == (legend["linear"], legend["trees"])
    assert not figure.layout.annotations
    # Right of the last field, and within the axis.
    assert linear.marker.size == (0, 7, 0)
    assert 30.0 * 1.1 < linear.x[1] < 10 ** figure.layout.xaxis.range[1]


@pytest.mark.parametrize("draw", ["fields", "gains"])
def test_the_toolbar_has_room_beside_the_title_and_above_the_legend(draw: str):
    line = _line("sar", {"1-2": 80.0})
    figure = (
        field_figure([line], {}, "A <score>", dark=False)
        if draw == "fields"
        else gain_figure([line], "A <score>", dark=False)
    )
    layout = figure.layout
    assert layout.title.text == "A &lt;score&gt;"
    above_px = (1 - layout.legend.y) * layout.height
    assert layout.legend.yref == "container"
    assert 26 <= above_px <= layout.margin.t


def test_lines_stand_apart_around_the_field_that_they_share():
    lines = [_line(name, {"1-2": 80.0, "3-6": 81.0}) for name in ("sar", "amsr2", "all")]
    figure = field_figure(lines, {}, "Score", dark=False)
    places = [trace.x[0] for trace in figure.data if trace.name]
    assert places == sorted(set(places))
    assert math.prod(places) ** (1 / 3) == pytest.approx(30.0)
    assert all(abs(place - 30.0) < 1.5 for place in places)


def test_gains_are_told_with_their_sign_against_a_line_at_zero():
    line = _line("sar", {"1-2": 0.25, "3-6": -0.5}, centre=0.0)
    figure = gain_figure([line], "Gain", dark=False)
    (zero,) = figure.layout.shapes
    assert (zero.y0, zero.y1) == (0, 0)
    texts = figure.data[0].text
    assert "+0.25 (\N{MINUS SIGN}2.75 to +3.25), 2 seeds" in texts[0]
    assert "\N{MINUS SIGN}0.50" in texts[1]
    assert not figure.layout.annotations
    assert [trace.marker.symbol for trace in figure.data[:2]] == ["circle", "circle-open"]


def test_each_point_knows_its_networks():
    line = _line("sar", {"1-2": 80.0, "3-6": 90.0}, none=79.0, centre=78.0)
    for figure in (
        field_figure([line], {"linear": 77.0}, "Score", dark=False),
        gain_figure([line], "Gain", dark=True),
    ):
        known = {
            (float(y), *data)
            for trace in figure.data
            for y, data in zip(trace.y, trace.customdata or (), strict=False)
        }
        assert {
            (80.0, "sar", "1-2", None),
            (91.0, "sar", "3-6", 1),
            (77.0, "sar", "centre", 0),
        } <= known
