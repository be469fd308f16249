"""The analyst's chart: codes of polygons by hand, and rules that hold in every scene."""

import numpy as np
import pytest

from seaice.simulate.chart import block_mean, polygon_codes
from seaice.simulate.config import SimulationConfig
from seaice.simulate.ice_state import IceState
from seaice.simulate.noise import Ground
from seaice.simulate.parts import simulate


class _NoErrors:
    """Stands for a generator: an analyst without errors."""

    def choice(self, values, size, p):
        return np.zeros(size, int)


def _ice(concentration, stage, floe, fast=None):
    concentration = np.asarray(concentration, np.float32)
    none = np.zeros_like(concentration)
    fast = none.astype(bool) if fast is None else np.asarray(fast, bool)
    stage, floe = np.asarray(stage, np.uint8), np.asarray(floe, np.uint8)
    return IceState(concentration, stage, floe, concentration, none, none, none, fast)


def test_codes_by_hand() -> None:
    """Five polygons of ten pixels: dominant, mixed, fast, thin cover, water."""
    polygon = np.repeat([0, 1, 2, 3, 4], 10)
    concentration = np.repeat([0.0, 1.0, 0.6, 1.0, 0.02], 10)
    stage = np.r_[[0] * 10, [4] * 7 + [5] * 3, [4] * 6 + [5] * 4, [3] * 10, [1] * 10]
    floe = np.r_[[0] * 10, [5] * 6 + [3] * 4, [2] * 10, [255] * 10, [2] * 10]
    ice = _ice(concentration, stage, floe, floe == 255)
    sic, sod, floe_size = polygon_codes(polygon, ice, _NoErrors())
    assert sic.tolist() == [0, 10, 6, 10, 1, 255]
    assert sod.tolist() == [0, 4, 255, 3, 1, 255]
    assert floe_size.tolist() == [0, 255, 2, 255, 2, 255]


def test_errors_of_the_analyst() -> None:
    """Some polygons are off by one tenth, none by more, full cover never."""
    polygon = np.arange(1, 2001)
    concentration = np.r_[0, np.where(np.arange(1999) % 2, 0.5, 1.0)]
    ice = _ice(concentration, np.full(2000, 4), np.full(2000, 5))
    sic, _, _ = polygon_codes(polygon, ice, np.random.default_rng(0))
    half = sic[1:-1][concentration == 0.5].astype(int) - 5
    assert set(half.tolist()) == {-1, 0, 1}
    assert (half != 0).mean() == pytest.approx(0.12, abs=0.04)
    assert (sic[1:-1][concentration == 1] == 10).all()


@pytest.mark.parametrize("month", [2, 9])
def test_rules_in_scenes(month) -> None:
    """Zero ice is zero in all charts; land and unseen are unlabelled; classes in range."""
    for seed in range(6):
        scene = simulate(SimulationConfig(seed, 1000, 100, 104, None, month))
        charts, valid = scene.charts, scene.geography.valid
        for chart, highest in ((charts.sic, 10), (charts.sod, 5), (charts.floe, 6)):
            assert chart.dtype == np.uint8
            assert (chart[~valid] == 255).all()
            assert set(np.unique(chart[valid]).tolist()) <= {*range(highest + 1), 255}
        assert (charts.sic[valid] != 255).all()
        water = charts.sic == 0
        np.testing.assert_array_equal(charts.sod == 0, water)
        np.testing.assert_array_equal(charts.floe == 0, water)


def test_chart_follows_the_truth() -> None:
    """Chart and truth agree in most places: they are the same ice."""
    right, error = [], []
    for seed in range(8):
        scene = simulate(SimulationConfig(seed, 1000, 150, 160))
        valid = scene.geography.valid
        labelled = valid & (scene.charts.sod != 255)
        right.append((scene.charts.sod == scene.ice.stage)[labelled].mean())
        difference = scene.charts.sic[valid] / 10.0 - scene.ice.concentration[valid]
        error.append(np.abs(difference).mean())
    assert np.mean(right) > 0.85
    assert np.mean(error) < 0.12
    assert max(error) > 0.005


def test_canadian_charts_hold_neither_cake_nor_bergs() -> None:
    """FLOE classes 1 and 6 occur in Greenlandic charts alone."""
    for seed in range(6):
        floe = simulate(SimulationConfig(seed, 1000, 80, 80, "SGRDIEA", 8)).charts.floe
        assert not np.isin(floe, (1, 6)).any()


def test_block_mean_by_hand() -> None:
    """Pixels of 1.5 km in cells of 2 km: by centres 0.75, 2.25, 3.75 | 5.25."""
    ground = Ground(4, 1, 1500.0)
    values = np.array([[1.0], [2.0], [4.0], [8.0]])
    means = block_mean(ground, ground.cells(2000.0), values)
    np.testing.assert_allclose(means, [[1.0], [3.0], [8.0]])
