"""Backscatter of open water and of ice from pixels that are known."""

import re

import numpy as np
import pytest

from seaice.simulate.calibration import ice, water
from seaice.simulate.calibration.checks import fixed
from seaice.simulate.calibration.noise import noise_db
from seaice.simulate.calibration.sums import decibel, linear, ratio
from seaice.simulate.sar import ANGLE_DEG, ICE_DB, WATER_HH_DB, WIND_M_S, open_water_db


def water_pixels(off_db: float, size: int = 100) -> water.WaterSums:
    """Pixels of every bin of wind and angle, all off the table by as much."""
    wind, angle = np.meshgrid(np.repeat(WIND_M_S, size), ANGLE_DEG, indexing="ij")
    wind, angle = wind.ravel(), angle.ravel()
    return water.WaterSums.of_pixels(open_water_db(wind, angle)[0] + off_db, angle, wind)


class TestWater:
    def test_the_table_itself_is_met(self):
        sums = water_pixels(0.0) + water_pixels(0.0) + water_pixels(0.0)
        checks = water.section(sums).checks
        assert len(checks) == WATER_HH_DB.size
        assert {check.holds for check in checks} == {True, None}
        # Calm water far from nadir is lost in the noise, a gale never is.
        holds = np.array([check.holds for check in checks], object).reshape(WATER_HH_DB.shape)
        assert holds[0, -1] is None
        assert all(holds[-1])

    @pytest.mark.parametrize(("off_db", "holds"), [(1.45, True), (1.55, False), (-1.55, False)])
    def test_a_bin_fails_beyond_one_and_a_half_db(self, off_db, holds):
        sums = water_pixels(off_db) + water_pixels(off_db) + water_pixels(off_db)
        assert {check.holds for check in water.section(sums).checks} == {holds, None}

    def test_power_is_averaged_not_decibels(self):
        hh_db = np.array([-10.0, -20.0])
        sums = water.WaterSums.of_pixels(hh_db, np.full(2, 30.0), np.full(2, 10.0))
        mean_db = float(decibel(ratio(sums.power, sums.count))[2, 2])
        assert mean_db == pytest.approx(10 * np.log10((0.1 + 0.01) / 2))

    def test_the_table_is_taken_at_the_pixels_own_wind_and_angle(self):
        wind, angle = np.array([9.2, 10.9]), np.array([28.6, 31.4])
        sums = water.WaterSums.of_pixels(np.zeros(2), angle, wind)
        expected = linear(open_water_db(wind, angle)[0]).sum()
        assert sums.table[2, 2] == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("wind", "angle", "place"),
        [
            (1.5, 20.0, (0, 0)),
            (1.4, 20.0, None),
            (3.1, 20.0, None),
            (4.0, 26.5, (1, 1)),
            (4.0, 26.6, None),
            (6.1, 25.0, None),
            (20.9, 45.0, (4, 5)),
        ],
    )
    def test_bins(self, wind, angle, place):
        sums = water.WaterSums.of_pixels(np.zeros(1), np.array([angle]), np.array([wind]))
        found = [tuple(map(int, index)) for index in np.argwhere(sums.count)]
        assert found == ([] if place is None else [place])

    def test_few_pixels_or_few_scenes_are_not_judged(self):
        few_scenes = water_pixels(9.0, 500) + water_pixels(9.0, 500)
        few_pixels = water_pixels(9.0, 60) + water_pixels(9.0, 60) + water_pixels(9.0, 60)
        for sums in (few_scenes, few_pixels):
            checks = water.section(sums).checks
            assert {(check.holds, check.measured) for check in checks} == {(None, "too few pixels")}


def ice_pixels(
    kind: str, off_db: float = 0.0, slope: float = 0.0, spread_db: float = 0.0, scenes: int = 3
) -> ice.IceSums:
    """Pixels of one kind at all angles: off its line, tilted about 33 degrees, spread."""
    rng = np.random.default_rng(3)
    total = ice.IceSums.empty()
    for _ in range(scenes):
        angle = rng.uniform(19, 47.0, (120, 100))
        hh_a, hh_b, hv_a, hv_b = ICE_DB[kind]
        tilt = off_db + slope * (angle - 33) + rng.normal(0, 1, angle.shape) * spread_db
        values = [hh_a + hh_b * angle + tilt, hv_a + hv_b * angle + tilt]
        masks = {name: np.full(angle.shape, name == kind) for name in ice.KINDS}
        total = total + ice.IceSums.of_pixels(values, angle, masks)
    return total


OLD_HH = "old ice, HH (assumed level)"


