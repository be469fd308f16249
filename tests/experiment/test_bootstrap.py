"""Intervals: against loops and scikit-learn, against known effects, and where there is nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score

from seaice.experiment.bootstrap import Bootstrap, holm
from seaice.experiment.contrasts import difference
from seaice.experiment.simultaneous import bands
from seaice.experiment.tally import Cell, tally

SMALL, LARGE = Cell("sar", "1-2-3"), Cell("sar", "12-24-36")
PAIR = {SMALL: 0.8, LARGE: 0.7}


def _slow_difference(table, scenes, seeds) -> float:
    """Mean over drawn seeds of the difference in weighted F1 over the pixels of drawn scenes."""
    of_seeds = []
    for seed in seeds:
        score = {}
        for cell in (SMALL, LARGE):
            truths, guesses = [], []
            for scene in scenes:
                row = table[
                    (table.rates == cell.rates)
                    & (table.seed == seed)
                    & (table.scene == scene)
                    & (table.chart == "SOD")
                ].iloc[0]
                counts = row.confusion.reshape(6, 6)
                for truth in range(6):
                    for guess in range(6):
                        truths += [truth] * counts[truth, guess]
                        guesses += [guess] * counts[truth, guess]
            score[cell] = 100 * f1_score(truths, guesses, average="weighted", zero_division=0)
        of_seeds.append(score[SMALL] - score[LARGE])
    return float(np.mean(of_seeds))


def test_each_draw_equals_a_slow_computation_over_pixels(make_table):
    table = make_table(PAIR, scenes=4, seeds=(0, 1, 2), seed_spread=0.05, pixels=40)
    bootstrap = Bootstrap(tally(table), "SOD", draws=3)
    points, drawn = bootstrap.drawn(difference([SMALL], [LARGE]))
    everything = [f"scene{number}" for number in range(4)]
    assert points.mean() == pytest.approx(_slow_difference(table, everything, [0, 1, 2]))
    deviations = bootstrap.deviations(points, drawn)
    seed_counts = bootstrap.seed_counts(3).astype(int)
    for draw, counts in enumerate(bootstrap.scene_counts.astype(int)):
        scenes = list(np.repeat(everything, counts))
        of_scenes = _slow_difference(table, scenes, [0, 1, 2])
        joint = _slow_difference(table, scenes, np.repeat([0, 1, 2], seed_counts[draw]))
        expected = (of_scenes - points.mean()) * np.sqrt(4 / 3)
        expected += (joint - of_scenes) * np.sqrt(3 / 2)
        assert deviations[draw] == pytest.approx(expected, abs=1e-9)
    estimate = bootstrap.estimate(difference([SMALL], [LARGE]))
    assert estimate.error == pytest.approx(deviations.std(ddof=1))


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "spread"), [((0,), 0.0), ((0, 1, 2, 3), 0.02)])
def test_intervals_hold_a_known_effect_as_often_as_they_say(make_table, seeds, spread):
    """About 95 of 100; equal networks, so the true difference is 0."""
    held = 0
    for number in range(80):
        table = make_table(
            {SMALL: 0.7, LARGE: 0.7},
            scenes=12,
            seeds=seeds,
            seed_spread=spread,
            pixels=400,
            random_seed=number,
        )
        table = _noisy(table, number)
        estimate = Bootstrap(tally(table), "SOD", draws=300).estimate(difference([SMALL], [LARGE]))
        held += estimate.low <= 0 <= estimate.high
    assert 70 <= held <= 80


def _noisy(table, number):
    """Each network does better in some scenes than in others."""
    rng = np.random.default_rng(number)
    scenes = table.source + table.scene
    lost = dict(zip(scenes.unique(), rng.uniform(0, 0.3, scenes.nunique()), strict=True))
    confusion = []
    for counts, share in zip(table.confusion, scenes.map(lost), strict=True):
        n = int(len(counts) ** 0.5)
        matrix = counts.reshape(n, n).copy()
        moved = (np.diag(matrix) * share).astype(int)
        matrix[range(n), range(n)] -= moved
        matrix[range(n), (np.arange(n) + 1) % n] += moved
        confusion.append(matrix.ravel())
    return table.assign(confusion=confusion)


def test_the_interval_narrows_with_scenes_and_widens_with_the_spread_of_seeds(make_table):
    def width(**changes) -> float:
        table = _noisy(make_table(PAIR, pixels=300, **changes), 1)
        weights = difference([SMALL], [LARGE])
        return Bootstrap(tally(table), "FLOE", draws=500).estimate(weights).half_width

    few, many = width(scenes=8), width(scenes=72)
    assert 2 < few / many < 5
    steady = width(scenes=24, seeds=(0, 1, 2))
    assert width(scenes=24, seeds=(0, 1, 2), seed_spread=0.08) > 2 * steady


def test_only_shared_seeds_are_compared(make_table):
    table = make_table(PAIR, seeds=(0, 1, 2))
    table = table[(table.rates == "1-2-3") | (table.seed == 2)]
    bootstrap = Bootstrap(tally(table), "SOD", draws=50)
    weights = difference([SMALL], [LARGE])
    assert bootstrap.shared_seeds(weights) == (2,)
    estimate = bootstrap.estimate(weights)
    assert estimate.seeds == 1
    assert estimate.effect == bootstrap.score(SMALL, 2) - bootstrap.score(LARGE, 2)
    apart = table[(table.rates == "12-24-36") | (table.seed == 0)]
    estimate = Bootstrap(tally(apart), "SOD", draws=50).estimate(weights)
    assert "no seed in common" in estimate.reason


def test_one_scene_has_an_effect_and_no_interval(make_table):
    estimate = Bootstrap(tally(make_table(PAIR, scenes=1)), "combined").estimate(
        difference([SMALL], [LARGE])
    )
    assert estimate.effect > 0
    assert np.isnan(estimate.error)
    assert "one scene" in estimate.reason


def test_without_charts_or_scenes_there_is_a_reason(make_table):
    table = make_table(PAIR)
    empty = table.assign(confusion=[0 * counts for counts in table.confusion])
    estimate = Bootstrap(tally(empty), "SOD").estimate(difference([SMALL], [LARGE]))
    assert "not defined" in estimate.reason
    no_floe = tally(table[table.chart != "FLOE"])
    assert "not defined" in Bootstrap(no_floe, "FLOE").estimate({SMALL: 1.0}).reason
    nothing = tally(table).only(scenes=np.zeros(6, bool))
    assert "no scene" in Bootstrap(nothing, "SOD").estimate({SMALL: 1.0}).reason


def test_equal_networks_differ_by_nothing_for_certain(make_table):
    table = make_table({SMALL: 0.7, LARGE: 0.7})
    table = table.assign(confusion=list(table[table.rates == "1-2-3"].confusion) * 2)
    estimate = Bootstrap(tally(table), "SIC", draws=50).estimate(difference([SMALL], [LARGE]))
    assert estimate.effect == 0
    assert estimate.half_width < 1e-6
    assert estimate.p_above(0) == 0.5


def test_a_band_is_wider_than_an_interval_and_not_as_wide_as_bonferronis(make_table):
    cells = {Cell("sar", rates): 0.7 for rates in ("none", "1-2-3", "3-6-9", "6-12-18")}
    bootstrap = Bootstrap(tally(_noisy(make_table(cells, scenes=30), 3)), "SOD")
    control, *others = bootstrap.cells()
    contrasts = [(bootstrap, difference([cell], [control])) for cell in others]
    found = bands(contrasts)
    assert len(found) == 3
    for each in found:
        alone = replace(each, half_band=math.nan).half_width
        assert alone < each.half_width == each.half_band < 1.4 * alone
    # The draws are joint: the same contrast three times needs no wider band than once.
    (of_one,) = bands(contrasts[:1])
    assert bands(contrasts[:1] * 3) == [of_one] * 3
    assert of_one.half_width < found[0].half_width
    # What stands beside them gets the same width in standard errors, and does not widen them.
    first, beside = bands(contrasts[:1], contrasts[1:2])
    assert first == of_one
    assert beside.half_width / beside.error == pytest.approx(first.half_width / first.error)


def test_holm_by_hand():
    # Sorted: 0.01 x 4, 0.02 x 3, 0.03 x 2, and 0.04 x 1, which may not fall below the one before.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []
