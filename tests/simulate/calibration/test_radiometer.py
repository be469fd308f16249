"""Tie points of pure cells, and the width of an edge, from what is known."""

import numpy as np
import pytest
from scipy import ndimage

from seaice.ai4arctic.channels import AMSR2
from seaice.simulate.calibration import edges, radiometer
from seaice.simulate.calibration.radiometer import PureSums
from seaice.simulate.radiometer import Band, band_of

SHAPE = (80, 60)


def polarised(name: str) -> tuple[Band, int]:
    """Frequency of a channel, and 0 for V or 1 for H."""
    return band_of(name), {"v": 0, "h": 1}[name[-1]]


def cells(off_k: float = 0.0, ice_from: int = 80) -> PureSums:
    """A scene of water, thick first-year ice from a line on, at its tie points but for an error."""
    lines = np.arange(SHAPE[0])[:, None] + np.zeros(SHAPE, int)
    ice = (lines >= ice_from).astype(float)
    fit = [np.ones(SHAPE, bool)] * 3
    tb_k = {}
    for name in AMSR2:
        band, p = polarised(name)
        tb_k[name] = np.where(ice > 0, band.first_year_k[p], band.water_k[p]) + off_k
    return PureSums.of_cells([1 - ice, ice, 0 * ice], fit, tb_k, look_deg=0.0)


class TestPure:
    def test_whole_water_is_pure_everywhere(self):
        sums = cells()
        np.testing.assert_array_equal(sums.count[0], np.prod(SHAPE))
        np.testing.assert_array_equal(sums.count[1:], 0)
        np.testing.assert_array_equal(sums.scenes[0], 1)

    def test_cells_near_an_edge_are_left_out_as_far_as_the_footprint_sees(self):
        sums = cells(ice_from=40)
        rows = sums.count[0] / SHAPE[1]
        # One percent of a Gaussian lies beyond 2.33 standard deviations, its width is 2.35.
        for c, name in enumerate(AMSR2):
            reach_km = 2.33 / 2.355 * max(band_of(name).footprint_km)
            assert rows[c] == pytest.approx(40 - reach_km / 2, abs=1), name

    @pytest.mark.parametrize(("off_k", "holds"), [(2.9, True), (3.1, False), (-3.1, False)])
    def test_bounds(self, off_k, holds):
        sums = cells(off_k) + cells(off_k) + cells(off_k, ice_from=0)
        three = sums + cells(off_k)
        checks = {check.name: check for check in radiometer.section(three).checks}
        assert len(checks) == 3 * len(AMSR2)
        assert checks["water, 18.7 GHz H"].holds is holds
        # One scene of ice alone is too little to tell.
        assert checks["thick first-year ice, 18.7 GHz H"].holds is None
        assert checks["old ice, 18.7 GHz H"].measured == "too few (0 cells of 0 scenes)"

    def test_drift_takes_cells_away(self):
        share = np.ones((20, 20))
        share[:, 0] = 0
        assert radiometer._eroded(share, 0.9) is share
        np.testing.assert_array_equal(radiometer._eroded(share, 4.0)[10, :5], [0, 0, 0, 1, 1])


class TestEdges:
    @pytest.mark.parametrize("width_km", [5.0, 22.0, 62.0])
    def test_a_known_width_is_recovered(self, width_km):
        step = np.where(np.arange(160) < 80, 100.0, 240.0)
        blurred = ndimage.gaussian_filter1d(step, width_km / 2.3548 / 2, mode="nearest", truncate=6)
        noisy = blurred + np.random.default_rng(0).normal(0, 0.05, 160)
        assert edges.edge_width_km(noisy, 2.0) == pytest.approx(width_km, rel=0.04)

    @staticmethod
    def blurring(factor: float, swapped: bool = False):
        """A radiometer whose footprints are wider than published, or lie crosswise."""

        def measure(cells, seed, season, weather, shares, swath):
            result = {}
            for name in AMSR2:
                band, p = polarised(name)
                long_short = sorted(band.footprint_km, reverse=not swapped)
                sigma = [factor * width / 2.3548 / 2 for width in long_short]
                tb = shares[0] * band.water_k[p] + shares[4] * band.first_year_k[p]
                result[name] = ndimage.gaussian_filter(tb, sigma, mode="nearest", truncate=6)
            return result

        return measure

    @pytest.mark.parametrize(("factor", "holds"), [(1.0, True), (1.15, True), (1.35, False)])
    def test_bounds(self, factor, holds):
        checks = edges.section(1, self.blurring(factor)).checks
        assert len(checks) == 2 * len(AMSR2)
        assert {check.holds for check in checks} == {holds}

    def test_axes_that_are_swapped_fail(self):
        checks = edges.section(1, self.blurring(1.0, swapped=True)).checks
        assert {check.holds for check in checks} == {False}

    def test_the_simulators_own_footprint_turns_with_the_look(self):
        along = edges.measure(3, 0, look_deg=0.0)["btemp_18_7h"]
        across = edges.measure(3, 0, look_deg=90.0)["btemp_18_7h"]
        short, long = band_of("btemp_18_7h").footprint_km
        assert along == pytest.approx(long, rel=0.1)
        assert across == pytest.approx(short, rel=0.1)
