"""Statements get the verdict that the networks were made for, and words that say how sure it is."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seaice.core.errors import ConfigError
from seaice.experiment.bootstrap import Bootstrap
from seaice.experiment.contrasts import (
    DEFAULT_CONTRASTS,
    Contrast,
    Group,
    contrasts_json,
    contrasts_of,
    parse_contrasts,
)
from seaice.experiment.differences import by_class, by_group, groups_of
from seaice.experiment.enough import far_enough
from seaice.experiment.sentences import (
    enough_text,
    finding,
    one_seed_text,
    points,
    verdict_text,
)
from seaice.experiment.stated import stated_result, stated_text
from seaice.experiment.statements import judge
from seaice.experiment.sweep_settings import read_settings
from seaice.experiment.tally import Cell, tally

RATES = ("none", "1-2-3", "3-6-9", "6-12-18", "12-24-36")
SETS = ("sar", "amsr2", "sar+amsr2-18-36", "sar+amsr2")
OF_SET = dict(zip(SETS, (0.5, 0.6, 0.75, 0.8), strict=True))
# Smaller is better with SAR alone, medium fields are best with everything else.
OF_RATES = dict(zip(RATES, (0.0, 0.1, 0.06, 0.06, 0.02), strict=True))
OF_RATES_ELSE = dict(zip(RATES, (0.0, 0.02, 0.1, 0.1, 0.05), strict=True))


@pytest.fixture(scope="module")
def full(make_table):
    qualities = {
        Cell(name, rates): OF_SET[name] + (OF_RATES if name == "sar" else OF_RATES_ELSE)[rates]
        for name in SETS
        for rates in RATES
    }
    return make_table(qualities, scenes=20, seeds=(0, 1), pixels=4000)


def _verdicts(table, task="SOD", **changes):
    return {each.statement.name: each for each in judge(Bootstrap(tally(table), task, **changes))}


def test_each_statement_gets_the_verdict_that_was_put_in(full):
    verdicts = _verdicts(full)
    assert {name: each.verdict for name, each in verdicts.items()} == {
        "small": "supported",
        "medium": "supported",
        "large": "supported",
        "both": "supported",
        "frequencies": "supported",
    }
    small = verdicts["small"]
    assert 0 < small.estimate.low < small.estimate.effect < small.estimate.high
    assert small.p_value < 0.05


def test_the_opposite_is_not_supported(full):
    swapped = full.replace({"rates": {"1-2-3": "12-24-36", "12-24-36": "1-2-3"}})
    fields = dict(zip(full.rates, full.field_km, strict=True))
    swapped = swapped.assign(field_km=swapped.rates.map(fields))
    small = _verdicts(swapped)["small"]
    assert small.verdict == "not supported"
    assert small.estimate.high < 0
    assert "Not supported on simulated scenes" in verdict_text(small, True)


def test_equal_networks_are_not_better_by_half_a_point(full):
    """Certainly equal is an answer too, and not an undecided one."""
    best = full[full.rates == "6-12-18"]
    copies = [best.assign(rates=rates, field_km=km) for km, rates in enumerate(RATES[1:])]
    same = pd.concat(copies).assign(source=lambda rows: rows.source + rows.rates)
    small = _verdicts(same)["small"]
    assert small.verdict == "not supported"
    assert "in its favour" not in verdict_text(small, True)
    little = replace(small, estimate=replace(small.estimate, effect=0.3))
    assert "in its favour, but certainly less than half a point." in verdict_text(little, True)


@pytest.mark.parametrize(("effect", "small"), [(0.3, True), (0.7, False)])
def test_an_effect_that_supports_a_statement_is_called_small_where_it_is(full, effect, small):
    """Else it would look like more than one that is as good as nothing elsewhere."""
    verdict = _verdicts(full)["small"]
    found = replace(
        verdict, verdict="supported", estimate=replace(verdict.estimate, effect=effect, error=0.1)
    )
    assert ("That is less than half a point." in verdict_text(found, True)) == small


def test_an_undecided_statement_says_what_would_decide_it(full):
    few = full[full.scene.isin(["scene0", "scene1", "scene2"])]
    rng = np.random.default_rng(0)
    noisy = few.assign(
        confusion=[counts + rng.integers(0, 400, len(counts)) for counts in few.confusion]
    )
    verdicts = _verdicts(noisy)
    undecided = [each for each in verdicts.values() if each.verdict == "undecided"]
    assert undecided
    texts = [verdict_text(each, simulated=False) for each in undecided]
    assert any("scenes and" in text and "seeds would decide it" in text for text in texts)
    assert all("simulated" not in text for text in texts)


def test_missing_networks_are_named(full):
    sar = _verdicts(full[full.channel_set == "sar"])
    assert sar["small"].verdict == "supported"
    assert sar["both"].verdict == "undecided"
    assert "lacks networks of sar, amsr2 and sar+amsr2" in verdict_text(sar["both"], True)
    two = full[full.rates.isin(["1-2-3", "none"])]
    assert "three sizes of field" in verdict_text(_verdicts(two)["small"], True)
    assert "two sizes of field" in verdict_text(_verdicts(two)["large"], True)


def test_one_seed_is_said_plainly(full):
    verdicts = _verdicts(full[full.seed == 0]).values()
    assert all("20 simulated scenes, one seed." in verdict_text(each, True) for each in verdicts)
    caveat = "Where there is one seed, how much another seed changes is not measured."
    assert one_seed_text(each.estimate for each in verdicts) == caveat
    assert one_seed_text(each.estimate for each in _verdicts(full).values()) == ""
    assert one_seed_text([None]) == ""


def test_one_scene_decides_nothing(full):
    for verdict in _verdicts(full[full.scene == "scene0"]).values():
        assert verdict.verdict == "undecided"
        assert "one scene" in verdict_text(verdict, True)


def test_the_finding_names_the_best_field_and_how_sure_it_is(full):
    text = finding(Bootstrap(tally(full), "SOD"), simulated=True)
    assert text.startswith("Stage of development: sar+amsr2 with a field of ")
    assert "against the same without atrous branches" in text
    assert "more than chance explains; 20 simulated scenes, 2 seeds." in text
    of_one_seed = finding(Bootstrap(tally(full[full.seed == 0]), "SOD"), simulated=True)
    assert "more than the choice of scenes explains; 20 simulated scenes, one seed" in of_one_seed
    only_controls = full[full.rates == "none"]
    assert "No network with atrous branches" in finding(
        Bootstrap(tally(only_controls), "SOD"), True
    )


def test_a_field_of_one_seed_that_scores_more_is_not_said_to_lack_a_control(make_table):
    """Its one seed is the better one for all, so on it the other field gains more."""
    cells = {
        Cell("sar", rates): gain for rates, gain in (("none", 0), ("3-6-9", 5), ("6-12-18", 9))
    }
    better, worse = (
        make_table({cell: (start + gain) / 100 for cell, gain in cells.items()}, seeds=(seed,))
        for seed, start in ((0, 85), (1, 50))
    )
    table = pd.concat([better, worse[worse.rates != "3-6-9"]])
    text = finding(Bootstrap(tally(table), "SOD"), simulated=True)
    assert "(rates 6-12-18)" in text
    assert "which has no control" not in text
    one_seed = pd.concat([better, worse[worse.rates == "6-12-18"]])
    text = finding(Bootstrap(tally(one_seed), "SOD"), simulated=True)
    assert "(rates 6-12-18)" in text
    assert "one seed of both, so how much another seed changes is not measured" in text


def test_a_network_with_nothing_to_compare_it_with_is_only_mentioned(full):
    """Renamed, the best network is the only one of its channel set; it says nothing of context."""
    text = finding(Bootstrap(tally(full), "SOD"), simulated=True)
    best = full[full.channel_set.eq("sar+amsr2") & full.rates.eq("6-12-18")]
    other = best.assign(channel_set="all", source="all_" + best.source)
    rest = full[full.channel_set == "sar"]
    both = finding(Bootstrap(tally(pd.concat([rest, other])), "SOD"), simulated=True)
    assert text.startswith("Stage of development: sar+amsr2 with")
    assert both.startswith("Stage of development: sar with a field of ")
    assert "seeds; the channel set all, which has no control, scores " in both
    alone = finding(Bootstrap(tally(other), "SOD"), simulated=True)
    assert alone.startswith("Stage of development: all with a field of ")
    assert "which has no control" not in alone


def test_the_finding_names_the_control_where_it_is_better(full):
    """Renamed, the poorest rates are those of every control."""
    swap = {"none": "6-12-18", "6-12-18": "none"}
    better = full[full.rates.isin(swap)].replace({"rates": swap})
    text = finding(Bootstrap(tally(better), "SOD"), simulated=True)
    assert text.startswith("Stage of development: sar+amsr2 scores best without atrous branches, ")
    assert "(rates 6-12-18) has \N{MINUS SIGN}" in text
    assert "more than chance explains, and no other field more; 20" in text


def test_the_finding_and_how_far_is_enough_name_the_same_field(make_table):
    """A good seed has one field more; its score is the highest, and its gain is not."""
    good = {("sar", "none"): 0.6, ("sar", "1-2-3"): 0.62, ("sar", "6-12-18"): 0.66}
    poor = {("sar", "none"): 0.4, ("sar", "6-12-18"): 0.46}
    table = pd.concat([make_table(good, scenes=20), make_table(poor, scenes=20, seeds=(1,))])
    bootstrap = Bootstrap(tally(table), "SOD")
    scores = {cell.rates: bootstrap.mean_score(cell) for cell in bootstrap.cells()}
    assert max(scores, key=scores.get) == "1-2-3"
    enough = far_enough(bootstrap, "sar")
    assert enough.best.rates == "6-12-18"
    text = finding(bootstrap, simulated=True)
    assert text.startswith(
        "Stage of development: of all fields of sar, a field of 74 km (rates 6-12-18) gains most, +"
    )
    # With the same numbers.
    gain, low, high = (
        points(each, signed=True)
        for each in (enough.gain.effect, enough.gain.low, enough.gain.high)
    )
    assert f"{gain} against the same without atrous branches ({low} to {high})" in text
    assert f"{gain} ({low} to {high}) with rates 6-12-18" in enough_text(enough)


def test_stated_contrasts(full, tmp_path: Path):
    bootstrap = Bootstrap(tally(full), "SOD")
    stated = stated_result(bootstrap, DEFAULT_CONTRASTS)
    assert stated.verdict == "supported"
    said = stated_text(stated, True)
    assert said.startswith("Tested by default: sar+amsr2 with rates 3-6-9, 6-12-18 scores more")
    # Only what the sweep's configuration states was stated.
    own = {"SOD": replace(DEFAULT_CONTRASTS["SOD"], by_default=False)}
    assert stated_text(stated_result(bootstrap, own), True) == said.replace(
        "Tested by default", "Stated beforehand"
    )
    assert stated_text(stated, True).endswith("; 20 simulated scenes, 2 seeds.")
    lacking = stated_result(
        Bootstrap(tally(full[full.channel_set == "sar"]), "SOD"), DEFAULT_CONTRASTS
    )
    assert stated_text(lacking, True).endswith(
        "Not tested here, because this sweep has no network of sar+amsr2 with 3-6-9, 6-12-18, "
        "1-2-3."
    )
    assert stated_result(bootstrap, {}) is None
    settings = tmp_path / "sweep.json"
    assert contrasts_of(read_settings(settings), settings) == DEFAULT_CONTRASTS
    own = {"combined": Contrast(Group(("sar",), ("none",)), Group(("sar",), ("1-2-3",)))}
    settings.write_text(json.dumps({"contrasts": contrasts_json(own)}))
    found = contrasts_of(read_settings(settings), settings)
    assert found == own
    assert not found["combined"].by_default
    assert parse_contrasts(contrasts_json(DEFAULT_CONTRASTS)) == DEFAULT_CONTRASTS


def test_an_undecided_contrast_says_what_would_decide_it(full):
    few = full[full.scene.isin(["scene0", "scene1"])]
    close = {"SOD": Contrast(Group(("sar",), ("3-6-9",)), Group(("sar",), ("6-12-18",)))}
    rng = np.random.default_rng(0)
    noisy = few.assign(
        confusion=[counts + rng.integers(0, 400, len(counts)) for counts in few.confusion]
    )
    stated = stated_result(Bootstrap(tally(noisy), "SOD"), close)
    assert stated.verdict == "undecided"
    # So much narrower, the interval would leave 0 or reach the margin.
    estimate = stated.estimate
    half_width = estimate.half_width / math.sqrt(stated.needed)
    assert half_width == pytest.approx(max(estimate.effect, 0.5 - estimate.effect))
    said = stated_text(replace(stated, needed=3.2), True)
    assert "About 7 scenes and 7 seeds would decide it" in said
    for effect, alone in ((2.0, "supported"), (-2.0, "not supported")):
        sure = replace(estimate, effect=effect * estimate.half_width)
        said = stated_text(replace(stated, estimate=sure, needed=0.9), True)
        assert f"Alone it would be {alone}, but not once" in said


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"contrasts": []}x',
        '{"contrasts": {"ICE": {}}}',
        '{"contrasts": {"SIC": {"plus": {"channels": ["sar"], "rates": ["1-2-3"]}}}}',
        '{"contrasts": {"SIC": {"plus": {"channels": ["radar"], "rates": ["1-2-3"]}}}}',
        '{"contrasts": {"SIC": {"plus": {"channels": ["sar"], "rates": ["a"]}}}}',
    ],
)
def test_other_contrasts_are_an_error_that_names_the_file(tmp_path: Path, content: str):
    settings = tmp_path / "sweep.json"
    settings.write_text(content)
    with pytest.raises(ConfigError, match=r"sweep\.json"):
        contrasts_of(read_settings(settings), settings)


def test_differences_by_class_and_region(full):
    whole = tally(full)
    regions = dict(zip(full.scene, full.region, strict=True))
    groups = groups_of(whole, regions)
    table = by_group(whole, groups, "SOD", "sar")
    assert table.control == Cell("sar", "none")
    assert [cell.rates for cell in table.cells] == list(RATES[1:])
    assert sum(table.scenes) == 20
    part = tally(full[full.region == table.groups[0]])
    bootstrap = Bootstrap(part, "SOD", draws=10)
    expected = bootstrap.mean_score(table.cells[0]) - bootstrap.mean_score(table.control)
    assert table.points[0, 0] == pytest.approx(expected)
    assert (table.half_widths > 0).all()
    one = full[(full.chart == "SOD") & (full.source == whole.sources[0].name)]
    assert table.pixels.sum() == one.pixels.sum()
    classes = by_class(whole, "SOD", "sar")
    assert classes.points.shape == (6, 4)
    assert classes.pixels.sum() == one.pixels.sum()
    assert (classes.half_widths > 0).all()
    assert by_class(whole, "combined", "sar") is None
    assert by_group(whole, groups, "SOD", "all") is None


def test_bands_of_classes_equal_a_slow_computation(full):
    """Scenes are drawn one by one, and F1 is that of their pooled confusion matrix."""
    whole = tally(full[full.seed == 0])
    table = by_class(whole, "SOD", "sar", draws=300)
    counts = Bootstrap(whole, "SOD", draws=300).scene_counts

    def f1(cell: Cell, times: np.ndarray) -> np.ndarray:
        own = full[(full.chart == "SOD") & (full.seed == 0)]
        own = own[(own.channel_set == cell.channel_set) & (own.rates == cell.rates)]
        matrices = dict(zip(own.scene, own.confusion, strict=True))
        pooled = sum(
            n * np.reshape(matrices[scene], (6, 6))
            for scene, n in zip(whole.scenes, times, strict=True)
        )
        return 200 * np.diag(pooled) / (pooled.sum(axis=0) + pooled.sum(axis=1))

    everything = np.ones(len(whole.scenes))
    for column, cell in enumerate(table.cells):
        effect = f1(cell, everything) - f1(table.control, everything)
        np.testing.assert_allclose(table.points[:, column], effect)
        drawn = np.array([f1(cell, times) - f1(table.control, times) for times in counts])
        error = drawn.std(axis=0, ddof=1) * np.sqrt(20 / 19)
        widths = table.half_widths[:, column] / error
        # One width for all classes of a field, and wider than for one class alone.
        np.testing.assert_allclose(widths, widths[0])
        assert widths[0] > 2.2


def test_a_region_with_one_scene_has_a_difference_and_no_band(full):
    whole = tally(full)
    names = {scene: "one" if scene == "scene3" else "others" for scene in whole.scenes}
    table = by_group(whole, groups_of(whole, names), "FLOE", "sar")
    assert table.groups == ("others", "one")
    assert np.isnan(table.half_widths[1]).all()
    assert np.isfinite(table.points).all()
