"""Class shares, stages by season and variety of scenes, from counts that are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.simulate.calibration import classes, published, stages, variety
from seaice.simulate.calibration.checks import Check


def sample(sic, sod, floe, service="dmi", season=0):
    """As much of a sample as the counts look at."""
    charts = dict(zip(CHARTS, (np.array(c, np.uint8) for c in (sic, sod, floe)), strict=True))
    dataset = SimpleNamespace(attrs={"ice_service": service})
    return SimpleNamespace(scaled=charts.__getitem__, dataset=dataset, season=season)


def counts_of(
    pixels: np.ndarray, season: int = 0, service: str = "dmi", scenes: int = 1
) -> classes.ClassCounts:
    """Counts of scenes that are all alike."""
    return classes.ClassCounts(
        (pixels,) * scenes, (np.array([1, 1, 1]),) * scenes, (service,) * scenes, (season,) * scenes
    )


def as_published(pixels: int = 10**8) -> np.ndarray:
    """Counts with exactly the published shares, int64 (3, 12)."""
    counts = np.zeros((3, 12), np.int64)
    for c, name in enumerate(CHARTS):
        shares = np.array(published.CLASS_SHARES[name])
        labelled = pixels * (1 - published.UNLABELLED[name])
        counts[c, : len(shares)] = np.rint(shares * labelled)
        counts[c, 11] = round(pixels * published.UNLABELLED[name])
    return counts


def named(checks: tuple[Check, ...], name: str) -> Check:
    return next(check for check in checks if check.name.startswith(name))


class TestCounts:
    def test_a_tiny_scene_is_counted_by_hand(self):
        made = sample(
            [[0, 0, 10], [10, 5, 255]], [[0, 0, 4], [255, 0, 255]], [[0, 0, 255], [3, 3, 255]]
        )
        counts = classes.ClassCounts.of(made)
        total = counts.total()
        np.testing.assert_array_equal(total[0], [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 1])
        np.testing.assert_array_equal(total[1], [3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2])
        np.testing.assert_array_equal(total[2], [2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2])
        # Ice of the SIC chart: three pixels, one with a stage of ice, two with a floe size.
        np.testing.assert_array_equal(counts.ice[0], [3, 1, 2])
        np.testing.assert_allclose(classes.shares(total, "SIC")[[0, 5, 10]], [0.4, 0.2, 0.4])
        assert classes.unlabelled(total, "SOD") == pytest.approx(2 / 6)

    def test_scenes_are_split_by_service_and_season(self):
        first = classes.ClassCounts.of(sample([[0]], [[0]], [[0]], "dmi", 0))
        second = classes.ClassCounts.of(sample([[10]], [[5]], [[5]], "cis", 3))
        both = first + second
        assert both.total()[0, [0, 10]].tolist() == [1, 1]
        assert both.total(service="cis")[0, [0, 10]].tolist() == [0, 1]
        assert both.total(season=0)[0, [0, 10]].tolist() == [1, 0]
        assert both.total(service="cis", season=0).sum() == 0


class TestShares:
    def test_published_shares_hold(self):
        checks = classes.section(counts_of(as_published())).checks
        assert len(checks) == 11 + 6 + 7 + 3
        assert all(check.holds for check in checks)

    @pytest.mark.parametrize("name", CHARTS)
    @pytest.mark.parametrize(("factor", "holds"), [(1.45, True), (1.55, False), (0.6, False)])
    def test_a_common_class_keeps_a_factor_of_one_and_a_half(self, name, factor, holds):
        counts, share = as_published(), published.CLASS_SHARES[name]
        index = max(range(1, len(share)), key=share.__getitem__)
        row = counts[CHARTS.index(name)]
        # The labelled pixels stay as many, so that no other share changes but water's.
        moved = round(row[index] * (factor - 1))
        row[index] += moved
        row[0] -= moved
        check = named(classes.section(counts_of(counts)).checks, f"{name} {index}:")
        assert check.holds is holds

    @pytest.mark.parametrize(("factor", "holds"), [(2.9, True), (3.1, False), (0.3, False)])
    def test_a_rare_class_keeps_a_factor_of_three(self, factor, holds):
        counts = as_published()
        moved = round(counts[2, 6] * (factor - 1))
        counts[2, 6] += moved
        counts[2, 0] -= moved
        assert named(classes.section(counts_of(counts)).checks, "FLOE 6:").holds is holds

    @pytest.mark.parametrize(("points", "holds"), [(7.5, True), (8.5, False), (-8.5, False)])
    def test_the_unlabelled_share_stays_within_eight_points(self, points, holds):
        counts = as_published()
        labelled = counts[1, :11] * (0.5145 - points / 100) / 0.5145
        counts[1, :11] = np.rint(labelled)
        counts[1, 11] = 10**8 - counts[1, :11].sum()
        checks = classes.section(counts_of(counts)).checks
        assert named(checks, "SOD unlabelled").holds is holds
        assert named(checks, "SIC unlabelled").holds

    def test_no_labelled_pixel_fails(self):
        counts = np.zeros((3, 12), np.int64)
        counts[:, 11] = 100
        checks = classes.section(counts_of(counts)).checks
        assert named(checks, "SIC 0:").holds is False
        assert "none" in named(checks, "SIC 0:").measured


class TestStages:
    def season(self, *shares: float, season: int = 0) -> Check:
        counts = np.zeros((3, 12), np.int64)
        counts[1, 1:6] = np.rint(np.array(shares) * 1e6)
        return stages.section(counts_of(counts, season)).checks[season]

    def test_published_orders_hold(self):
        for index, name in enumerate(published.SEASONS):
            check = self.season(*published.STAGES_BY_SEASON[name], season=index)
            assert check.holds, name

    def test_ties_may_come_in_any_order(self):
        assert self.season(0.03, 0.25, 0.20, 0.18, 0.33).holds
        assert self.season(0.03, 0.20, 0.25, 0.18, 0.33).holds

    def test_a_wrong_order_fails_and_names_the_pair(self):
        check = self.season(0.03, 0.17, 0.22, 0.19, 0.33)
        assert check.holds is False
        assert "young not above thick" in check.measured
        assert "thin not above" not in check.measured

    def test_a_rare_stage_stays_below_a_common_one(self):
        assert self.season(0.0, 0.02, 0.01, 0.72, 0.23, season=1).holds is False

    def test_a_season_without_ice_is_not_judged(self):
        assert self.season(0, 0, 0, 0, 0).holds is None

    @pytest.mark.parametrize(
        ("first", "second", "expected"),
        [(0.009, 0.0001, True), (0.011, 0.0001, False), (0.91, 1.0, True), (0.89, 1.0, False)],
    )
    def test_what_is_tied(self, first, second, expected):
        assert stages.tied(first, second) is expected
        assert stages.tied(second, first) is expected


class TestVariety:
    def mixed(self, no_ice: int, no_water: int, scenes: int = 100) -> classes.ClassCounts:
        both, water, ice = (np.zeros((3, 12), np.int64) for _ in range(3))
        both[0, [0, 10]] = water[0, 0] = ice[0, 4] = 7
        counts = counts_of(both, scenes=scenes - no_ice - no_water)
        return counts + counts_of(water, scenes=no_ice) + counts_of(ice, scenes=no_water)

    def test_scenes_without_ice_and_without_water_are_counted(self):
        assert variety.without(self.mixed(5, 13)) == (0.05, 0.13)

    @pytest.mark.parametrize(
        ("no_ice", "no_water", "holds"),
        [
            (5, 13, [True, True]),
            (3, 18, [True, True]),
            (2, 13, [False, True]),
            (9, 13, [False, True]),
            (5, 8, [True, False]),
            (5, 19, [True, False]),
        ],
    )
    def test_bounds(self, no_ice, no_water, holds):
        checks = variety.section(self.mixed(no_ice, no_water)).checks
        assert [check.holds for check in checks] == holds

    def test_tables_say_what_the_counts_say(self):
        counts = classes.ClassCounts.of(sample([[0, 0, 0, 10]], [[0, 0, 0, 4]], [[0, 0, 0, 255]]))
        water, labelled, distinct, containing = variety.section(counts).tables
        assert water.rows[0] == ("simulated", *["0.75"] * 5)
        assert [row[1] for row in labelled.rows] == ["100.0 %", "0.00 %"]
        assert [row[1] for row in distinct.rows].index("100.0 %") == 2
        assert len(containing.rows) == sum(CHART[name].n_classes for name in CHARTS)
        assert {row[0]: row[2] for row in containing.rows}["SOD 4"] == "100.0 %"
