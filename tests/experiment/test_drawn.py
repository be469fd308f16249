"""The lines of the figures: scores and gains against the receptive field."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from seaice.baselines.files import BELOW_LINEAR, LINEAR
from seaice.experiment.differences import Differences
from seaice.experiment.drawn import (
    field_lines,
    gain_lines,
    groups_table,
    matrix_table,
    no_band_text,
    untrained,
)
from seaice.experiment.report_tables import score_table
from seaice.experiment.results import SweepResults
from seaice.experiment.sentences import points
from seaice.experiment.table import frame_of
from seaice.experiment.tally import Cell

QUALITIES = {
    ("sar", "none"): 0.5,
    ("sar", "centre"): 0.5,
    ("sar", "1-2-3"): 0.6,
    ("sar", "12-24-36"): 0.45,
    ("amsr2", "1-2-3"): 0.7,
}


@pytest.fixture(scope="module")
def results(make_table) -> SweepResults:
    return SweepResults(make_table(QUALITIES, scenes=12, seeds=(0, 1)), {})


def test_a_gain_is_the_score_less_that_of_the_control_seed_by_seed(results):
    (scores,) = (each for each in field_lines(results, "SOD", "chart") if each.label == "sar")
    (gains,) = gain_lines(results, "SOD", "chart")
    assert gains.label == "sar"
    assert gains.control is None
    assert [point.rates for point in gains.points] == ["1-2-3", "12-24-36"]
    assert gains.points[0].low > 0 > gains.points[1].high
    for gain, score in zip(
        (*gains.points, gains.centre), (*scores.points, scores.centre), strict=True
    ):
        assert gain.field_km == score.field_km
        assert gain.score == pytest.approx(score.score - scores.control.score)
        for seed, value in gain.seeds.items():
            assert value == pytest.approx(score.seeds[seed] - scores.control.seeds[seed])
        assert gain.low < gain.score < gain.high
        # Paired: what a scene gives to both does not count.
        assert gain.high - gain.low < score.high - score.low


def test_figure_matrix_and_sentences_have_one_interval(results):
    gain = results.enough("SOD", "chart", "sar").gain
    (line,) = gain_lines(results, "SOD", "chart")
    drawn = {point.rates: point for point in line.points}["1-2-3"]
    assert (drawn.low, drawn.score, drawn.high) == (gain.low, gain.effect, gain.high)
    table = matrix_table(results, "SOD", "chart")
    text = table.texts[table.rows.index("1-2-3 · 1.6-4.8 km")][table.columns.index("sar")]
    assert text == f"{points(gain.effect, signed=True)}* ± {gain.half_width:.1f} · 2"
    ends = f"({points(gain.low, signed=True)} to {points(gain.high, signed=True)})"
    # Wider than that of one field alone, because the better of two was chosen.
    assert gain.half_width > replace(gain, half_band=math.nan).half_width
    sar = SweepResults(results.table[results.table.channel_set == "sar"], {})
    assert ends in sar.finding("SOD", "chart")


def with_linear(table: pd.DataFrame, quality: float, make_table) -> SweepResults:
    """The results with a linear model of `sar` of a known quality."""
    line = make_table({("sar", "none"): quality}, scenes=12)
    line = line.assign(source=LINEAR, kind="baseline", rates="", seed=None)
    return SweepResults(pd.concat([table, line]), {})


def test_networks_below_the_linear_model_are_named(results, make_table):
    between = with_linear(results.table, 0.55, make_table)
    below = (
        "Below the per-pixel linear model of the same channels: sar centre · encoder alone, "
        "sar none · encoder alone, sar 12-24-36 · 19-58 km."
    )
    assert between.finding("SOD", "chart").endswith(below)
    hovers = matrix_table(between, "SOD", "chart").hovers
    marked = [text.split(":")[0] for row in hovers for text in row if BELOW_LINEAR in text]
    assert marked == [
        f"sar, rates {rates}"
        for rates in ("none · encoder alone", "centre · encoder alone", "12-24-36 · 19-58 km")
    ]
    rows = score_table(between, "SOD", "chart")
    assert {(each["channel_set"], each["rates"]) for each in rows if each["below_linear"]} == {
        ("sar", rates) for rates in ("none", "centre", "12-24-36")
    }
    assert {math.isnan(each["linear"]) for each in rows if each["channel_set"] == "amsr2"} == {True}
    for other in (results, with_linear(results.table, 0.3, make_table)):
        assert "linear model" not in other.finding("SOD", "chart")


def test_without_a_control_there_is_no_gain(make_table):
    table = make_table({("sar", "1-2-3"): 0.6, ("sar", "3-6-9"): 0.5}, scenes=4)
    assert gain_lines(SweepResults(table, {}), "SOD", "chart") == []


def differences(half_widths: list[float]) -> Differences:
    return Differences(
        control=Cell("sar", "none"),
        cells=tuple(Cell("sar", rates) for rates in ("1-2-3", "3-6-9", "6-12-18")),
        groups=("SGRDIFOXE",),
        points=np.array([[2.0, -20.0, 30.0]]),
        half_widths=np.array([half_widths]),
        pixels=np.array([5]),
        scenes=np.array([3]),
    )


def test_differences_whose_interval_holds_zero_are_undecided():
    table = groups_table(differences([1.0, 44.0, math.nan]))
    # Nor is anything known of a group without an interval, such as one of a single scene.
    assert table.undecided.tolist() == [[False, True, True]]
    assert table.texts == [["+2.0* ± 1.0", "\N{MINUS SIGN}20.0 ± 44.0", "+30.0"]]


@pytest.mark.parametrize(
    ("halves", "said"), [([1.0, 44.0, math.nan], True), ([1.0, 44.0, 2.0], False)]
)
def test_a_difference_without_a_band_is_no_finding(halves, said):
    assert bool(no_band_text(differences(halves))) == said


def test_the_matrix_leaves_open_what_its_marks_leave_open(results):
    table = matrix_table(results, "SOD", "chart")
    marked = np.array([["*" in text for text in row] for row in table.texts])
    compared = np.array([["±" in text for text in row] for row in table.texts])
    assert compared.any()
    np.testing.assert_array_equal(table.undecided, compared & ~marked)


def test_the_matrix_tells_the_seeds_of_both_and_what_is_no_control(make_table):
    table = make_table({("sar", "none"): 0.5, ("sar", "1-2-3"): 0.6}, scenes=6, seeds=(0, 1))
    more = make_table({("amsr2", "1-2-3"): 0.7, ("amsr2", "3-6-9"): 0.6}, scenes=6)
    one_control = pd.concat([table[(table.rates != "none") | (table.seed == 0)], more])
    drawn = matrix_table(SweepResults(one_control, {}), "SOD", "chart")

    def text(rates: str, channel_set: str) -> str:
        return drawn.texts[drawn.rows.index(rates)][drawn.columns.index(channel_set)]

    assert text("1-2-3 · 1.6-4.8 km", "sar").endswith(" · 1")
    assert text("none · encoder alone", "sar").startswith("control ")
    assert text("1-2-3 · 1.6-4.8 km", "amsr2").startswith("compared with ")


def test_rates_stand_alone_where_a_table_does_not_tell_their_reach(results):
    older = results.table.assign(encoder="", width=None, output_stride=None, spacing_m=np.nan)
    unknown = SweepResults(older.astype({"output_stride": "Int64"}), {})
    for known, label in ((results, "12-24-36 · 19-58 km"), (unknown, "12-24-36")):
        assert matrix_table(known, "SOD", "chart").rows[-1] == label
        points_of_sar = field_lines(known, "SOD", "chart")[0].points
        assert points_of_sar[-1].rates_label == label
        assert f"(rates {'1-2-3 · 1.6-4.8 km' if known is results else '1-2-3'})" in known.finding(
            "SOD", "chart"
        )
    columns = groups_table(differences([1.0] * 3), 1600.0).columns
    assert columns == ["1-2-3 · 1.6-4.8 km", "3-6-9 · 5-14 km", "6-12-18 · 10-29 km"]


def test_untrained_cells_are_the_hatched_ones_of_the_matrix(results):
    planned = {Cell("amsr2", "none"): "waiting"}
    cells = untrained(results, "chart", planned)
    assert Cell("amsr2", "none") not in cells
    assert {cell.rates for cell in cells if cell.channel_set == "sar"} == {"3-6-9", "6-12-18"}
    table = matrix_table(results, "SOD", "chart", planned)
    assert len(cells) == table.hatched.sum()


def test_planned_networks_have_the_reach_of_the_plan():
    planned = {Cell("sar", "1-2-3"): "waiting"}
    table = matrix_table(SweepResults(frame_of([]), {}), "SOD", "chart", planned, 3200.0)
    assert "1-2-3 · 3-10 km" in table.rows
