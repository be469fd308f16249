"""Scores from an evaluation table's sums equal the scores of all its pixels."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, r2_score

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.experiment.tally import TASKS, chart_score, class_f1, labelled, tally, task_score
from seaice.results.class_metrics import class_f1 as official_f1
from seaice.results.scoring import ScoreSums

TWO = {("sar", "1-2-3"): 0.8, ("sar", "none"): 0.6}


def _expanded(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A class and a prediction for each pixel of a confusion matrix."""
    classes = np.arange(len(counts))
    truth, guess = np.meshgrid(classes, classes, indexing="ij")
    return truth.ravel().repeat(counts.ravel()), guess.ravel().repeat(counts.ravel())


def test_scores_equal_those_of_scikit_learn_over_the_pixels(make_table):
    table = make_table(TWO, scenes=3, pixels=500)
    sums = tally(table).pooled(np.array([[2.0, 0.0, 1.0]]))
    for number, source in enumerate(tally(table).sources):
        for chart in CHARTS:
            own = table[(table.source == source.name) & (table.chart == chart)]
            by_scene = {row.scene: row.confusion for row in own.itertuples()}
            n = CHART[chart].n_classes
            counts = (2 * by_scene["scene0"] + by_scene["scene2"]).reshape(n, n)
            truth, guess = _expanded(counts)
            expected = (
                r2_score(truth, guess)
                if chart == "SIC"
                else f1_score(truth, guess, average="weighted", zero_division=0)
            )
            score = chart_score(chart, sums[chart])[0, number]
            assert score == pytest.approx(100 * expected, abs=1e-9)


def test_scores_are_those_of_the_commands(make_table):
    table = make_table(TWO, scenes=2)
    whole = tally(table)
    everything = whole.pooled(np.ones((1, 2)))
    for number, source in enumerate(whole.sources):
        own = table[table.source == source.name]
        total = ScoreSums()
        for row in own.itertuples():
            n = CHART[row.chart].n_classes
            total.confusion[row.chart][...] += row.confusion.reshape(n, n)
        for task in TASKS:
            expected = getattr(total.scores(), task).value
            assert task_score(task, everything)[0, number] == pytest.approx(expected, abs=1e-9)
        f1 = class_f1(everything["SOD"][0, number])
        np.testing.assert_allclose(f1, official_f1(total.confusion["SOD"]))
        assert labelled(everything["FLOE"])[0, number] == total.confusion["FLOE"].sum()


def test_undefined_scores_are_nan():
    nothing = np.zeros((1, 1 + 3 * 11))
    assert np.isnan(chart_score("SIC", nothing))
    assert np.isnan(chart_score("SOD", np.zeros((1, 1 + 3 * 6))))
    one_class = nothing.copy()
    # Ten pixels of class 0, all right.
    one_class[0, [1, 12, 23]] = 10
    assert np.isnan(chart_score("SIC", one_class))
    assert np.isnan(class_f1(one_class)[0, 1:]).all()


def test_networks_come_by_field_and_baselines_last(make_table):
    table = make_table({("sar", "12-24-36"): 0.5, ("sar", "1-2-3"): 0.5, ("amsr2", "none"): 0.5})
    water = table[table.source.str.startswith("amsr2")].assign(
        source="all water", kind="baseline", channel_set="", rates="", field_km=np.nan
    )
    water["seed"] = water["seed"].mask(water["seed"] == 0)
    sources = tally(pd.concat([water, table])).sources
    assert [source.cell.rates for source in sources] == ["none", "1-2-3", "12-24-36", ""]
    assert sources[-1].seed is None


def test_networks_of_one_cell_come_by_seed(make_table):
    table = make_table({("sar", "none"): 0.5}, seeds=(10, 2, 1))
    assert [source.seed for source in tally(table).sources] == [1, 2, 10]


def test_a_source_with_few_scenes_is_left_out_and_the_others_share_theirs(make_table):
    table = make_table({**TWO, ("sar", "centre"): 0.7}, scenes=6)
    few = (table.rates == "centre") & ~table.scene.isin(["scene0", "scene1"])
    one = (table.rates == "none") & (table.scene == "scene5")
    part, left_out = tally(table[~(few | one)]).comparable()
    assert left_out == ("sar_centre_seed0.safetensors",)
    assert part.scenes == tuple(f"scene{number}" for number in range(5))
    assert part.known.all()


def test_a_stratum_fits_to_the_whole(make_table):
    table = make_table(TWO, scenes=4)
    whole = tally(table)
    part = tally(table[table.scene.isin(["scene1"])], like=whole)
    assert part.scenes == whole.scenes
    assert part.known.all()
    np.testing.assert_array_equal(part.sums["SOD"][:, 1], whole.sums["SOD"][:, 1])
    assert not part.sums["SOD"][:, [0, 2, 3]].any()


def test_references_are_kept_apart(make_table):
    table = make_table(TWO, scenes=2, references=("chart", "truth"))
    one, other = tally(table), tally(table, "truth")
    assert one.sums["SIC"].sum() == other.sums["SIC"].sum() > 0
    assert tally(table[table.reference == "chart"], "truth").sources == ()
