import numpy as np
import pytest

from seaice.figures.curves import (
    MOST_POINTS,
    Curve,
    evenly,
    extremes,
    loss_figure,
    score_figure,
    smoothed,
)


def curve(values: list[float], label: str = "total", first: int = 1) -> Curve:
    return Curve(label, np.arange(first, first + len(values)), np.array(values, float))


def lines(figure) -> dict:
    return {trace.name: trace for trace in figure.data if trace.showlegend is not False}


def test_the_faint_line_is_what_was_measured():
    figure = loss_figure([curve([8, 4, 2], first=11)], dark=False)
    raw = next(trace for trace in figure.data if trace.showlegend is False)
    assert raw.x.tolist() == [11, 12, 13]
    assert raw.y.tolist() == [8, 4, 2]
    assert raw.opacity < 0.5


def test_smoothing_is_a_mean_of_what_came_before():
    assert smoothed(np.full(50, 3.0)) == pytest.approx(3.0)
    # Weights of a span of 5: each step counts two thirds of the next one.
    assert smoothed(np.array([6.0, 3.0])) == pytest.approx([6, (6 * 2 / 3 + 3) / (2 / 3 + 1)])
    noisy = np.random.default_rng(0).normal(5, 1, 1000)
    assert smoothed(noisy)[500:].std() < 0.3 * noisy.std()


def test_smoothing_passes_over_gaps():
    gap = smoothed(np.array([6.0, np.nan, np.inf, 3.0]))
    assert np.isnan(gap).tolist() == [False, True, True, False]
    assert gap[[0, 3]] == pytest.approx(smoothed(np.array([6.0, 3.0])))
    assert np.isnan(smoothed(np.full(3, np.nan))).all()
    assert smoothed(np.empty(0)).shape == (0,)


def test_a_long_run_is_thinned_and_keeps_its_peaks_and_ends():
    values = np.random.default_rng(1).random(100_000) + 1
    values[54_321], values[77_777] = 1000, 0.001
    chosen = extremes(values, MOST_POINTS)
    assert len(chosen) <= MOST_POINTS
    assert {54_321, 77_777} <= set(chosen)
    assert (np.diff(chosen) > 0).all()
    even = evenly(100_000, MOST_POINTS)
    assert len(even) == MOST_POINTS
    assert even[[0, -1]].tolist() == [0, 99_999]
    figure = loss_figure([Curve("total", np.arange(100_000), values)], dark=True)
    assert all(len(trace.x) <= MOST_POINTS for trace in figure.data)


def test_a_short_run_is_not_thinned():
    assert evenly(3, 10).tolist() == [0, 1, 2]
    assert extremes(np.array([3.0, np.nan, 1.0]), 10).tolist() == [0, 1, 2]


def test_a_stretch_without_a_number_is_no_peak():
    values = np.full(100, np.nan)
    values[60] = 5.0
    assert 60 in extremes(values, 10)


def test_losses_that_no_logarithm_has_are_gaps():
    figure = loss_figure([curve([0, -1, np.inf, 2])], dark=False)
    raw = next(trace for trace in figure.data if trace.showlegend is False)
    assert np.isnan(raw.y[:3]).all()
    assert raw.y[3] == 2
    assert figure.layout.yaxis.type == "log"


def test_one_step_alone_is_seen():
    assert lines(loss_figure([curve([3])], dark=False))["total"].mode == "markers"


def test_lines_differ_by_more_than_colour():
    names = ["combined", "SIC", "SOD", "FLOE"]
    for dark in (False, True):
        traces = lines(score_figure([curve([1, 2], name) for name in names], dark))
        assert list(traces) == names
        assert len({trace.line.color for trace in traces.values()}) == 4
        assert len({trace.line.dash for trace in traces.values()}) == 4
        assert len({trace.marker.symbol for trace in traces.values()}) == 4
    light = lines(score_figure([curve([1, 2])], dark=False))["total"]
    assert light.line.color != lines(score_figure([curve([1, 2])], dark=True))["total"].line.color


def test_scores_far_below_nothing_do_not_press_the_others_together():
    far = score_figure([curve([-5000, 40, 60]), curve([10, 20, 30], "SIC")], dark=False)
    assert far.layout.yaxis.range[0] == -20
    assert far.layout.yaxis.range[1] > 60
    assert "not shown" in far.layout.yaxis.title.text
    near = score_figure([curve([-5, 40, 60])], dark=False)
    assert -20 < near.layout.yaxis.range[0] < -5
    assert near.layout.yaxis.title.text == "Score"


def test_nothing_scored_yet_gives_an_empty_figure():
    for values in ([], [np.nan]):
        assert score_figure([curve(values)], dark=False).layout.yaxis.range == (0, 100)


def test_the_axis_stands_still_while_a_run_goes_on():
    assert loss_figure([curve([3, 2])], False, last_step=400).layout.xaxis.range == (0, 400)
    assert loss_figure([curve([3, 2])], False).layout.xaxis.range is None


def test_labels_are_shown_as_they_are():
    figure = loss_figure([curve([1, 2], "<b>x</b> & y")], dark=False)
    assert list(lines(figure)) == ["&lt;b&gt;x&lt;/b&gt; &amp; y"]
