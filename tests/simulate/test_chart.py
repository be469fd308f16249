"""The analyst's charts of whole scenes: what follows from the codes, and how near the truth."""

import numpy as np
import pytest

from seaice.ai4arctic.egg_code import classify
from seaice.simulate.config import SimulationConfig
from seaice.simulate.parts import simulate


@pytest.mark.parametrize("month", [2, 9])
def test_charts_are_the_classes_of_the_codes(month) -> None:
    """Pixel by pixel; each polygon has a code, and each code a polygon."""
    for seed in range(6):
        charts = simulate(SimulationConfig(seed, 1000, 100, 104, None, month)).charts
        numbers = set(np.unique(charts.polygon).tolist()) - {0}
        assert set(charts.codes) == numbers
        classes = {0: (255, 255, 255)}
        classes |= {number: classify(code) for number, code in charts.codes.items()}
        for index, chart in enumerate((charts.sic, charts.sod, charts.floe)):
            assert chart.dtype == np.uint8
            expected = np.zeros(charts.polygon.shape)
            for number, each in classes.items():
                expected[charts.polygon == number] = each[index]
            np.testing.assert_array_equal(chart, expected)


def test_rules_in_scenes() -> None:
    """Zero ice is zero in all charts; land and unseen are unlabelled; classes in range."""
    for seed in range(10):
        scene = simulate(SimulationConfig(seed, 1000, 100, 104))
        charts, valid = scene.charts, scene.geography.valid
        for chart, highest in ((charts.sic, 10), (charts.sod, 5), (charts.floe, 6)):
            assert (chart[~valid] == 255).all()
            assert set(np.unique(chart[valid]).tolist()) <= {*range(highest + 1), 255}
        assert (charts.sic[valid] != 255).all()
        water = charts.sic == 0
        np.testing.assert_array_equal(charts.sod == 0, water)
        np.testing.assert_array_equal(charts.floe == 0, water)


def test_some_ice_is_left_without_a_label() -> None:
    """Mixed stages and forms: a part of the ice, neither none nor most of it."""
    labelled = {"sod": [], "floe": []}
    for seed in range(12):
        charts = simulate(SimulationConfig(seed, 1000, 150, 160)).charts
        ice = (charts.sic > 0) & (charts.sic < 255)
        for name, found in labelled.items():
            found.extend((getattr(charts, name) != 255)[ice].tolist())
    for found in labelled.values():
        assert 0.4 < np.mean(found) < 0.95


def test_charts_follow_the_truth() -> None:
    """Chart and truth agree in most places: they are the same ice. But not everywhere."""
    right, error = [], []
    for seed in range(8):
        scene = simulate(SimulationConfig(seed, 1000, 150, 160))
        valid = scene.geography.valid
        labelled = valid & (scene.charts.sod != 255)
        right.append((scene.charts.sod == scene.ice.stage)[labelled].mean())
        difference = scene.charts.sic[valid] / 10.0 - scene.ice.concentration[valid]
        error.append(np.abs(difference).mean())
    assert np.mean(right) > 0.75
    assert np.mean(error) < 0.12
    assert max(error) > 0.005


def test_canadian_charts_hold_neither_cake_nor_bergs() -> None:
    """FLOE classes 1 and 6 occur in Greenland's charts alone."""
    for seed in range(6):
        floe = simulate(SimulationConfig(seed, 1000, 80, 80, "SGRDIEA", 8)).charts.floe
        assert not np.isin(floe, (1, 6)).any()


def test_the_same_settings_draw_the_same_charts() -> None:
    """And another seed others."""
    first, again, other = (
        simulate(SimulationConfig(seed, 1000, 80, 80, "North", 4)).charts for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first.polygon, again.polygon)
    assert first.codes == again.codes
    assert first.codes != other.codes
