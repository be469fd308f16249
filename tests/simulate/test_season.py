"""What season and region let a scene hold, over many draws."""

import numpy as np
import pytest

from seaice.simulate.config import SimulationConfig, resolve
from seaice.simulate.regions import REGIONS
from seaice.simulate.season import draw_season

MONTHS = range(1, 13)


def _seasons(month, region="CentralEast", count=150):
    return [draw_season(seed, month, REGIONS[region]) for seed in range(count)]


def test_no_ice_and_no_water_as_often_as_in_the_dataset() -> None:
    """3 to 8 % of the dataset's scenes hold no ice, 9 to 18 % no water."""
    resolved = [resolve(SimulationConfig(seed)) for seed in range(2000)]
    shares = np.array(
        [draw_season(c.seed, c.month, REGIONS[c.region]).water_share for c in resolved]
    )
    assert 0.03 < (shares == 1).mean() < 0.08
    assert 0.09 < (shares == 0).mean() < 0.18
    between = shares[(shares > 0) & (shares < 1)]
    assert 0.03 < between.min() < 0.06
    assert 0.94 < between.max() < 0.97


def test_seasons_differ_in_their_water() -> None:
    """Most in autumn, least in winter, more in Canada; winters without water are common."""
    for region in ("CentralEast", "SGRDIFOXE"):
        winter, autumn = (
            np.array([each.water_share for each in _seasons(month, region, 300)])
            for month in (2, 10)
        )
        assert winter.mean() < autumn.mean() - 0.15
        assert (winter == 0).mean() > 2 * (autumn == 0).mean()
    greenland, canada = (
        np.mean([each.water_share for each in _seasons(4, region, 300)])
        for region in ("CentralEast", "SGRDIFOXE")
    )
    assert greenland < canada - 0.04


@pytest.mark.parametrize("month", MONTHS)
def test_stages_and_shares(month) -> None:
    """Stages ascend and are classes of ice; their shares sum to 1, none is a trace."""
    for region in ("CentralEast", "SGRDINFLD", "North"):
        for season in _seasons(month, region, 60):
            assert season.month == month
            assert list(season.stages) == sorted(set(season.stages))
            assert set(season.stages) <= {1, 2, 3, 4, 5}
            assert len(season.stages) == len(season.stage_shares) >= 1
            assert sum(season.stage_shares) == pytest.approx(1)
            assert min(season.stage_shares) >= 0.04


def test_months_hold_their_stages() -> None:
    """New ice in autumn, thick first-year in spring, hardly any young ice in summer."""
    mean = {month: np.zeros(6) for month in (1, 4, 7, 10)}
    for month, share in mean.items():
        for season in _seasons(month):
            share[list(season.stages)] += np.array(season.stage_shares) / 150
    assert mean[7][1:4].sum() < 0.05
    assert mean[10][1] > 5 * mean[4][1]
    assert mean[1][2:4].sum() > 0.2
    assert mean[4][4] > 3 * mean[10][4]
    assert all(share[5] > 0.2 for share in mean.values())


def test_old_ice_is_where_it_drifts() -> None:
    """Much in the north, hardly any off Newfoundland."""
    old = {
        region: np.mean(
            [
                dict(zip(s.stages, s.stage_shares, strict=True)).get(5, 0)
                for s in _seasons(4, region)
            ]
        )
        for region in ("North", "SGRDINFLD")
    }
    assert old["North"] > 0.3
    assert old["SGRDINFLD"] < 0.1


@pytest.mark.parametrize("month", MONTHS)
def test_weather_is_within_bounds(month) -> None:
    """Melt, frost, temperature, wind and vapour; no melt in winter, no frost in summer."""
    for region in ("North", "SGRDINFLD"):
        for season in _seasons(month, region, 60):
            assert 0 <= season.melt <= 1
            assert 0 <= season.freezing <= 1
            assert 236 <= season.air_k <= 283
            assert 1.5 <= season.wind_m_s <= 19
            assert 0.4 < season.vapour_kg_m2 <= 28
            if month in (11, 12, 1, 2, 3, 4):
                assert season.melt == 0
                assert season.freezing >= 0.9
            if month in (6, 7, 8):
                assert season.freezing == 0


def test_temperatures_of_the_dataset() -> None:
    """Over the dataset's months and regions about 269 K with a spread of about 9 K."""
    resolved = [resolve(SimulationConfig(seed)) for seed in range(500)]
    air_k = [draw_season(c.seed, c.month, REGIONS[c.region]).air_k for c in resolved]
    assert np.mean(air_k) == pytest.approx(269, abs=4)
    assert np.std(air_k) == pytest.approx(9, abs=2.5)


def test_the_same_arguments_give_the_same_season() -> None:
    """Another seed another one."""
    assert _seasons(5, count=1) == _seasons(5, count=1)
    assert len(set(_seasons(5, count=20))) == 20
