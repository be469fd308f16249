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


def test_names_of_close_baselines_do_not_overlap():
    line = _line("sar", {"1-2": 80.0, "3-6": 90.0})
    baselines = {"high": 89.7, "low": 89.2, "next": 88.0, "far": 84.0}
    figure = field_figure([line], baselines, "Score", dark=False)
    sides = {each.text: each.yanchor for each in figure.layout.annotations}
    assert sides == {"high": "bottom", "low": "top", "next": "top", "far": "bottom"}
    places = {each.text: each.y for each in figure.layout.annotations}
    assert (places["low"], places["far"]) == (89.2, 84.0)


def test_equal_names_tell_their_channel_sets_apart():
    lines = [_line(name, {"1-2": 80.0, "3-6": 90.0}) for name in ("sar", "all")]
    baselines = {
        "linear \N{MIDDLE DOT} sar": 86.0,
        "linear \N{MIDDLE DOT} all": 85.8,
        "water": 85.0,
    }
    notes = field_figure(lines, baselines, "Score", dark=False).layout.annotations
    assert [note.text for note in notes] == ["linear<br>sar", "linear<br>all", "water"]
    above, below, last = notes
    # From 77 to 93: a name of two lines takes an eighth of that, so the last has to give way.
    assert (above.yanchor, below.yanchor, last.yanchor) == ("bottom", "top", "top")
    assert (above.y, below.y) == (86.0, 85.8)
    assert last.y == pytest.approx(85.8 - 0.14 * 16)


@pytest.mark.parametrize(("dark", "page"), [(False, "rgba(255,255,255"), (True, "rgba(14,23,32")])
def test_names_of_baselines_can_be_read_where_lines_cross_them(dark: bool, page: str):
    figure = field_figure([_line("sar", {"1-2": 80.0})], {"linear": 80.5}, "Score", dark=dark)
    (name,) = figure.layout.annotations
    assert name.bgcolor.startswith(page)


def test_a_baseline_has_the_colour_of_its_channel_set():
    lines = [_line("sar", {"1-2": 80.0}), _line("amsr2", {"1-2": 85.0})]
    figure = field_figure(lines, {"linear · amsr2": 82.0, "trees · all": 83.0}, "Score", dark=False)
    lines_by_text = {trace.text[0]: trace.line.color for trace in figure.data if trace.text}
    of_amsr2 = next(trace for trace in figure.data if trace.name == "amsr2")
    assert lines_by_text["linear · amsr2: 82.0"] == of_amsr2.line.color
    assert lines_by_text["trees · all: 83.0"] not in {t.line.color for t in figure.data if t.name}
    assert {note.text for note in figure.layout.annotations} == {"linear<br>amsr2", "trees<br>all"}


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