class TestIce:
    def test_mean_and_slope_are_recovered(self):
        line = ice.fit_line(ice_pixels("old", off_db=1.0, slope=0.03), "old", 0)
        assert line.bins == 26
        assert line.mean_db == pytest.approx(1.0, abs=0.02)
        assert line.slope == pytest.approx(ICE_DB["old"][1] + 0.03, abs=0.002)
        # The tilt is largest at 46 degrees, where it adds to the offset.
        assert line.worst_deg == pytest.approx(45.5, abs=0.3)
        assert line.worst_db == pytest.approx(1.0 + 0.03 * 12.5, abs=0.02)

    def test_power_is_averaged_not_decibels(self):
        line = ice.fit_line(ice_pixels("old", spread_db=2.0), "old", 0)
        # The mean power of a normal spread in dB lies ln(10) / 20 x variance above its mean.
        assert line.mean_db == pytest.approx(np.log(10) / 20 * 4, abs=0.1)

    @pytest.mark.parametrize(
        ("off_db", "slope", "holds"),
        [
            (0.0, 0.0, (True, True)),
            (1.9, 0.0, (True, True)),
            (1.6, 0.04, (False, True)),
            (2.1, 0.0, (False, True)),
            (-2.1, 0.0, (False, True)),
            (0.0, 0.045, (True, True)),
            (0.0, 0.055, (True, False)),
            (0.0, -0.055, (True, False)),
        ],
    )
    def test_bounds(self, off_db, slope, holds):
        sums = ice_pixels("old", off_db, slope)
        checks = ice.section(ice.IceMonths(sums, sums)).checks
        named = {check.name: check.holds for check in checks}
        assert (named[f"{OLD_HH}, worst bin"], named[f"{OLD_HH}, slope"]) == holds

    def test_what_never_leaves_the_noise_is_said_and_not_judged(self):
        sums = ice_pixels("calm")
        checks = {check.name: check for check in ice.section(ice.IceMonths(sums, sums)).checks}
        assert np.all(ICE_DB["calm"][2] + ICE_DB["calm"][3] * 20 < noise_db(1, np.array(20)) + 6)
        check = checks["new ice, HV, worst bin"]
        assert check.holds is None
        assert "never 6 dB above the noise floor" in check.measured
        assert checks[f"{OLD_HH}, worst bin"].measured == "too few pixels"

    def test_bins_that_cancel_do_not_hold_and_the_worst_is_named(self):
        sums = ice_pixels("deformed")
        for index, off_db in ((3, 2.5), (7, -2.5)):
            sums.power[list(ice.KINDS).index("deformed"), 0, index] *= 10 ** (off_db / 10)
        line = ice.fit_line(sums, "deformed", 0)
        assert line.mean_db == pytest.approx(0, abs=0.02)
        made = ice.section(ice.IceMonths(sums, sums))
        checks = {check.name: check for check in made.checks}
        check = checks["deformed first-year ice, HH, worst bin"]
        assert check.holds is False
        assert re.fullmatch(r"[+-]2\.5\d? ?dB at (23|27)\.\d deg, of 26 bins", check.measured)
        rows = {row[0]: row for row in made.tables[0].rows}
        assert rows["deformed first-year ice, HH"][3] == fixed(line.mean_db, 2, signed=True)

    def test_what_is_assumed_of_old_ice_is_said_where_it_is_printed(self):
        sums = ice_pixels("old")
        made = ice.section(ice.IceMonths(sums, sums))
        printed = [check.name for check in made.checks] + [row[0] for row in made.tables[0].rows]
        for name in printed:
            assert ("assumed level" in name) is name.startswith("old ice")

    def test_two_scenes_are_too_few(self):
        assert ice.fit_line(ice_pixels("old", scenes=2), "old", 0).bins == 0

    def test_parts_add_up_to_the_whole(self):
        rng = np.random.default_rng(5)
        angle = rng.uniform(18, 48, (40, 30))
        values = [rng.normal(-15, 3, angle.shape) for _ in range(2)]
        masks = {name: rng.random(angle.shape) < 0.3 for name in ice.KINDS}
        whole = ice.IceSums.of_pixels(values, angle, masks)
        parts = [
            ice.IceSums.of_pixels(
                [v[rows] for v in values], angle[rows], {k: m[rows] for k, m in masks.items()}
            )
            for rows in (slice(0, 15), slice(15, 40))
        ]
        merged = parts[0] + parts[1]
        np.testing.assert_array_equal(merged.count, whole.count)
        np.testing.assert_allclose(merged.power, whole.power, rtol=1e-12)
        inside = (angle >= 20) & (angle < 46)
        for k, mask in enumerate(masks.values()):
            assert whole.count[k, 0].sum() == (mask & inside).sum()


def test_means_of_nothing_are_not_numbers():
    assert np.isnan(ratio(np.zeros(2), np.zeros(2))).all()
    assert np.isnan(decibel(np.zeros(2))).all()
