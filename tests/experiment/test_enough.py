"""From which field a score is complete: the one that was put in, and none where nothing gains."""

import math

import numpy as np
import pandas as pd
import pytest

from seaice.experiment.bootstrap import Bootstrap
from seaice.experiment.context_radius import reached_km
from seaice.experiment.controls import field_km
from seaice.experiment.enough import _reached, far_enough
from seaice.experiment.sentences import enough_text
from seaice.experiment.tally import Cell, tally

RATES = ("none", "1-2-3", "3-6-9", "6-12-18", "12-24-36")


@pytest.fixture(scope="module")
def sweep(make_table):
    """`sar` gains nothing; `amsr2` gains a little by 1-2-3, the rest by 3-6-9, and loses again."""
    gains = dict(zip(RATES, (0.0, 0.02, 0.1, 0.1, 0.05), strict=True))
    qualities = {Cell("sar", rates): 0.5 for rates in RATES}
    qualities |= {Cell("amsr2", rates): 0.6 + gain for rates, gain in gains.items()}
    return Bootstrap(tally(make_table(qualities, scenes=20, seeds=(0, 1), pixels=4000)), "SOD")


def field(sweep, rates):
    return field_km(sweep, Cell("amsr2", rates))


def test_the_field_is_found_from_which_the_score_is_complete(sweep):
    enough = far_enough(sweep, "amsr2")
    assert enough.best.rates in ("3-6-9", "6-12-18")
    assert 0 < enough.gain.low < enough.gain.effect < enough.gain.high
    assert field(sweep, "1-2-3") < enough.low <= enough.km <= enough.high <= field(sweep, "6-12-18")
    assert f"amsr2: a field of {enough.km:.0f} km" in enough_text(enough)


def test_it_is_where_95_percent_of_the_gain_of_the_mean_scores_are_reached(sweep):
    enough = far_enough(sweep, "amsr2")
    upto = RATES[: RATES.index(enough.best.rates) + 1]
    scores = [sweep.mean_score(Cell("amsr2", rates)) for rates in upto]
    wanted = scores[0] + 0.95 * (scores[-1] - scores[0])
    above = next(n for n, score in enumerate(scores) if score >= wanted)
    share = (wanted - scores[above - 1]) / (scores[above] - scores[above - 1])
    ends = field(sweep, upto[above - 1]), field(sweep, upto[above])
    assert enough.km == pytest.approx(ends[0] * (ends[1] / ends[0]) ** share)


def test_without_a_gain_there_is_no_such_field(sweep):
    enough = far_enough(sweep, "sar")
    assert enough.gain.low <= 0
    assert math.isnan(enough.km)
    assert math.isnan(enough.low)
    assert enough_text(enough).startswith("sar: no field gains for certain; at best")


def test_it_takes_a_control_and_a_field_and_more_than_one_scene(make_table):
    def of(*rates, scenes=4):
        table = make_table({Cell("sar", each): 0.6 for each in rates}, scenes=scenes, pixels=400)
        return far_enough(Bootstrap(tally(table), "SOD"), "sar")

    assert of("none") is None
    assert of("1-2-3") is None
    alone = of("none", "1-2-3", scenes=1)
    assert math.isnan(alone.km)
    assert "one scene does not tell" in enough_text(alone)


def test_fields_beyond_the_best_do_not_count():
    km, scores = np.array([8.0, 20.0, 40.0, 70.0]), np.array([80.0, 84.0, 84.0, 60.0])
    assert _reached(km, scores) == reached_km(km[:2], np.array([4.0, 0.0]))


def test_without_a_seed_in_common_no_field_is_named(make_table):
    qualities = {Cell("sar", "none"): 0.5, Cell("sar", "1-2-3"): 0.7}
    some = make_table(qualities, scenes=20, seeds=(0, 1), pixels=4000)
    other = make_table({Cell("sar", "3-6-9"): 0.8}, scenes=20, seeds=(2, 3), pixels=4000)
    enough = far_enough(Bootstrap(tally(pd.concat([some, other])), "SOD"), "sar")
    assert enough.best.rates == "1-2-3"
    assert enough.gain.low > 0
    assert math.isnan(enough.km)
    assert "no seed in common" in enough_text(enough)


def test_one_field_alone_does_not_tell_how_far_is_enough(make_table):
    qualities = {Cell("sar", "none"): 0.5, Cell("sar", "6-12-18"): 0.7}
    table = make_table(qualities, scenes=8, seeds=(0, 1))
    enough = far_enough(Bootstrap(tally(table), "SOD"), "sar")
    assert enough.single
    assert math.isnan(enough.km)
    assert "the only field; others would tell" in enough_text(enough)
